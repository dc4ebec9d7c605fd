import CHashing

/// MD5 of several streams that are read at the same time, as large files are: each `update` advances them together in
/// the lanes of a vector.
///
/// Made once and used again, with `reset(lane:)` before each new stream. Belongs to one thread.
package final class MD5Lanes {
    /// What has been read of one stream.
    package struct Chunk {
        package let lane: Int
        package let bytes: UnsafeRawBufferPointer

        package init(lane: Int, bytes: UnsafeRawBufferPointer) {
            self.lane = lane
            self.bytes = bytes
        }
    }

    /// Number of streams.
    package let count: Int
    private let contexts: UnsafeMutablePointer<varve_md5>
    // The arguments of one call, kept so that an update allocates nothing.
    private let busy: UnsafeMutablePointer<UnsafeMutablePointer<varve_md5>?>
    private let addresses: UnsafeMutablePointer<UnsafeRawPointer?>
    private let lengths: UnsafeMutablePointer<Int>

    package init(count: Int) {
        self.count = count
        contexts = .allocate(capacity: count)
        busy = .allocate(capacity: count)
        addresses = .allocate(capacity: count)
        lengths = .allocate(capacity: count)
        for lane in 0..<count { varve_md5_init(contexts + lane) }
    }

    deinit {
        contexts.deallocate()
        busy.deallocate()
        addresses.deallocate()
        lengths.deallocate()
    }

    /// Begins a new stream in the lane.
    package func reset(lane: Int) {
        precondition(lane >= 0 && lane < count)
        varve_md5_init(contexts + lane)
    }

    /// Appends each chunk to the stream of its lane. A lane may be named once per call. Longer chunks are better, and of
    /// equal length best: 64 KiB each is enough.
    package func update(_ chunks: [Chunk]) {
        precondition(chunks.count <= count)
        var index = 0
        for chunk in chunks {
            precondition(chunk.lane >= 0 && chunk.lane < count)
            busy[index] = contexts + chunk.lane
            addresses[index] = chunk.bytes.baseAddress
            lengths[index] = chunk.bytes.count
            index += 1
        }
        varve_md5_update_many(busy, addresses, lengths, index)
    }

    /// The digest of the lane's stream so far; the stream may go on.
    package func finalize(lane: Int) -> MD5Digest {
        precondition(lane >= 0 && lane < count)
        var ended = contexts[lane]
        return MD5Digest { varve_md5_final(&ended, $0) }
    }
}
