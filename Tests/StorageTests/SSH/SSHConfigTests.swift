import Basics
import HTTP
import Testing

@testable import Storage

@Suite("settings of ssh") struct SSHConfigTests {
    private func host(
        _ name: String, _ text: String, user: String? = nil, read: (String) -> [String] = { _ in [] }
    ) -> SSHConfig.Host {
        SSHConfig(text, read: read).host(name, user: user, home: "/home/me", localUser: "me")
    }

    private let text = """
        # a comment
        Host data  other
            HostName data.example.org
            User=ann
            Port 2222
            IdentityFile ~/.ssh/id_data
            IdentityFile "/keys/with blank"
        Host *.example.org !secret.example.org
        \tUser bob
        HOST *
          user  everyone
          Port = 22
          UserKnownHostsFile ~/.ssh/hosts /etc/hosts2
        """

    @Test("the first value of an option counts, over all sections that fit")
    func first() {
        let data = host("data", text)
        #expect(data.hostName == "data.example.org")
        #expect(data.user == "ann")
        #expect(data.port == 2222)
        #expect(data.identityFiles == ["/home/me/.ssh/id_data", "/keys/with blank"])
        #expect(data.knownHosts == "/home/me/.ssh/hosts")
        #expect(host("other", text).port == 2222)
        #expect(host("x.example.org", text).user == "bob")
        #expect(host("secret.example.org", text).user == "everyone")
        #expect(host("elsewhere", text).port == 22)
    }

    @Test("patterns stand for what OpenSSH takes them for")
    func patterns() {
        let cases: [(String, String, Bool)] = [
            ("*", "anything", true), ("a?c", "abc", true), ("a?c", "ac", false), ("a*b*c", "aXbYbc", true),
            ("a*b*c", "aXbYb", false), ("192.168.0.?", "192.168.0.7", true), ("Data", "data", true), ("", "x", false),
            ("!x *", "x", false), ("!x *", "y", true), ("!x", "y", false),
        ]
        for (pattern, name, isMatched) in cases {
            let found = host(name, "Host \(pattern)\nUser yes")
            #expect((found.user == "yes") == isMatched, "\(pattern) for \(name)")
        }
    }

    @Test("Match takes host and user, and runs nothing")
    func matches() {
        let text = """
            HostName %h.internal
            Match host "*.internal" user ann,bob
              Port 1
            Match exec "touch /tmp/never"
              Port 2
            Match originalhost data
              Port 3
            Match all
              Port 4
            """
        #expect(host("data", text, user: "bob").port == 1)
        #expect(host("data", text).port == 3)
        #expect(host("x", text).port == 4)
        #expect(host("x", text).hostName == "x.internal")
    }

    @Test("included files count where the line that includes them does")
    func includes() {
        let read: (String) -> [String] = { pattern in
            pattern == "work/*" ? ["User one\nHost b\nUser two", "Include work/*"] : []
        }
        let text = "Host a b\nInclude work/*\nHost *\nUser last"
        #expect(host("a", text, read: read).user == "one")
        #expect(host("c", text, read: read).user == "last")
    }

    @Test("ways to a host that only ssh itself can take are told of")
    func detours() {
        #expect(host("a", "ProxyJump gate").detour == "ProxyJump")
        #expect(host("a", "ProxyCommand nc %h %p").detour == "ProxyCommand")
        #expect(host("a", "ProxyJump none").detour == nil)
        #expect(throws: Failure.self) {
            try SSHAddress("ssh://a/x", config: SSHConfig("ProxyJump gate"), home: "/h", localUser: "me")
        }
    }

    @Test("the URL and the remote's settings come before the file")
    func addresses() throws {
        let config = SSHConfig(text)
        var options = SSHOptions()
        let plain = try SSHAddress("ssh://data/srv/my data/", config: config, home: "/home/me", localUser: "me")
        #expect(plain.server.text == "sftp://data.example.org:2222")
        #expect(plain.login.user == "ann")
        #expect(plain.root == "/srv/my data")
        #expect(plain.name == "ssh://data/srv/my data")
        #expect(plain.url(path: plain.path(of: Key("a b"))) == "sftp://data.example.org:2222/srv/my%20data/a%20b")
        let full = try SSHAddress(
            "ssh://eve:pass@data:77/x", config: config, home: "/home/me", localUser: "me")
        #expect(full.login.user == "eve")
        #expect(full.login.password == "pass")
        #expect(full.server.port == 77)
        #expect(!full.name.contains("pass"))
        options.user = "zoe"
        options.port = 78
        options.keyFile = "~/k"
        let set = try SSHAddress(
            "ssh://eve@data:77/x", options: options, config: config, home: "/home/me", localUser: "me")
        #expect(set.login.user == "zoe")
        #expect(set.server.port == 78)
        #expect(set.login.keyFile == "/home/me/k")
        #expect(set.login.knownHosts == "/home/me/.ssh/hosts")
        let bare = try SSHAddress("sftp://h", config: SSHConfig(""), home: "/home/me", localUser: "me")
        #expect(bare.login.user == "me")
        #expect(bare.login.knownHosts == "/home/me/.ssh/known_hosts")
        #expect(bare.path(of: Key("a")) == "/a")
        options.usesGSSAPI = true
        #expect(throws: Failure.self) {
            try SSHAddress("ssh://h/x", options: options, config: config, home: "/home/me", localUser: "me")
        }
    }

    @Test("listings of several servers are read, names with all their blanks")
    func listings() {
        let text = """
            drwxr-xr-x    2 0        0            4096 Nov 23 09:09 .
            drwxr-xr-x    2 root     domain users     4096 Nov  3  2025 folder
            -rw-r--r--    1 ann      staff           12 Nov 23 09:09 plain
            -rw-r--r--    ? 1000     1000    9999999999 Jan  1  1970  two  blanks\u{20}
            -rw-rw-r--+   1 dom\\ann  domain users        7 Feb 29 12:00 acl
            lrwxrwxrwx    1 0        0               3 Nov 23 09:09 link -> folder
            prw-r--r--    1 0        0               0 Nov 23 09:09 pipe
            total 8

            -rw-r--r--    1 0        0              -5 Nov 23 09:09 negative
            """
        let items = SSHListing.parse(Array(text.utf8))
        #expect(items.map(\.entry.name) == ["folder", "plain", " two  blanks ", "acl"])
        #expect(items.map(\.metadata.size) == [0, 12, 9_999_999_999, 7])
        #expect(items.map(\.entry.kind) == [.folder, .file, .file, .file])
    }

    @Test("no bytes of a listing make its reader trap")
    func damagedListings() {
        let line = Array("-rw-r--r--    1 ann      staff           12 Nov 23 09:09 plain".utf8)
        for count in line.indices { _ = SSHListing.parse(Array(line[..<count])) }
        for index in line.indices {
            var bent = line
            bent[index] = 0xFF
            _ = SSHListing.parse(bent)
            bent[index] = 0x20
            _ = SSHListing.parse(bent)
        }
    }
}
