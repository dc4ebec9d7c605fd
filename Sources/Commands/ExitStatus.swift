import ArgumentParser
import Basics

/// The statuses that scripts written for DVC tell apart.
package enum ExitStatus {
    package static let success: Int32 = 0
    package static let brokenPipe: Int32 = 141
    package static let configuration: Int32 = 251
    package static let interrupted: Int32 = 252
    package static let notARepository: Int32 = 253
    package static let usage: Int32 = 254
    package static let unexpected: Int32 = 255

    /// The status for an error that ended a command.
    ///
    /// - Parameter failureStatus: the command's own status for a plain failure, 1 or 255.
    package static func of(_ error: any Error, failureStatus: Int32) -> Int32 {
        if let code = error as? ExitCode { return code.rawValue }
        if error is CancellationError { return interrupted }
        guard let error = error as? any UserFacingError else { return unexpected }
        return switch error.category {
        case .failure: failureStatus
        case .configuration: configuration
        case .interrupted: interrupted
        case .notARepository: notARepository
        case .usage: usage
        case .unexpected: unexpected
        }
    }
}
