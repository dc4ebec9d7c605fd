/// What an evaluation found.
package struct EvaluationResult: Sendable {
    package var task: EvaluationTask
    /// Whether nobody named the task.
    package var isTaskGuessed = false
    package var target = ""
    package var inputs: [InputFile] = []
    package var classes: [String] = []
    package var rows = 0
    /// The sum of the rows' weights; `nil` where they have none.
    package var weight: Double?
    package var threshold: Threshold?
    package var resampling: Resampling
    package var baseline: Baseline?
    /// All rows.
    package var overall: Scope
    package var slices: [Slice] = []
    package var fairness: [Fairness] = []
    package var confusion: Confusion?
    package var classTable: [ClassRow] = []
    package var curves: [ClassCurves] = []
    package var calibration: Calibration?
    package var residuals: Residuals?
    package var gates: [GateOutcome] = []
    /// What a reader should know, a sentence each.
    package var notes: [String] = []

    /// A file that was read.
    package struct InputFile: Sendable, Equatable {
        /// `predictions`, `data`, `model`, `threshold` or `baseline`.
        package let role: String
        package let path: String
        /// The Git revision it was read at.
        package let revision: String?
        package let md5: String
        package let size: Int

        package init(role: String, path: String, revision: String? = nil, md5: String, size: Int) {
            self.role = role
            self.path = path
            self.revision = revision
            self.md5 = md5
            self.size = size
        }
    }

    /// How intervals were made.
    package struct Resampling: Sendable, Equatable {
        package let replicates: Int
        package let confidence: Double
        package let method: IntervalMethod
        package let seed: UInt64
        /// Rows, queries or clusters.
        package let unit: String
        package let units: Int
    }

    package struct Baseline: Sendable, Equatable {
        package let name: String
        /// Rows that both sides have.
        package let rows: Int
        package let onlyOld: Int
        package let onlyNew: Int
        package let threshold: Double?
    }

    /// Rows, and the metrics on them.
    package struct Scope: Sendable {
        package let rows: Int
        package let weight: Double?
        package let metrics: [Measured]

        package func metric(_ name: String) -> Measured? { metrics.first { $0.name == name } }
    }

    /// A metric on some rows.
    package struct Measured: Sendable {
        package let name: String
        /// NaN where it has no value.
        package let value: Double
        /// Why it has none.
        package let reason: String?
        package let isGreaterBetter: Bool?
        package var interval: Interval?
        package var difference: PairedDifference?
        /// Its values in the draws.
        var draws: [Double] = []
        /// Both sides' values in the draws of the rows that both have.
        var pairedDraws: (old: [Double], new: [Double]) = ([], [])
    }

    /// Rows divided by the values of columns.
    package struct Slice: Sendable {
        package let columns: [String]
        package let groups: [Group]
    }

    package struct Group: Sendable {
        package let values: [(column: String, value: String?)]
        package let name: String
        package let rows: Int
        /// `nil` for a group of too few rows.
        package let scope: Scope?
    }

    /// One class among others.
    package struct ClassRow: Sendable, Equatable {
        package let name: String
        package let precision: Double
        package let recall: Double
        package let f1: Double
        package let support: Double
    }

    /// How often each class was taken for each.
    package struct Confusion: Sendable, Equatable {
        package let labels: [String]
        /// Rows, by true class, then predicted class.
        package let counts: [[Int]]
        /// The same in sums of weights; `nil` where there are none.
        package let weighted: [[Double]]?
    }
}
