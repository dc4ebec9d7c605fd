import Basics
import Versioning

/// An error of a transfer with what was attempted before it, as DVC words it.
struct TransferCommandFailed: UserFacingError {
    let attempt: String
    let cause: any UserFacingError

    var summary: String { "failed to \(attempt) - \(cause.summary)" }
    var remedy: String? { cause.remedy }
    /// DVC's commands catch their own errors, those of settings included.
    var category: ErrorCategory { cause.category == .interrupted ? .interrupted : .failure }

    /// Runs `body` and says of what goes wrong what was attempted.
    static func describing<Result>(_ attempt: String, _ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as any UserFacingError {
            throw TransferCommandFailed(attempt: attempt, cause: error)
        }
    }
}

extension Console {
    /// Sums up a transfer: `2 files pushed`, `1 file fetched and 3 files added`.
    func showTransferSummary(_ parts: [String], remote: String?, _ repository: Repository) {
        if remote == nil, repository.settings.defaultRemote == nil {
            warn("No remote provided and no default remote set.")
        }
        print(parts.isEmpty ? "Everything is up to date." : parts.joinedAsSentence)
    }
}
