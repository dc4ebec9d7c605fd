import Basics
internal import CXGBoost

/// Rows of numbers as XGBoost holds them, with what is known of each row.
final class DataMatrix {
    let library: XGBoostLibrary
    let handle: varve_xgboost_matrix
    let rows: Int

    /// - Parameter values: row by row; NaN where nothing is known. XGBoost makes a copy.
    init(_ library: XGBoostLibrary, values: [Float], rows: Int, width: Int) throws(Failure) {
        self.library = library
        self.rows = rows
        var matrix: varve_xgboost_matrix?
        let status = values.withUnsafeBufferPointer { buffer in
            library.functions.pointee.XGDMatrixCreateFromMat(
                buffer.baseAddress, UInt64(rows), UInt64(width), Float.nan, &matrix)
        }
        try library.check("take the data", status)
        guard let matrix else { throw Failure("XGBoost could not take the data") }
        handle = matrix
    }

    deinit { _ = library.functions.pointee.XGDMatrixFree(handle) }

    func set(labels: [Float]) throws(Failure) { try set("label", labels) }

    func set(weights: [Float]) throws(Failure) { try set("weight", weights) }

    /// - Parameter groups: how many rows each group has, one after the other.
    func set(groups: [UInt32]) throws(Failure) {
        let status = library.functions.pointee.XGDMatrixSetUIntInfo(handle, "group", groups, UInt64(groups.count))
        try library.check("take the groups", status)
    }

    private func set(_ field: String, _ values: [Float]) throws(Failure) {
        let status = library.functions.pointee.XGDMatrixSetFloatInfo(handle, field, values, UInt64(values.count))
        try library.check("take the \(field)s", status)
    }
}
