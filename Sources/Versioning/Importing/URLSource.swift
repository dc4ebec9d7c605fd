package import Basics
package import Documents
import FileSystem
package import Storage

/// A place outside of the repository that data comes from: a path, or a URL.
package struct URLSource: Sendable {
    /// As typed.
    package let url: String
    /// How the store tells versions of a file apart.
    package let fingerprint: Fingerprint
    package let backend: any Backend
    /// Names the file or folder in the backend; empty for all that the backend has.
    package let key: Key
    /// Where that is: the URL with `remote://` resolved and without a version.
    let place: String
    /// The version of a file that the URL asks for; the current one for `nil`.
    var version: String?
    /// Whether the versions that the store keeps are recorded.
    var isVersionAware = false

    /// What stands for the bytes of a file in a store.
    package enum Fingerprint: Sendable {
        /// The MD5 of the bytes, which have to be read for it.
        case md5
        /// An entity tag.
        case etag
        /// What HTTP and HDFS say of a file.
        case checksum
    }

    /// The path, where the place is on this machine.
    package var localPath: String? {
        guard let directory = backend as? DirectoryBackend else { return nil }
        return key.path.isEmpty ? directory.root : Paths.join(directory.root, key.path)
    }
}

/// Opens places by path or URL, with the settings of the repository that the user stands in or of none.
package struct URLOpener: Sendable {
    private let settings: Settings
    private let environment: HostEnvironment
    private let progress: any ProgressReporter

    init(settings: Settings, environment: HostEnvironment, progress: any ProgressReporter = SilentProgress()) {
        self.settings = settings
        self.environment = environment
        self.progress = progress
    }

    /// For the working directory, whether it lies in a repository or not.
    package init(_ environment: HostEnvironment, progress: any ProgressReporter = SilentProgress()) throws {
        let root = try? ProjectFolder.find(from: environment.workingDirectory)
        let store = SettingsStore(environment: environment, dvcFolder: root.map { Paths.join($0, ".dvc") })
        self.init(settings: try store.load(), environment: environment, progress: progress)
    }

    /// - Parameters:
    ///   - url: a path, seen from the working directory where it is relative, or a URL.
    ///   - fsConfig: options as a remote of the same kind has them.
    ///   - jobs: requests at once.
    ///   - isRecorded: whether the options are out of a file of the repository, which somebody else may have written.
    package func source(
        _ url: String, fsConfig: Mapping = Mapping(), jobs: Int? = nil, isRecorded: Bool = false
    ) throws -> URLSource {
        var place = try settings.place(url, fsConfig: fsConfig, isRecorded: isRecorded)
        let version = place.takeVersion()
        let (backend, key) = try open(place, jobs: jobs)
        let fingerprint: URLSource.Fingerprint =
            switch place.scheme {
            case "", "ssh", "sftp": .md5
            case "http", "https", "hdfs", "webhdfs": .checksum
            default: .etag
            }
        let isVersionAware = (version != nil || place.flag("version_aware")) && backend is any VersionedBackend
        return URLSource(
            url: url, fingerprint: fingerprint, backend: backend, key: key, place: place.url, version: version,
            isVersionAware: isVersionAware)
    }

    /// Remembers that the user lets the server that they name have their credentials.
    func acceptServer(of url: String, fsConfig: Mapping) throws {
        guard fsConfig["endpointurl"] != nil, let server = try settings.place(url, fsConfig: fsConfig).server else {
            return
        }
        let trust = ServerTrust(environment: environment)
        if !trust.isAccepted(server) { try? trust.accept(server) }
    }

    /// The store that a place lies in, and what it is called there.
    ///
    /// - Parameter place: its `url` names the file or folder itself.
    func open(_ place: RemoteSettings, jobs: Int?) throws -> (backend: any Backend, key: Key) {
        guard let path = place.localPath else {
            let (store, key) = place.split()
            let opener = RemoteOpener(
                remote: store, use: RemoteUse(jobs: jobs), environment: environment, progress: progress,
                root: environment.workingDirectory, scratch: nil)
            return (try opener.open(), key)
        }
        let absolute = Paths.absolute(path, from: environment.workingDirectory)
        let asked = jobs.flatMap { $0 > 0 ? $0 : nil } ?? place.jobs
        let backend = DirectoryBackend(root: "/", concurrency: asked ?? environment.processors)
        return (backend, Key(String(absolute.dropFirst())))
    }
}

extension Repository {
    package var urls: URLOpener { URLOpener(settings: settings, environment: environment, progress: progress) }

    /// The store that a URL leads into, and what the file or folder is called there.
    package func open(
        url: String, fsConfig: Mapping = Mapping(), jobs: Int? = nil
    ) throws -> (backend: any Backend, key: Key) {
        let source = try urls.source(url, fsConfig: fsConfig, jobs: jobs)
        return (source.backend, source.key)
    }
}

extension Settings {
    /// A URL with the options for it, checked like those of a remote; `remote://name/path` is resolved.
    func place(
        _ url: String, fsConfig: Mapping, isRecorded: Bool = false
    ) throws(SettingsError) -> RemoteSettings {
        var options = fsConfig
        var levels: [String: SettingsLevel] = [:]
        if isRecorded { for name in fsConfig.keys + ["url"] { levels[name] = .project } }
        options["url"] = .string(url)
        let (scheme, host) = RemoteURL.split(url)
        if scheme == "remote", !host.isEmpty {
            let base = try remote(host.lowercased())
            let below = url.utf8.dropFirst("remote://".utf8.count + host.utf8.count).drop { $0 == UInt8(ascii: "/") }
            let rest = String(Substring(below))
            var merged = base.options
            for (key, value) in options.entries { merged[key] = value }
            merged["url"] = .string(Paths.join(base.url, rest))
            options = merged
            levels = base.levels.merging(levels) { $1 }
        }
        return try remote(unnamed: options, levels: levels)
    }
}

extension RemoteSettings {
    /// The store that holds what the URL names, and what it is called there: the key ends at the URL's last slash.
    func split() -> (store: RemoteSettings, key: Key) {
        if scheme == "http" || scheme == "https", let (store, key) = WebAddress.split(url) {
            return (with(url: store), key)
        }
        let start = url.utf8.index(url.utf8.startIndex, offsetBy: scheme.utf8.count + "://".utf8.count)
        let slash = url.utf8[start...].firstIndex(of: UInt8(ascii: "/")) ?? url.endIndex
        var path = url[slash...].drop { $0 == "/" }
        while path.last == "/" { path = path.dropLast() }
        return (with(url: String(url[..<slash])), Key(String(path)))
    }

    /// Cuts `?versionId=…` off the URL of a store that keeps versions.
    mutating func takeVersion() -> String? {
        let mark = Array("?versionId=".utf8)
        guard scheme == "s3", let range = url.utf8.firstRange(of: mark) else { return nil }
        let version = String(url[range.upperBound...])
        self = with(url: String(url[..<range.lowerBound]))
        return version.isEmpty ? nil : version
    }

    private func with(url: String) -> RemoteSettings {
        var options = options
        options["url"] = .string(url)
        return RemoteSettings(name: name, url: url, scheme: scheme, options: options, levels: levels)
    }

    /// The path, where this is a folder or file of this machine; `nil` for any other store.
    var localPath: String? {
        guard scheme.isEmpty else { return nil }
        return url.hasPrefix("file://") ? String(url.dropFirst("file://".count)) : url
    }
}
