/// Takes the records of a block apart and keeps the columns somebody wants.
struct BlockParser: Sendable {
    let delimiter: UInt8
    let columnCount: Int
    /// For each column of the file its place among those wanted, or -1.
    let places: [Int]
    /// Of the columns wanted, whether they are read as words.
    let areWords: [Bool]
    let missing: MissingWords

    /// What came out of a block.
    final class Result {
        fileprivate(set) var parts: [ColumnPart]
        fileprivate(set) var lines: [Int32] = []
        fileprivate(set) var problem: TableProblem?

        fileprivate init(parts: [ColumnPart]) { self.parts = parts }

        /// Lets go of one column's cells.
        func release(_ place: Int) { parts[place] = ColumnPart(capacity: 0, isWords: false) }
    }

    private static let newline = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let carriageReturn = UInt8(ascii: "\r")

    func parse(_ block: RecordBlocks.Block) -> Result {
        let bytes = block.bytes
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
            return Result(parts: areWords.map { ColumnPart(capacity: 0, isWords: $0) })
        }
        let bound = block.lines + 1
        let result = Result(parts: areWords.map { ColumnPart(capacity: bound, isWords: $0) })
        result.lines.reserveCapacity(bound)
        var cursor = Cursor(place: start, end: start + bytes.count, line: block.line)
        places.withUnsafeBufferPointer { places in
            result.parts.withUnsafeBufferPointer { parts in
                while cursor.place < cursor.end {
                    if isBlank(&cursor) { continue }
                    let line = cursor.line
                    let count = record(&cursor, places, parts)
                    guard count == columnCount else {
                        let fields = count == 1 ? "1 field" : "\(count) fields"
                        result.problem = TableProblem(
                            line: line, reason: "\(fields) where the heading has \(columnCount)")
                        return
                    }
                    result.lines.append(Int32(clamping: line))
                }
            }
        }
        return result
    }

    private struct Cursor {
        var place: UnsafePointer<UInt8>
        let end: UnsafePointer<UInt8>
        var line: Int
        /// For fields whose quotes are taken off.
        var scratch: [UInt8] = []
    }

    /// Passes over a record with nothing in it, unless it stands for a missing cell of an only column.
    @inline(__always)
    private func isBlank(_ cursor: inout Cursor) -> Bool {
        let first = cursor.place.pointee
        guard first == Self.newline || first == Self.carriageReturn || first == Self.quote else { return false }
        var place = cursor.place
        let isQuoted = first == Self.quote
        if isQuoted {
            guard cursor.end - place >= 2, place[1] == Self.quote else { return false }
            place += 2
        }
        if cursor.end - place >= 2, place[0] == Self.carriageReturn, place[1] == Self.newline { place += 1 }
        guard place == cursor.end || place.pointee == Self.newline else { return false }
        if place < cursor.end { place += 1 }
        guard columnCount != 1 || place - cursor.place <= 2 else { return false }
        cursor.place = place
        cursor.line += 1
        return true
    }

    /// - Returns: how many fields the record has.
    private func record(
        _ cursor: inout Cursor, _ places: UnsafeBufferPointer<Int>, _ parts: UnsafeBufferPointer<ColumnPart>
    ) -> Int {
        let line = cursor.line
        let end = cursor.end
        var field = 0
        while true {
            let target = field < columnCount ? places[field] : -1
            field += 1
            var place = cursor.place
            if place < end, place.pointee == Self.quote {
                quoted(&cursor, target < 0 ? nil : parts[target], line)
                place = cursor.place
            } else if target < 0 {
                while place < end, place.pointee != delimiter, place.pointee != Self.newline { place += 1 }
            } else {
                place = plain(place, end, parts[target], line)
            }
            guard place < end else {
                cursor.place = end
                cursor.line += 1
                return field
            }
            cursor.place = place + 1
            guard place.pointee == delimiter else {
                cursor.line += 1
                return field
            }
        }
    }

    /// A field without quotes around it.
    ///
    /// - Returns: where its separator is, or the end.
    @inline(__always)
    private func plain(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ part: ColumnPart, _ line: Int
    ) -> UnsafePointer<UInt8> {
        if part.wantsNumbers, !missing.haveNumbers, let (number, next) = TableNumber.scan(start, end) {
            if next == end || next.pointee == delimiter || next.pointee == Self.newline {
                part.add(number, line: line)
                return next
            }
            if next.pointee == Self.carriageReturn, end - next > 1, next[1] == Self.newline {
                part.add(number, line: line)
                return next + 1
            }
        }
        var place = start
        while place < end, place.pointee != delimiter, place.pointee != Self.newline { place += 1 }
        var count = place - start
        if count > 0, place < end, place.pointee == Self.newline, place[-1] == Self.carriageReturn { count -= 1 }
        add(UnsafeBufferPointer(start: start, count: count), to: part, line)
        return place
    }

    /// A field with quotes around its beginning; the cursor comes to its separator.
    private func quoted(_ cursor: inout Cursor, _ part: ColumnPart?, _ line: Int) {
        let end = cursor.end
        var place = cursor.place + 1
        cursor.scratch.removeAll(keepingCapacity: true)
        while place < end {
            if place.pointee == Self.quote {
                place += 1
                guard place < end, place.pointee == Self.quote else { break }
            } else if place.pointee == Self.newline {
                cursor.line += 1
            }
            cursor.scratch.append(place.pointee)
            place += 1
        }
        while place < end, place.pointee != delimiter, place.pointee != Self.newline {
            let isLineEnd = place.pointee == Self.carriageReturn && end - place > 1 && place[1] == Self.newline
            if !isLineEnd { cursor.scratch.append(place.pointee) }
            place += 1
        }
        cursor.place = place
        if let part { cursor.scratch.withUnsafeBufferPointer { add($0, to: part, line) } }
    }

    private func add(_ cell: UnsafeBufferPointer<UInt8>, to part: ColumnPart, _ line: Int) {
        if cell.isEmpty || missing.contain(cell) {
            part.addMissing()
        } else if part.wantsNumbers, let start = cell.baseAddress,
            let (number, next) = TableNumber.scan(start, start + cell.count), next == start + cell.count
        {
            part.add(number, line: line)
        } else {
            part.add(word: cell, line: line)
        }
    }
}
