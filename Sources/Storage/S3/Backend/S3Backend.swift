package import HTTP

/// A bucket of S3 or of a server that speaks like it, or a folder in it.
///
/// Every object goes up with its MD5 (`Content-MD5`), so that the server refuses bytes that changed on their way; large
/// ones go up in parts beside each other, and an upload that was broken off goes on where its journal says. An object
/// appears under its key only when it is whole.
package struct S3Backend: Backend {
    package let name: String
    package let client: S3Client
    /// What the keys begin with in the bucket; with a slash at its end unless it is empty.
    let prefix: String
    let headers: S3ObjectHeaders
    let transfer: S3TransferSettings
    let usesFirstListing: Bool
    let uploads: PendingUploads
    let patience: RequestPatience
    /// Large objects are read in pieces of this size, beside each other.
    package var pieceSize: Int64? { transfer.chunk }
    let bucket = BucketKnowledge()
    let conditions = ConditionSupport()

    package var concurrency: Int { transfer.concurrency }
    package var listing: ListingCost? { ListingCost(pageSize: 1000) }

    /// - Parameters:
    ///   - http: by default a client of its own, as the configuration describes it.
    ///   - journal: remembers uploads that are under way, so that a later process can go on; none by default.
    ///   - patience: when a part of a large upload is sent again.
    package init(
        _ configuration: S3Configuration, http: HTTPClient? = nil, journal: (any UploadJournal)? = nil,
        patience: RequestPatience = RequestPatience()
    ) {
        let site = configuration.site
        name = "s3://\(site.bucket)" + (configuration.prefix.isEmpty ? "" : "/\(configuration.prefix)")
        let credentials =
            switch configuration.login {
            case .anonymous: CredentialSource(nil)
            case .keys(let keys): CredentialSource(keys)
            case .ambient(let chain): CredentialSource { () async throws(StorageError) in try await chain.find() }
            }
        client = S3Client(
            site, name: name, region: configuration.region, credentials: credentials,
            http: http ?? HTTPClient(configuration.http))
        prefix = configuration.prefix.isEmpty ? "" : configuration.prefix + "/"
        headers = configuration.headers
        transfer = configuration.transfer
        usesFirstListing = configuration.usesFirstListing
        uploads = PendingUploads(journal: journal, place: site.root(region: nil).text + "/" + prefix)
        self.patience = patience
    }

    /// What the journal knows the bucket or folder by.
    package var place: String { uploads.place }

    /// The object's name in the bucket; refuses what could leave the folder.
    func object(_ key: Key) throws(StorageError) -> String {
        guard key.isSafe else {
            throw StorageError(
                .other, "the key has empty parts, '.' or '..', and is not used", key: key, place: name)
        }
        return prefix + key.path
    }

    package func stat(_ key: Key) async throws(StorageError) -> Metadata? {
        try await metadata(key, version: nil)?.metadata
    }

    package func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        try await read(key, version: nil, range: range, into: sink)
    }

    package func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {
        _ = try await store(source, under: key)
    }

    /// Whether the bucket is there; throws where that cannot be told.
    package func bucketExists() async throws(StorageError) -> Bool {
        try await client.send(S3Request(.head, nil), expecting: [404]).status != 404
    }

    /// A URL by which anybody can read the object for so many seconds, at most a week.
    package func presignedURL(for key: Key, seconds: Int = 3600) async throws(StorageError) -> String {
        try await client.presignedURL(try object(key), seconds: seconds)
    }
}

extension S3Backend: ClockedBackend {
    package func secondsAhead() async throws(StorageError) -> Int64? {
        client.secondsAhead(try await client.send(S3Request(.head, nil), expecting: [404]))
    }
}
