import Basics
import ProjectFiles

extension Repository {
    func updateFromRepository(
        _ plan: inout ImportPlan, _ request: UpdateRequest, _ changes: ProjectFileChanges
    ) async throws {
        throw Failure("unsupported")
    }
}
