import FileSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A process as it can be told from a later one of the same number.
package struct ProcessIdentity: Sendable, Equatable {
    package let id: Int32
    /// When it began, in the system's own words; empty where the system does not say.
    package let start: String

    package init(id: Int32, start: String) {
        self.id = id
        self.start = start
    }

    /// A process that is running now.
    package init(of id: Int32) {
        self.init(id: id, start: Self.start(of: id) ?? "")
    }

    /// Whether this very process is still running.
    package var isRunning: Bool {
        guard id > 0, kill(id, 0) == 0 || errno == EPERM else { return false }
        return start.isEmpty || Self.start(of: id) == start
    }

    /// What is left of the group that this process leads or led; `nil` where that cannot be told from another.
    package var remainingGroup: ProcessGroup? {
        let group = ProcessGroup(id: id)
        guard id > 1, group.isAlive else { return nil }
        if kill(id, 0) == 0 || errno == EPERM { return isRunning ? group : nil }
        // The number of a group is not given anew while one of its members lives, unless the machine was restarted.
        guard let boot = Self.boot, start.hasPrefix(boot) else { return nil }
        return group
    }

    private static var boot: String? {
        guard let bytes = try? Files.readIfPresent("/proc/sys/kernel/random/boot_id") else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined()
    }

    /// The boot and the clock tick at which a process began.
    private static func start(of id: Int32) -> String? {
        guard let text = try? Files.readIfPresent("/proc/\(id)/stat").map({ String(decoding: $0, as: UTF8.self) }),
            let parenthesis = text.lastIndex(of: ")")
        else { return nil }
        // The name, which may hold anything, ends at the last parenthesis; the time is the twentieth word after it.
        let words = text[text.index(after: parenthesis)...].split(separator: " ")
        guard words.count > 19 else { return nil }
        return "\(boot ?? "") \(words[19])"
    }
}
