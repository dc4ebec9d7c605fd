import FileSystem
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Hands out a table with separated fields in blocks that begin and end with whole records, to any number of threads.
///
/// Only the search for a record's end is done one block after the other: where no quote is in a block, that is its last
/// end of line; else the quotes are followed from the block's beginning.
final class RecordBlocks: Sendable {
    /// A part of a file; its memory is used again for the next one.
    final class Block {
        fileprivate(set) var number = 0
        /// Of its first record.
        fileprivate(set) var line = 0
        /// Ends of line in it.
        fileprivate(set) var lines = 0
        fileprivate(set) var count = 0
        fileprivate var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 16)

        deinit { memory.deallocate() }

        var bytes: UnsafeBufferPointer<UInt8> {
            UnsafeRawBufferPointer(rebasing: memory[..<count]).bindMemory(to: UInt8.self)
        }

        fileprivate func reserve(_ capacity: Int) {
            guard memory.count < capacity else { return }
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
            memory.deallocate()
            memory = larger
        }
    }

    private struct State {
        var offset: Int64
        var line: Int
        var number = 0
        /// The beginning of a record whose end is not read yet.
        var carried: [UInt8] = []
        var isDone = false
    }

    private let descriptor: FileDescriptor
    private let path: String
    private let delimiter: UInt8
    private let size: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - offset: where the first record begins.
    ///   - line: of that record.
    ///   - path: how messages call the file.
    init(_ descriptor: FileDescriptor, from offset: Int64, line: Int, delimiter: UInt8, path: String, size: Int) {
        self.descriptor = descriptor
        self.path = path
        self.delimiter = delimiter
        self.size = size
        state = Mutex(State(offset: offset, line: line))
    }

    /// - Returns: false at the end of the file.
    func next(_ block: Block) throws -> Bool {
        try state.withLock { state in try fill(block, &state) }
    }

    private func fill(_ block: Block, _ state: inout State) throws -> Bool {
        guard !state.isDone else { return false }
        block.number = state.number
        block.line = state.line
        block.count = 0
        block.reserve(state.carried.count + size)
        state.carried.withUnsafeBytes { block.memory.copyMemory(from: $0) }
        block.count = state.carried.count
        state.carried.removeAll(keepingCapacity: true)
        while true {
            block.reserve(block.count + size)
            let room = UnsafeMutableRawBufferPointer(rebasing: block.memory[block.count..<(block.count + size)])
            let read = try descriptor.read(into: room, at: state.offset)
            block.count += read
            state.offset += Int64(read)
            let isEnd = read == 0
            let end = isEnd ? block.count : try lastEnd(block)
            if isEnd {
                state.isDone = true
                try refuseOpenQuote(block)
            } else if end == 0 {
                guard block.count < SeparatedReader.recordLimit else {
                    try refuseOpenQuote(block, limit: true)
                    throw TableError(path: path, line: block.line, reason: "a record longer than 64 MiB")
                }
                continue
            }
            state.carried.append(contentsOf: block.bytes[end...])
            block.count = end
            state.number += 1
            block.lines = Self.lines(block.bytes)
            state.line += block.lines
            return end > 0
        }
    }

    /// Behind the last record that is whole; 0 where none is.
    private func lastEnd(_ block: Block) throws -> Int {
        let bytes = block.bytes
        guard let start = bytes.baseAddress else { return 0 }
        guard memchr(start, Int32(UInt8(ascii: "\"")), bytes.count) != nil else {
            return (bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        }
        return follow(bytes).end
    }

    private func refuseOpenQuote(_ block: Block, limit: Bool = false) throws {
        guard let open = follow(block.bytes).open else { return }
        throw TableError(
            path: path, line: block.line + Self.lines(UnsafeBufferPointer(rebasing: block.bytes[..<open])),
            reason: limit
                ? "the quote that opens here is not closed in the next 64 MiB"
                : "the quote that opens here is never closed")
    }

    /// Follows the records of a block.
    ///
    /// - Returns: the end of the last whole record, and where a quote opens that is not closed.
    private func follow(_ bytes: UnsafeBufferPointer<UInt8>) -> (end: Int, open: Int?) {
        guard let start = bytes.baseAddress else { return (0, nil) }
        let quote = UInt8(ascii: "\"")
        var place = 0
        var end = 0
        let count = bytes.count
        while place < count {
            if start[place] == quote {
                let open = place
                place += 1
                while true {
                    guard let found = memchr(start + place, Int32(quote), count - place) else { return (end, open) }
                    place = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - start + 1
                    guard place < count, start[place] == quote else { break }
                    place += 1
                }
            }
            while place < count, start[place] != delimiter, start[place] != UInt8(ascii: "\n") { place += 1 }
            guard place < count else { break }
            place += 1
            if start[place - 1] == UInt8(ascii: "\n") { end = place }
        }
        return (end, nil)
    }

    private static func lines(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard var place = bytes.baseAddress else { return 0 }
        let end = place + bytes.count
        var lines = 0
        // The C library looks at many bytes at a time, this compiler's loop at one.
        while place < end, let found = memchr(place, Int32(UInt8(ascii: "\n")), end - place) {
            lines += 1
            place = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) + 1
        }
        return lines
    }
}
