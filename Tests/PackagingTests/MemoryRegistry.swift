import Documents
import Packaging
import Synchronization
import TestSupport

/// A registry in memory that a scripted server answers from.
final class MemoryRegistry: Sendable {
    private struct State {
        var blobs: [String: [UInt8]] = [:]
        var manifests: [String: (type: String, bytes: [UInt8])] = [:]
        var uploads: [String: [UInt8]] = [:]
        var next = 0
        var hasReferrers = false
        var mountable: String?
        var uploadState: String?
        var port = 0
    }
    private let state = Mutex(State())

    var hasReferrers: Bool {
        get { state.withLock { $0.hasReferrers } }
        set { state.withLock { $0.hasReferrers = newValue } }
    }
    /// A repository that has every blob.
    var mountable: String? {
        get { state.withLock { $0.mountable } }
        set { state.withLock { $0.mountable = newValue } }
    }
    /// What an upload's URL has to have as its query.
    var uploadState: String? {
        get { state.withLock { $0.uploadState } }
        set { state.withLock { $0.uploadState = newValue } }
    }
    var port: Int {
        get { state.withLock { $0.port } }
        set { state.withLock { $0.port = newValue } }
    }

    var blobCount: Int { state.withLock { $0.blobs.count } }
    func blob(_ digest: ContentDigest) -> [UInt8]? { state.withLock { $0.blobs[digest.text] } }
    func manifest(_ name: String) -> [UInt8]? { state.withLock { $0.manifests[name]?.bytes } }

    /// Bytes that came before a connection broke.
    func receive(_ bytes: [UInt8], for request: ScriptedServer.Request) {
        state.withLock { $0.uploads[request.path, default: []] += bytes }
    }

    func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Answer {
        let last = request.path.split(separator: "/").last.map(String.init) ?? ""
        return state.withLock { state in
            if request.path.contains("/uploads") { return upload(request, &state) }
            if request.path.contains("/blobs/") { return blob(request, last, state) }
            if request.path.contains("/referrers/") { return referrers(last, state) }
            return manifest(request, last, &state)
        }
    }

    private func upload(_ request: ScriptedServer.Request, _ state: inout State) -> ScriptedServer.Answer {
        let suffix = state.uploadState.map { "?" + $0 } ?? ""
        let query = suffix.isEmpty ? "" : "\(suffix.dropFirst())&"
        if request.method != "POST", !(request.query + "&").hasPrefix(query) { return .init(400) }
        switch request.method {
        case "POST":
            if let other = state.mountable, request.query.contains("mount="),
                request.query.hasSuffix("from=" + other.replacing("/", with: "%2F"))
            {
                return .init(201)
            }
            state.next += 1
            let place = "/v2/team/churn/blobs/uploads/\(state.next)"
            state.uploads[place] = []
            return .init(202, headers: [("Location", place + suffix)])
        case "PATCH":
            guard let known = state.uploads[request.path] else { return .init(404) }
            guard request["content-range"]?.hasPrefix("\(known.count)-") == true else { return .init(416) }
            state.uploads[request.path] = known + request.body
            return .init(
                202,
                headers: [
                    ("Location", request.path + suffix), ("Range", "0-\(known.count + request.body.count - 1)"),
                ])
        case "GET":
            guard let known = state.uploads[request.path] else { return .init(404) }
            return .init(
                204, headers: [("Location", request.path + suffix), ("Range", "0-\(max(0, known.count - 1))")])
        default:
            guard let known = state.uploads.removeValue(forKey: request.path) else { return .init(404) }
            let bytes = known + request.body
            let digest = ContentDigest(of: bytes).text
            guard request.query == query + "digest=" + digest.replacing(":", with: "%3A") else { return .init(400) }
            state.blobs[digest] = bytes
            return .init(201)
        }
    }

    private func blob(_ request: ScriptedServer.Request, _ digest: String, _ state: State) -> ScriptedServer.Answer {
        guard let bytes = state.blobs[digest] else { return .init(404) }
        var answer = ScriptedServer.Answer(200)
        answer.body = bytes
        if let range = request["range"], let start = Int(range.dropFirst(6).prefix { $0 != "-" }), start < bytes.count {
            answer.status = 206
            answer.headers = [("Content-Range", "bytes \(start)-\(bytes.count - 1)/\(bytes.count)")]
            answer.body = Array(bytes[start...])
        }
        return answer
    }

    private func referrers(_ digest: String, _ state: State) -> ScriptedServer.Answer {
        guard state.hasReferrers else { return .init(404) }
        var found: [Descriptor] = []
        for (name, entry) in state.manifests where name.hasPrefix("sha256:") {
            guard let manifest = try? ImageManifest(parsing: entry.bytes), manifest.subject?.digest.text == digest
            else {
                continue
            }
            found.append(Descriptor(of: entry.bytes, mediaType: entry.type))
        }
        var answer = ScriptedServer.Answer(200)
        answer.body = ImageIndex(manifests: found).bytes
        return answer
    }

    private func manifest(
        _ request: ScriptedServer.Request, _ name: String, _ state: inout State
    ) -> ScriptedServer.Answer {
        guard request.method == "PUT" else {
            guard let found = state.manifests[name] else { return .init(404) }
            var answer = ScriptedServer.Answer(200)
            answer.headers = [
                ("Content-Type", found.type), ("Docker-Content-Digest", ContentDigest(of: found.bytes).text),
            ]
            answer.body = found.bytes
            return answer
        }
        let digest = ContentDigest(of: request.body).text
        for key in [name, digest] { state.manifests[key] = (request["content-type"] ?? "", request.body) }
        var headers: [(name: String, value: String)] = [("Docker-Content-Digest", digest)]
        if state.hasReferrers { headers.append(("OCI-Subject", digest)) }
        return .init(201, headers: headers)
    }
}
