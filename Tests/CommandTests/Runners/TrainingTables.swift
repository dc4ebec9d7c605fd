import TestSupport

/// Tables to learn from, of fractions of multiples of irrational numbers: the same everywhere, and no pattern to see.
enum TrainingTables {
    private static func fraction(_ row: Int, _ factor: Double) -> Double {
        let product = Double(row + 1) * factor
        return product - product.rounded(.down)
    }

    /// Numbers, words with gaps, an id, and targets of every kind.
    static func mixed(_ rows: Int, from first: Int = 0, withTarget: Bool = true) -> String {
        let colours = ["blue", "green", "red"]
        let heading = "id,size,shape,colour" + (withTarget ? ",price,kind,sold,visits,query,relevance" : "")
        let lines = (first..<first + rows).map { row -> String in
            let size = 10 * fraction(row, 0.6180339887498949)
            let shape = fraction(row, 0.7548776662466927) - 0.5
            let colour = Int(3 * fraction(row, 0.5698402909980532))
            let noise = fraction(row, 0.32471795724474605) - 0.5
            let price = 3 * size + 8 * shape * shape + Double(colour) + noise
            let features =
                "r\(row),\(row % 11 == 3 ? "" : "\(size)"),\(shape),\(row % 13 == 5 ? "NA" : colours[colour])"
            guard withTarget else { return features }
            let kind = size + 3 * noise < 3 ? "small" : size + 3 * noise < 7 ? "middle" : "large"
            let sold = shape + noise > 0 ? "yes" : "no"
            return features
                + ",\(price),\(kind),\(sold),\(Int(size * (1 + noise))),\(row / 10),\(min(4, Int((size + noise) / 2.2)))"
        }
        return ([heading] + lines).joined(separator: "\n") + "\n"
    }

    /// The options that leave one of the targets.
    static func only(_ target: String) -> [String] {
        let others = ["price", "kind", "sold", "visits", "query", "relevance"].filter { $0 != target }
        return ["--target", target, "--ignore", (["id"] + others).joined(separator: ",")]
    }
}
