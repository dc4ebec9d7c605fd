package import Basics

/// How large objects are cut, and how many requests run at once.
package struct S3TransferSettings: Sendable, Equatable {
    /// The size from which on an object goes up in parts.
    package var threshold: Int64 = 8 << 20
    /// The size of a part, as long as 10,000 of them are enough.
    package var chunk: Int64 = 8 << 20
    package var concurrency = 16

    /// The smallest part that S3 takes, but for the last.
    package static let smallestPart: Int64 = 5 << 20
    package static let mostParts: Int64 = 10_000

    package init() {}

    /// - Parameter s3: the settings below `s3 =` of a profile in `~/.aws/config`.
    package init(profile s3: [String: String]) throws(Failure) {
        if let text = s3["multipart_threshold"] { threshold = try Self.bytes(text, "multipart_threshold") }
        if let text = s3["multipart_chunksize"] { chunk = try Self.bytes(text, "multipart_chunksize") }
        chunk = max(chunk, Self.smallestPart)
        if let text = s3["max_concurrent_requests"] {
            guard let number = Int(text), number > 0 else { throw Self.failure("max_concurrent_requests", text) }
            concurrency = min(number, 1000)
        }
    }

    /// The size of the parts of an object: larger where there would be too many.
    package func partSize(for size: Int64) -> Int64 {
        let needed = (size + Self.mostParts - 1) / Self.mostParts
        let megabyte: Int64 = 1 << 20
        return max(chunk, (needed + megabyte - 1) / megabyte * megabyte)
    }

    /// A number of bytes with or without a unit such as `MB` or `MiB`, all of them powers of 1024, as in the AWS tools.
    private static func bytes(_ text: String, _ name: String) throws(Failure) -> Int64 {
        let lower = text.lowercased()
        let digits = lower.prefix { $0.isASCII && $0.isNumber }
        let unit = lower.dropFirst(digits.count)
        let shift: Int64? =
            switch unit {
            case "", "b": 0
            case "kb", "kib": 10
            case "mb", "mib": 20
            case "gb", "gib": 30
            case "tb", "tib": 40
            default: nil
            }
        guard let shift, let number = Int64(digits), number > 0, number < (1 << 43) >> shift else {
            throw failure(name, text)
        }
        return number << shift
    }

    private static func failure(_ name: String, _ text: String) -> Failure {
        Failure("'\(text)' is no value for `\(name)` in the AWS config file", category: .configuration)
    }
}
