// Charts draws series of numbers: as SVG in a page that works without a network, and with characters in a terminal. It
// knows nothing of revisions, files or the programs that measured what is drawn; all text it is given may come from
// strangers, and nothing of it becomes markup.

/// A picture with its title and where it comes from.
package struct Chart: Sendable {
    package var title: String
    package var content: Content
    /// What the picture was made from, a line each.
    package var sources: [String] = []
    /// What is missing from the picture, and why.
    package var problems: [String] = []

    package enum Content: Sendable {
        case lines(Plane)
        case points(Plane)
        case bars(Bars)
        case matrices([Matrix])
        /// Side by side, with one ramp for all.
        case clouds([Cloud], Ramp)
        case parallel(ParallelAxes)
        case timeline(Timeline)
        case pictures([Picture])
        /// There is nothing to draw.
        case nothing
    }

    package init(title: String, content: Content, sources: [String] = [], problems: [String] = []) {
        self.title = title
        self.content = content
        self.sources = sources
        self.problems = problems
    }
}

/// Series over two axes.
package struct Plane: Sendable {
    package var xLabel: String
    package var yLabel: String
    package var series: [Series]
    /// Whether equal factors lie equally far apart on an axis.
    package var isXLog = false
    package var isYLog = false
    /// Whether there is nothing between whole numbers of the x axis, such as steps.
    package var isXWhole = false
    /// Names for whole numbers of an axis that has no numbers: 0 is the first.
    package var xCategories: [String] = []
    package var yCategories: [String] = []
    /// Whether each line is drawn smoothed, over the line as it is.
    package var isSmoothed = false

    package init(xLabel: String, yLabel: String, series: [Series]) {
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
    }

    var axes: (x: Axis, y: Axis) {
        var x = Axis(xLabel, categories: xCategories, isLog: isXLog)
        x.isWhole = isXWhole
        return (x, Axis(yLabel, categories: yCategories, isLog: isYLog))
    }

    /// The legend's entries, each with the series that it speaks of.
    var legend: [(name: String, series: [Int])] {
        var result: [(name: String, series: [Int])] = []
        for (number, item) in series.enumerated() {
            if let group = item.group, let place = result.firstIndex(where: { $0.name == group }) {
                result[place].series.append(number)
            } else {
                result.append((item.group ?? item.name, [number]))
            }
        }
        return result
    }

    /// Whether series are too many to be spoken of one by one.
    var isCrowd: Bool { series.contains { $0.group != nil } }
}

/// Points that belong together.
package struct Series: Sendable {
    package var name: String
    /// Series of one color belong together in one way, those of one style in another.
    package var color: Int
    package var style: Int
    package var points: [Point]
    /// What the legend calls it, together with others of that group; its own name without.
    package var group: String?
    /// Whether it is a line where that is not the same for all of the picture.
    package var isLine: Bool?
    package var weight = Weight.normal

    package enum Weight: Sendable { case faint, normal, strong }

    package init(name: String, color: Int, style: Int = 0, points: [Point]) {
        self.name = name
        self.color = color
        self.style = style
        self.points = points
    }
}

package struct Point: Sendable, Equatable {
    package var x: Double
    package var y: Double

    package init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// Groups of bars, one bar of each series in a group.
package struct Bars: Sendable {
    package var categories: [String]
    package var categoryLabel: String
    package var valueLabel: String
    package var isHorizontal: Bool
    package var series: [Row]

    /// Values by category; `nil` where there is no bar.
    package struct Row: Sendable {
        package var name: String
        package var color: Int
        package var values: [Double?]

        package init(name: String, color: Int, values: [Double?]) {
            self.name = name
            self.color = color
            self.values = values
        }
    }

    package init(
        categories: [String], categoryLabel: String, valueLabel: String, isHorizontal: Bool, series: [Row]
    ) {
        self.categories = categories
        self.categoryLabel = categoryLabel
        self.valueLabel = valueLabel
        self.isHorizontal = isHorizontal
        self.series = series
    }
}

/// How often pairs of labels occur, such as what was and what was predicted.
package struct Matrix: Sendable {
    package var name: String
    package var xLabel: String
    package var yLabel: String
    package var columns: [String]
    package var rows: [String]
    /// By row, then column.
    package var counts: [[Int]]
    /// Whether cells show their share of the row instead of their count.
    package var isNormalized: Bool

    package init(
        name: String, xLabel: String, yLabel: String, columns: [String], rows: [String], counts: [[Int]],
        isNormalized: Bool
    ) {
        self.name = name
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.columns = columns
        self.rows = rows
        self.counts = counts
        self.isNormalized = isNormalized
    }

    /// What a cell shows.
    func value(row: Int, column: Int) -> Double {
        let count = Double(counts[row][column])
        guard isNormalized else { return count }
        let total = counts[row].reduce(0, +)
        return total == 0 ? 0 : count / Double(total)
    }

    /// How dark a cell is, from 0 to 1.
    func weight(row: Int, column: Int) -> Double {
        if isNormalized { return value(row: row, column: column) }
        let largest = counts.joined().max() ?? 0
        return largest == 0 ? 0 : Double(counts[row][column]) / Double(largest)
    }

    func text(row: Int, column: Int) -> String {
        isNormalized ? NumberText.fixed(value(row: row, column: column), decimals: 2) : "\(counts[row][column])"
    }
}

/// An image file.
package struct Picture: Sendable {
    package var caption: String
    package var mediaType: String
    package var bytes: [UInt8]

    package init(caption: String, mediaType: String, bytes: [UInt8]) {
        self.caption = caption
        self.mediaType = mediaType
        self.bytes = bytes
    }
}
