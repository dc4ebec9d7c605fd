/// A picture of Braille dots, two across and four down in each character.
struct TextCanvas {
    let columns: Int
    let rows: Int
    private var dots: [UInt8]
    /// The series that drew last in each character.
    private var owners: [Int?]
    /// Letters that stand in place of dots.
    private var letters: [Int: Character] = [:]

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        dots = [UInt8](repeating: 0, count: columns * rows)
        owners = [Int?](repeating: nil, count: columns * rows)
    }

    var width: Int { columns * 2 }
    var height: Int { rows * 4 }

    private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

    mutating func set(_ x: Int, _ y: Int, by owner: Int) {
        guard (0..<width).contains(x), (0..<height).contains(y) else { return }
        let cell = (y / 4) * columns + x / 2
        dots[cell] |= Self.bits[y % 4][x % 2]
        owners[cell] = owner
    }

    /// Puts a letter where a dot would be.
    mutating func put(_ letter: Character, _ x: Int, _ y: Int, by owner: Int) {
        guard (0..<width).contains(x), (0..<height).contains(y) else { return }
        let cell = (y / 4) * columns + x / 2
        letters[cell] = letter
        owners[cell] = owner
    }

    /// Draws a straight line of dots.
    mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int), by owner: Int) {
        let steps = max(abs(end.x - start.x), abs(end.y - start.y), 1)
        for step in 0...steps {
            let share = Double(step) / Double(steps)
            set(
                start.x + Int((Double(end.x - start.x) * share).rounded()),
                start.y + Int((Double(end.y - start.y) * share).rounded()), by: owner)
        }
    }

    /// A row of characters; `paint` colours those that a series drew.
    func text(row: Int, paint: (String, Int) -> String) -> String {
        var result = ""
        for column in 0..<columns {
            let cell = row * columns + column
            guard let owner = owners[cell], let scalar = Unicode.Scalar(0x2800 + UInt32(dots[cell])) else {
                result += " "
                continue
            }
            result += paint(String(letters[cell] ?? Character(scalar)), owner)
        }
        return result
    }
}
