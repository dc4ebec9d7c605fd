import HTTP

extension RegistryClient {
    private static let accepted = [
        MediaType.manifest, MediaType.index, MediaType.dockerManifest, MediaType.dockerIndex,
    ].joined(separator: ", ")

    /// Fetches a manifest by tag or digest, its bytes checked against the digest; `nil` where there is none.
    func manifest(_ name: String) async throws -> (descriptor: Descriptor, bytes: [UInt8])? {
        let request = HTTPRequest(
            .get, base + "manifests/" + name, headers: [HTTPHeader("Accept", Self.accepted)], followsRedirects: true)
        let response = try await send(request, scope: "pull")
        if response.status == 404 { return nil }
        guard response.isSuccess else { throw refusal(response, "pull") }
        let type = response["content-type"].map { String($0.prefix { $0 != ";" && $0 != " " }) } ?? ""
        let descriptor = Descriptor(of: response.body, mediaType: type)
        guard MediaType.isManifest(type) || MediaType.isIndex(type) else {
            throw RegistryError(
                .malformed, "\(reference.host) answers with a '\(type.printableText)' in place of a manifest")
        }
        for said in [ContentDigest(name), response["docker-content-digest"].flatMap(ContentDigest.init(_:))] {
            if let said, said != descriptor.digest {
                throw Descriptor(mediaType: type, digest: said, size: 0).damage
            }
        }
        return (descriptor, response.body)
    }

    /// Uploads a manifest under a tag or its digest.
    ///
    /// - Returns: whether the registry keeps track of what it refers to.
    func put(_ bytes: [UInt8], mediaType: String, as name: String) async throws -> Bool {
        let request = HTTPRequest(
            .put, base + "manifests/" + name, headers: [HTTPHeader("Content-Type", mediaType)], body: .bytes(bytes))
        let response = try await send(request, scope: "pull,push")
        guard response.isSuccess else { throw refusal(response, "push") }
        if let said = response["docker-content-digest"].flatMap(ContentDigest.init(_:)),
            said != ContentDigest(of: bytes)
        {
            throw RegistryError(.malformed, "\(reference.host) stored another manifest than was sent")
        }
        return response["oci-subject"] != nil
    }

    // MARK: Referrers

    /// What is attached to a manifest: as the registry says, or as the tag says that clients keep where it can't.
    func referrers(of subject: ContentDigest) async throws -> [Descriptor] {
        let response = try await send(
            HTTPRequest(.get, base + "referrers/" + subject.text, headers: [HTTPHeader("Accept", MediaType.index)]),
            scope: "pull")
        if response.isSuccess { return try ImageIndex(parsing: response.body).manifests }
        guard [400, 404, 405].contains(response.status) else { throw refusal(response, "list what is attached") }
        return try await taggedReferrers(of: subject)?.manifests ?? []
    }

    private func taggedReferrers(of subject: ContentDigest) async throws -> ImageIndex? {
        guard let (descriptor, bytes) = try await manifest(Self.referrersTag(subject)) else { return nil }
        guard MediaType.isIndex(descriptor.mediaType) else { return nil }
        return try ImageIndex(parsing: bytes)
    }

    /// Adds to the list that stands for a referrers API.
    func addReferrer(_ descriptor: Descriptor, of subject: ContentDigest) async throws {
        var index = try await taggedReferrers(of: subject) ?? ImageIndex()
        guard !index.manifests.contains(where: { $0.digest == descriptor.digest }) else { return }
        index.manifests.append(descriptor)
        _ = try await put(index.bytes, mediaType: MediaType.index, as: Self.referrersTag(subject))
    }

    static func referrersTag(_ subject: ContentDigest) -> String { "sha256-" + subject.hex }
}
