import FileSystem
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program and everything that it started, unless that left for a group of its own.
package struct ProcessGroup: Sendable, Hashable {
    /// The number of the group, which is that of its first process.
    package let id: Int32

    package init(id: Int32) { self.id = id }

    /// Whether a process of the group is left, but for dead ones that nobody has buried.
    package var isAlive: Bool {
        guard id > 1, kill(-id, 0) == 0 || errno == EPERM else { return false }
        // In a container the first process often buries no orphans.
        return hasLivingMember ?? true
    }

    /// Looks at every process; `nil` where the system does not show them.
    private var hasLivingMember: Bool? {
        guard let names = try? Files.names(in: "/proc"), names.contains("self") else { return nil }
        for name in names where name.utf8.first.map({ (0x30...0x39).contains($0) }) == true {
            guard
                let text = try? Files.readIfPresent("/proc/\(name)/stat").map({ String(decoding: $0, as: UTF8.self) }),
                let parenthesis = text.lastIndex(of: ")")
            else { continue }
            // State, parent, group follow the name.
            let words = text[text.index(after: parenthesis)...].split(separator: " ", maxSplits: 3)
            if words.count > 2, Int32(words[2]) == id, words[0] != "Z", words[0] != "X" { return true }
        }
        return false
    }

    /// Sends a signal to all of it; a group that is gone is no error.
    package func signal(_ signal: Int32) {
        guard id > 1 else { return }
        _ = kill(-id, signal)
    }

    /// Asks the group to end, and ends it when the grace is over. Returns when nothing is left.
    package func end(asking first: Int32 = SIGTERM, grace: Duration) {
        signal(first)
        // What is stopped could not answer.
        signal(SIGCONT)
        let start = ContinuousClock.now
        var asked = first == SIGTERM
        while isAlive {
            let waited = start.duration(to: .now)
            if waited >= grace { break }
            if !asked, waited >= grace / 2 {
                // Programs that a shell started in the background are deaf to SIGINT.
                signal(SIGTERM)
                asked = true
            }
            usleep(waited < .milliseconds(20) ? 5000 : 50_000)
        }
        signal(SIGKILL)
        // A killed process is gone at once, unless the kernel holds it in an uninterruptible call.
        for _ in 0..<200 where isAlive { usleep(5000) }
    }
}

/// The groups that this process has started and not seen the end of, for whoever must leave in a hurry.
package enum LivingGroups {
    private static let living = Mutex<Set<ProcessGroup>>([])

    package static var isEmpty: Bool { living.withLock(\.isEmpty) }

    static func insert(_ group: ProcessGroup) { living.withLock { _ = $0.insert(group) } }
    static func remove(_ group: ProcessGroup) { living.withLock { _ = $0.remove(group) } }

    /// Ends them all without asking.
    package static func kill() {
        for group in living.withLock({ $0 }) { group.signal(SIGKILL) }
    }
}
