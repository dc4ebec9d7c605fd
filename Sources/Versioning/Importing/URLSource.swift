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

    init(settings: Settings, environment: HostEnvironment) {
        self.settings = settings
        self.environment = environment
    }

    /// For the working directory, whether it lies in a repository or not.
    package init(_ environment: HostEnvironment) throws {
        let root = try? ProjectFolder.find(from: environment.workingDirectory)
        let store = SettingsStore(environment: environment, dvcFolder: root.map { Paths.join($0, ".dvc") })
        self.init(settings: try store.load(), environment: environment)
    }

    /// - Parameters:
    ///   - url: a path, seen from the working directory where it is relative, or a URL.
    ///   - fsConfig: options as a remote of the same kind has them.
    ///   - jobs: requests at once.
    package func source(_ url: String, fsConfig: Mapping = Mapping(), jobs: Int? = nil) throws -> URLSource {
        let place = try settings.place(url, fsConfig: fsConfig)
        let (backend, key) = try open(place, jobs: jobs)
        let fingerprint: URLSource.Fingerprint =
            switch place.scheme {
            case "", "ssh", "sftp": .md5
            case "http", "https", "hdfs", "webhdfs": .checksum
            default: .etag
            }
        return URLSource(url: url, fingerprint: fingerprint, backend: backend, key: key)
    }

    /// The store that a place lies in, and what it is called there.
    ///
    /// - Parameter place: its `url` names the file or folder itself.
    func open(_ place: RemoteSettings, jobs: Int?) throws -> (backend: any Backend, key: Key) {
        guard let path = place.localPath else {
            throw Failure(
                "varve can't read \(place.scheme):// URLs such as '\(RemoteURL.withoutSecrets(place.url))'",
                remedy: "supported are paths and file:// URLs", category: .configuration)
        }
        let absolute = Paths.absolute(path, from: environment.workingDirectory)
        let asked = jobs.flatMap { $0 > 0 ? $0 : nil } ?? place.jobs
        let backend = DirectoryBackend(root: "/", concurrency: asked ?? environment.processors)
        return (backend, Key(String(absolute.dropFirst())))
    }
}

extension Repository {
    package var urls: URLOpener { URLOpener(settings: settings, environment: environment) }

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
    func place(_ url: String, fsConfig: Mapping) throws(SettingsError) -> RemoteSettings {
        var options = fsConfig
        options["url"] = .string(url)
        let (scheme, host) = RemoteURL.split(url)
        if scheme == "remote", !host.isEmpty {
            let base = try remote(host.lowercased())
            let below = url.utf8.dropFirst("remote://".utf8.count + host.utf8.count).drop { $0 == UInt8(ascii: "/") }
            let rest = String(Substring(below))
            var merged = base.options
            for (key, value) in options.entries { merged[key] = value }
            merged["url"] = .string(rest.isEmpty ? base.url : Paths.join(base.url, rest))
            options = merged
        }
        return try remote(unnamed: options)
    }
}

extension RemoteSettings {
    /// The path, where this is a folder or file of this machine; `nil` for any other store.
    var localPath: String? {
        guard scheme.isEmpty else { return nil }
        return url.hasPrefix("file://") ? String(url.dropFirst("file://".count)) : url
    }
}
