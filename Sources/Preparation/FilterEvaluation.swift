import Tables

extension FilterExpression {
    /// A condition whose columns are found, ready for rows.
    ///
    /// - Parameter position: where a column stands; throws where it does not.
    func operation(_ place: StepPlace, position: (String) throws -> Int) throws -> RowOperation {
        let evaluate = try Self.compiled(root, place, position)
        return { row in try evaluate(row) == true }
    }

    /// `nil` where a missing cell leaves it open.
    private typealias Condition = (PreparedRow) throws -> Bool?

    private static func compiled(
        _ node: Node, _ place: StepPlace, _ position: (String) throws -> Int
    ) throws -> Condition {
        switch node {
        case .or(let left, let right):
            let (left, right) = (try compiled(left, place, position), try compiled(right, place, position))
            return { row in
                let first = try left(row)
                if first == true { return true }
                let second = try right(row)
                return second == true ? true : first == nil || second == nil ? nil : false
            }
        case .and(let left, let right):
            let (left, right) = (try compiled(left, place, position), try compiled(right, place, position))
            return { row in
                let first = try left(row)
                if first == false { return false }
                let second = try right(row)
                return second == false ? false : first == nil || second == nil ? nil : true
            }
        case .not(let inner):
            let inner = try compiled(inner, place, position)
            return { row in try inner(row).map { !$0 } }
        case .isMissing(let operand):
            let value = try compiled(operand, position)
            return { row in value(row).isMissing }
        case .flag(let operand):
            let value = try compiled(operand, position)
            let name = Self.name(of: operand)
            return { row in
                guard let spelling = value(row).spelling else { return nil }
                guard let flag = CastRule.flag(spelling) else {
                    throw place.error(
                        line: row.line,
                        "column '\(name)' holds \(StepPlace.shown(spelling)) where true or false is needed")
                }
                return flag
            }
        case .compare(let left, let comparison, let right):
            return try compiled(left, comparison, right, place, position)
        case .among(let operand, let others):
            let conditions = try others.map { try compiled(operand, .equal, $0, place, position) }
            return { row in
                var isOpen = false
                for condition in conditions {
                    let result = try condition(row)
                    if result == true { return true }
                    if result == nil { isOpen = true }
                }
                return isOpen ? nil : false
            }
        }
    }

    /// With a number both sides must be numbers; with a text both are texts; two columns are numbers where both cells
    /// are.
    private static func compiled(
        _ left: Operand, _ comparison: Comparison, _ right: Operand, _ place: StepPlace,
        _ position: (String) throws -> Int
    ) throws -> Condition {
        let (first, second) = (try compiled(left, position), try compiled(right, position))
        let (firstName, secondName) = (name(of: left), name(of: right))
        let isText = left.isText || right.isText
        let isNumber = !isText && (left.isNumber || right.isNumber)
        return { row in
            let (a, b) = (first(row), second(row))
            if a.isMissing || b.isMissing { return nil }
            if isNumber {
                guard let x = try place.number(a, column: firstName, line: row.line),
                    let y = try place.number(b, column: secondName, line: row.line)
                else { return nil }
                return comparison.holds(x, y)
            }
            if !isText, let x = a.number, let y = b.number { return comparison.holds(x, y) }
            guard let x = a.spelling, let y = b.spelling else { return nil }
            if x == y { return comparison.holds(0, 0) }
            return x.lexicographicallyPrecedes(y) ? comparison.holds(0, 1) : comparison.holds(1, 0)
        }
    }

    private static func compiled(
        _ operand: Operand, _ position: (String) throws -> Int
    ) throws -> (PreparedRow) -> TableCell {
        switch operand {
        case .column(let name):
            let position = try position(name)
            return { row in row.cells[position] }
        case .number(let number): return { _ in .number(number) }
        case .text(let text): return { _ in .bytes(text[...]) }
        }
    }

    private static func name(of operand: Operand) -> String {
        if case .column(let name) = operand { name } else { "" }
    }
}

extension FilterExpression.Operand {
    fileprivate var isText: Bool { if case .text = self { true } else { false } }
    fileprivate var isNumber: Bool { if case .number = self { true } else { false } }
}

extension FilterExpression.Comparison {
    fileprivate func holds<T: Comparable>(_ left: T, _ right: T) -> Bool {
        switch self {
        case .equal: left == right
        case .different: left != right
        case .less: left < right
        case .atMost: left <= right
        case .more: left > right
        case .atLeast: left >= right
        }
    }
}
