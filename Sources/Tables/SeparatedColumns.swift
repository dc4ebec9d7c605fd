import Basics
import FileSystem
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads columns of a table with separated fields, block by block on several threads.
///
/// A number's spelling is not kept, so that a column of numbers costs eight bytes a cell. Where a word turns up among
/// numbers, that column alone is read again as words.
struct SeparatedColumns {
    let path: String
    let format: TableFormat
    let name: String
    let missing: MissingWords
    var blockSize = 1 << 22
    var threads = Int(max(2, min(8, sysconf(Int32(_SC_NPROCESSORS_ONLN)))))

    func read(_ wish: ColumnTable.Wish) throws -> ColumnTable {
        let descriptor = try FileDescriptor.reading(path)
        let delimiter: UInt8 = format == .tsv ? 0x09 : UInt8(ascii: ",")
        let heading = try SeparatedReader(descriptor, delimiter: delimiter, path: name)
        let wanted = try ColumnTable.positions(of: wish, in: heading.columns, file: name)
        let source = Source(descriptor: descriptor, delimiter: delimiter, heading: heading)
        let blocks = try parse(source, columns: wanted.map(\.position), areWords: wanted.map(\.isWords))
        let rows = blocks.reduce(0) { $0 + $1.lines.count }
        guard rows > 0 else { throw TableError(path: name, line: nil, reason: "has no rows") }
        let mixed = wanted.indices.filter { place in
            let parts = blocks.map { $0.parts[place] }
            return parts.contains(where: \.isIncomplete)
                || parts.contains { $0.wordLine != nil } && parts.contains { $0.numberLine != nil && $0.codes == nil }
        }
        let spelled =
            mixed.isEmpty
            ? [:]
            : try readAgain(source, columns: mixed.map { wanted[$0].position }).enumerated().reduce(into: [:]) {
                $0[mixed[$1.offset]] = $1.element
            }
        var columns: [ColumnTable.Column] = []
        for (place, column) in wanted.enumerated() {
            let parts = blocks.map { $0.parts[place] }
            let numberLine = parts.lazy.compactMap(\.numberLine).first
            let wordLine = parts.lazy.compactMap(\.wordLine).first
            let content: ColumnTable.Content
            switch (numberLine, wordLine) {
            case (nil, nil): content = .empty
            case (_, nil): content = Self.numbers(parts, rows: rows)
            case (let numberLine, .some(let wordLine)):
                let (codes, levels) = spelled[place] ?? Self.words(parts, rows: rows)
                content =
                    if let numberLine {
                        .mixed(codes: codes, levels: levels, numberLine: numberLine, wordLine: wordLine)
                    } else { .words(codes: codes, levels: levels) }
            }
            let missing = parts.reduce(0) { $0 + $1.missing }
            columns.append(ColumnTable.Column(name: column.name, content: content, missing: missing))
            for block in blocks { block.release(place) }
        }
        var lines: [Int32] = []
        lines.reserveCapacity(rows)
        for block in blocks { lines += block.lines }
        return ColumnTable(name: name, rows: rows, columns: ColumnTable.arranged(columns, wish), lines: lines)
    }

    private struct Source {
        let descriptor: FileDescriptor
        let delimiter: UInt8
        let heading: SeparatedReader
    }

    private typealias Words = (codes: [Int32], levels: [String])

    private func readAgain(_ source: Source, columns: [Int]) throws -> [Words] {
        let blocks = try parse(source, columns: columns, areWords: columns.map { _ in true })
        let rows = blocks.reduce(0) { $0 + $1.lines.count }
        return columns.indices.map { place in Self.words(blocks.map { $0.parts[place] }, rows: rows) }
    }

    /// The blocks in the order of the file.
    private func parse(_ source: Source, columns: [Int], areWords: [Bool]) throws -> [BlockParser.Result] {
        let heading = source.heading
        var places = [Int](repeating: -1, count: heading.columns.count)
        for (place, position) in columns.enumerated() { places[position] = place }
        let parser = BlockParser(
            delimiter: source.delimiter, columnCount: heading.columns.count, places: places, areWords: areWords,
            missing: missing)
        let blocks = RecordBlocks(
            source.descriptor, from: heading.offset, line: heading.line, delimiter: source.delimiter, path: name,
            size: blockSize)
        let found = Mutex(Found())
        try parallelForEach(count: threads, threads: threads) { _ in
            let block = RecordBlocks.Block()
            while try blocks.next(block) {
                // What comes behind a bad record is not needed, but a quote that nobody closes is told first.
                if found.withLock({ $0.hasProblem(before: block.number) }) { continue }
                let result = Parsed(number: block.number, result: parser.parse(block))
                found.withLock { $0.results.append(result) }
            }
        }
        let results = found.withLock { $0.results }.sorted { $0.number < $1.number }.map(\.result)
        if let problem = results.lazy.compactMap(\.problem).first {
            throw TableError(path: name, line: problem.line, reason: problem.reason)
        }
        return results
    }

    private struct Found {
        var results: [Parsed] = []

        func hasProblem(before number: Int) -> Bool {
            results.contains { $0.number < number && $0.result.problem != nil }
        }
    }

    /// `@unchecked` because a block's result is filled by one thread and read after all threads have ended.
    private struct Parsed: @unchecked Sendable {
        let number: Int
        let result: BlockParser.Result
    }

    private static func numbers(_ parts: [ColumnPart], rows: Int) -> ColumnTable.Content {
        let numbers = [Double](unsafeUninitializedCapacity: rows) { buffer, count in
            for part in parts {
                let room = UnsafeMutableBufferPointer(rebasing: buffer[count...])
                if part.codes == nil {
                    _ = room.update(fromContentsOf: UnsafeBufferPointer(start: part.numbers, count: part.count))
                } else {
                    // A part in which no word and no number was.
                    room[..<part.count].update(repeating: .nan)
                }
                count += part.count
            }
        }
        return .numbers(numbers, areIntegers: parts.allSatisfy(\.areIntegers))
    }

    private static func words(_ parts: [ColumnPart], rows: Int) -> Words {
        var table = WordTable()
        var translations: [[Int32]] = []
        for part in parts { translations.append((0..<part.words.count).map { table.code(part.words.word($0)) }) }
        let (ranks, levels) = table.ranked()
        var codes: [Int32] = []
        codes.reserveCapacity(rows)
        for (part, translation) in zip(parts, translations) {
            if let own = part.codes {
                for index in 0..<part.count {
                    codes.append(own[index] < 0 ? -1 : ranks[Int(translation[Int(own[index])])])
                }
            } else {
                // Nothing but missing cells.
                codes += repeatElement(-1, count: part.count)
            }
        }
        return (codes, levels)
    }
}
