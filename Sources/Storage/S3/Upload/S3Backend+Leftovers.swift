import HTTP

extension S3Backend {
    /// How old an upload becomes before it is given up, in seconds.
    private static let lifetime: Int64 = 7 * 86400
    /// The same for one of the same object with other bytes; another process may still be at it.
    private static let replacedLifetime: Int64 = 86400

    /// Aborts what earlier processes left behind and nobody will go on with. Failing at it does no harm.
    func sweepUploads(of object: String, keeping current: PendingUpload) async {
        guard uploads.beginSweep(), let journal = uploads.journal else { return }
        for upload in journal.pending(at: uploads.place) {
            let age = current.begun - upload.begun
            let isReplaced = upload.object == object && !upload.isSameContent(as: current)
            guard age > Self.lifetime || isReplaced && age > Self.replacedLifetime else { continue }
            await abort(upload)
        }
    }

    /// Gives an upload up, also when the task is being cancelled; a store that does not answer is left alone.
    func abort(_ upload: PendingUpload) async {
        let work = Task { () async -> Void in
            let request = S3Request(
                .delete, upload.object, query: [("uploadId", upload.uploadID)], deadline: .seconds(10))
            if (try? await client.send(request, expecting: [404])) != nil { uploads.journal?.forget(upload) }
        }
        await work.value
    }
}
