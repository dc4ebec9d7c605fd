import Basics
import FileSystem
import Indexing
import Objects
package import ProjectFiles

/// Transfers that running stages asks for.
extension Repository {
    /// Fetches the records of runs that the default remote has and the cache lacks.
    package func pullRunCache() async throws {
        try await fetchRunCache(from: store(of: nil), jobs: nil)
    }

    /// Fetches the outputs of a stage as they are recorded in it.
    package func fetchOutputs(of stage: Stage) async throws {
        var outputs: [UsedOutput] = []
        for output in stage.outputs {
            guard let path = stage.location(of: output).workspacePath, let object = output.checksum.object else {
                continue
            }
            outputs.append(
                UsedOutput(output.checksum, object, at: RelativePath(path), remote: output.remote))
        }
        var names = ObjectNames()
        for group in RemoteGroups(outputs, remote: nil).groups {
            let outcome = try await bring(group, TransferRequest(), names: &names)
            guard outcome.failed.isEmpty else {
                throw TransferFailed(
                    verb: "download", count: outcome.failed.count + outcome.withheld, causes: outcome.failed)
            }
        }
    }
}
