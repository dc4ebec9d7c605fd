import Documents
import ProjectFiles

/// Files in memory.
struct MemoryReader: FileReader {
    var files: [String: String] = [:]

    func read(_ relpath: String) -> [UInt8]? { files[relpath].map { Array($0.utf8) } }
    func isFile(_ relpath: String) -> Bool { files[relpath] != nil }
}

extension PipelineFile {
    init(
        _ text: String, files: [String: String] = [:], lock: String? = nil, options: TemplateOptions = .init()
    ) throws {
        let lock = try lock.map { try LockFile(parsing: Array($0.utf8), path: "dvc.lock") }
        try self.init(
            parsing: Array(text.utf8), path: "dvc.yaml", reader: MemoryReader(files: files), lock: lock,
            options: options)
    }
}

extension PointerFile {
    init(_ text: String, path: String = "x.dvc") throws {
        try self.init(parsing: Array(text.utf8), path: path)
    }
}

/// The summary of what a body throws; empty if it does not.
func summary(of body: () throws -> Void) -> String {
    do {
        try body()
        return ""
    } catch let error as ProjectFileError {
        return error.summary
    } catch {
        return "\(error)"
    }
}
