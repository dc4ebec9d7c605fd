import HTTP

extension RegistryClient {
    /// Whether the registry has the blob.
    func holds(_ blob: Descriptor) async throws -> Bool {
        let request = HTTPRequest(.head, base + "blobs/" + blob.digest.text, followsRedirects: true)
        let response = try await send(request, scope: "pull,push")
        if response.status == 404 { return false }
        guard response.isSuccess else { throw refusal(response, "push") }
        return true
    }

    /// Brings a blob to the registry, unless it is there or can be had from another repository of it.
    func upload(_ blob: Descriptor, from layout: ImageLayout, _ options: UploadOptions) async throws -> UploadOutcome {
        try await BlobUpload(client: self, blob: blob, layout: layout, options: options).run()
    }
}
