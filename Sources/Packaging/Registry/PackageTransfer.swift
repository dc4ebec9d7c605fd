package import Basics
import Documents

/// Brings packages to a registry and back, with what is attached to them.
package struct PackageTransfer: Sendable {
    private let client: RegistryClient
    private let progress: any ProgressReporter
    private let concurrency: Int
    /// More documents about one package than anybody reads.
    private static let mostRecords = 200
    private static let largestRecord: Int64 = 256 << 20

    package init(_ client: RegistryClient, progress: any ProgressReporter = SilentProgress(), concurrency: Int = 4) {
        self.client = client
        self.progress = progress
        self.concurrency = max(1, concurrency)
    }

    package struct PushResult: Sendable, Equatable {
        package var digest: ContentDigest
        package var uploaded = 0
        package var mounted = 0
        package var present = 0
        /// Of the blobs that were uploaded.
        package var bytes: Int64 = 0
        /// How many of these an earlier push had sent.
        package var resumed: Int64 = 0
        package var records = 0
    }

    // MARK: Push

    /// Sends a package: blobs, then the manifest, then its records. Everything is checked before anything is sent.
    package func push(_ package: PackageReader, _ options: UploadOptions = UploadOptions()) async throws -> PushResult {
        if let wanted = client.reference.digest, wanted != package.descriptor.digest {
            throw PackageError(
                .digest, "the package is \(package.descriptor.digest), not \(wanted)",
                remedy: "push to a tag, or name the package with that digest")
        }
        let records = try package.records()
        var blobs: [Descriptor] = []
        var known: Set<ContentDigest> = []
        for manifest in [package.manifest] + records.map(\.manifest) {
            for blob in manifest.blobs where known.insert(blob.digest).inserted {
                try package.layout.verify(blob)
                blobs.append(blob)
            }
        }
        var result = PushResult(digest: package.descriptor.digest, records: records.count)
        progress.report(.began(.pushing, items: blobs.count, bytes: blobs.reduce(0) { $0 &+ $1.size }))
        defer { progress.report(.ended(.pushing)) }
        let outcomes = try await forEach(blobs) { blob in
            let outcome = try await client.upload(blob, from: package.layout, options)
            progress.report(.advanced(.pushing, items: 1, bytes: blob.size))
            return outcome
        }
        for (blob, outcome) in zip(blobs, outcomes) {
            switch outcome {
            case .present: result.present += 1
            case .mounted: result.mounted += 1
            case .uploaded(let resumed):
                result.uploaded += 1
                result.resumed = result.resumed &+ resumed
                result.bytes = result.bytes &+ blob.size
            }
        }
        let manifest = try package.layout.read(package.descriptor)
        _ = try await client.put(
            manifest, mediaType: package.descriptor.mediaType,
            as: client.reference.tag ?? package.descriptor.digest.text)
        for record in records {
            let bytes = try package.layout.read(record.descriptor)
            let isTracked = try await client.put(
                bytes, mediaType: record.descriptor.mediaType, as: record.descriptor.digest.text)
            if !isTracked {
                let descriptor = Descriptor(
                    mediaType: record.descriptor.mediaType, digest: record.descriptor.digest,
                    size: record.descriptor.size, artifactType: record.manifest.kind,
                    annotations: record.manifest.annotations)
                try await client.addReferrer(descriptor, of: package.descriptor.digest)
            }
        }
        return result
    }

    // MARK: Pull

    /// Fetches a package into a layout and puts it into the index.
    ///
    /// - Parameters:
    ///   - name: what the layout is to call it.
    ///   - platform: `linux/amd64`; which image to take where there are several.
    ///   - known: another layout, whose blobs need not be fetched.
    package func pull(
        into layout: ImageLayout, as name: String?, platform: String, known: ImageLayout? = nil
    ) async throws -> Descriptor {
        let (descriptor, bytes) = try await manifest(platform: platform)
        let manifest = try ImageManifest(parsing: bytes)
        _ = try layout.add(bytes, mediaType: descriptor.mediaType)
        try await fetch(manifest.blobs, into: layout, known)
        var published: [(descriptor: Descriptor, name: String?)] = [(descriptor, name)]
        for record in try await client.referrers(of: descriptor.digest).prefix(Self.mostRecords) {
            guard let (found, bytes) = try await client.manifest(record.digest.text),
                MediaType.isManifest(found.mediaType)
            else { continue }
            let document = try ImageManifest(parsing: bytes)
            // Whoever can write to the registry can list anything; only what says so itself belongs to the package.
            guard document.subject?.digest == descriptor.digest else { continue }
            guard document.blobs.allSatisfy({ $0.size <= Self.largestRecord }) else {
                throw PackageError(.limit, "a document that is attached to the package is larger than 256 MiB")
            }
            _ = try layout.add(bytes, mediaType: found.mediaType)
            try await fetch(document.blobs, into: layout, known)
            published.append((found, nil))
        }
        try layout.publish(published)
        return descriptor
    }

    private func manifest(platform: String) async throws -> (Descriptor, [UInt8]) {
        guard let found = try await client.manifest(client.reference.name) else {
            throw RegistryError(.missing, "there is no package \(client.reference)")
        }
        guard MediaType.isIndex(found.descriptor.mediaType) else { return found }
        let manifests = try ImageIndex(parsing: found.bytes).manifests
        let wanted = platform.split(separator: "/").map(String.init)
        let match = manifests.first { entry in
            entry.platform?["os"]?.string == wanted.first && wanted.count > 1
                && entry.platform?["architecture"]?.string == wanted[1]
        }
        guard let match, let chosen = try await client.manifest(match.digest.text) else {
            throw PackageError(.missing, "\(client.reference) has nothing for \(platform)")
        }
        return chosen
    }

    private func fetch(_ blobs: [Descriptor], into layout: ImageLayout, _ known: ImageLayout?) async throws {
        progress.report(.began(.fetching, items: blobs.count, bytes: blobs.reduce(0) { $0 &+ $1.size }))
        defer { progress.report(.ended(.fetching)) }
        _ = try await forEach(blobs) { blob in
            if let known, try known.holds(blob), (try? layout.take(blob, from: known)) != nil {
                progress.report(.advanced(.fetching, items: 1, bytes: blob.size))
                return
            }
            try await client.download(blob, into: layout)
            progress.report(.advanced(.fetching, items: 1, bytes: blob.size))
        }
    }

    /// Some at a time; the first failure ends all. Results are in the order of the items.
    private func forEach<Result: Sendable>(
        _ blobs: [Descriptor], _ body: @escaping @Sendable (Descriptor) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results: [Int: Result] = [:]
            var next = 0
            func start() {
                guard next < blobs.count else { return }
                let (number, blob) = (next, blobs[next])
                next += 1
                group.addTask { (number, try await body(blob)) }
            }
            for _ in 0..<concurrency { start() }
            while let (number, result) = try await group.next() {
                results[number] = result
                start()
            }
            return blobs.indices.compactMap { results[$0] }
        }
    }
}
