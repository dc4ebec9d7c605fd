import FileSystem

/// The bytes of a file, one after the other, with little memory.
struct FileBytes {
    private let descriptor: FileDescriptor
    private var buffer: [UInt8]
    private var position = 0
    private var end = 0
    /// Of the buffer's first byte.
    private var base: Int64

    init(_ descriptor: FileDescriptor, from offset: Int64 = 0, chunk: Int = 1 << 18) {
        self.descriptor = descriptor
        base = offset
        buffer = [UInt8](repeating: 0, count: chunk)
    }

    /// Of the next byte.
    var offset: Int64 { base + Int64(position) }

    mutating func next() throws(FileError) -> UInt8? {
        if position == end, try !refill() { return nil }
        defer { position += 1 }
        return buffer[position]
    }

    mutating func peek() throws(FileError) -> UInt8? {
        if position == end, try !refill() { return nil }
        return buffer[position]
    }

    mutating func skip() { position += 1 }

    /// Passes over what lies in the buffer up to one of three bytes, and gives it to a row.
    ///
    /// It may stop earlier, at the buffer's end.
    mutating func copyPlain(into row: inout TableRow, until first: UInt8, _ second: UInt8, _ third: UInt8) {
        let (start, end) = (position, end)
        position = buffer.withUnsafeBufferPointer { bytes in
            var place = start
            while place < end, bytes[place] != first, bytes[place] != second, bytes[place] != third { place += 1 }
            if place > start { row.append(UnsafeBufferPointer(rebasing: bytes[start..<place])) }
            return place
        }
    }

    /// Everything up to the end of the line, without it; `nil` at the end of the file.
    ///
    /// - Parameter limit: no more bytes than these are kept; what follows on the line is passed over.
    mutating func line(limit: Int) throws(FileError) -> (bytes: [UInt8], isWhole: Bool)? {
        guard try peek() != nil else { return nil }
        var line: [UInt8] = []
        var isWhole = true
        while try peek() != nil {
            let rest = buffer[position..<end]
            let stop = rest.firstIndex(of: UInt8(ascii: "\n"))
            if line.count < limit { line += rest[..<(stop ?? end)].prefix(limit - line.count) }
            if line.count + ((stop ?? end) - position) > limit, line.count >= limit { isWhole = false }
            position = stop.map { $0 + 1 } ?? end
            if stop != nil { break }
        }
        return (line, isWhole)
    }

    private mutating func refill() throws(FileError) -> Bool {
        base += Int64(end)
        position = 0
        end = 0
        let place = base
        var failure: FileError?
        let count = buffer.withUnsafeMutableBytes { bytes in
            do throws(FileError) {
                return try descriptor.read(into: bytes, at: place)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        end = count
        return count > 0
    }
}
