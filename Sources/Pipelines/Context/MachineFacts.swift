import Basics
import Documents
import FileSystem
import Processes
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The machine that a run was made on.
struct MachineFacts {
    let value: Mapping

    init(_ environment: HostEnvironment) {
        var facts = Mapping()
        var name = utsname()
        if uname(&name) == 0 {
            facts["host"] = .string(Self.text(name.nodename))
            facts["system"] = .string(Self.text(name.sysname))
            facts["kernel"] = .string(Self.text(name.release))
            facts["architecture"] = .string(Self.text(name.machine))
        }
        if let release = Self.lines("/etc/os-release").first(where: { $0.hasPrefix("PRETTY_NAME=") }) {
            facts["os"] = .string(release.dropFirst(12).filter { $0 != "\"" })
        }
        if let model = Self.lines("/proc/cpuinfo").first(where: { $0.hasPrefix("model name") })?.split(separator: ":")
            .last
        {
            facts["cpu"] = .string(String(model.drop { $0 == " " }))
        }
        facts["processors"] = .int(environment.processors)
        facts["memory"] = .int(Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE))))
        let limits = Self.groupLimits
        if !limits.isEmpty { facts["limits"] = .mapping(limits) }
        let devices = Self.devices(environment)
        if !devices.isEmpty { facts["gpus"] = .array(devices) }
        value = facts
    }

    private static func text<Bytes>(_ bytes: Bytes) -> String {
        withUnsafeBytes(of: bytes) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private static func lines(_ path: String) -> [String] {
        let bytes = (try? Files.readIfPresent(path, limit: 1 << 24)) ?? nil
        return String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// What the control group allows: processors, and bytes of memory.
    private static var groupLimits: Mapping {
        var limits = Mapping()
        guard let group = lines("/proc/self/cgroup").first(where: { $0.hasPrefix("0::") })?.dropFirst(3) else {
            return limits
        }
        // Within a container the group's own folder is the root of what can be seen.
        for folder in [Paths.join("/sys/fs/cgroup", "." + group), "/sys/fs/cgroup"] {
            if limits["cpu"] == nil, let words = lines(Paths.join(folder, "cpu.max")).first?.split(separator: " "),
                words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), period > 0
            {
                limits["cpu"] = .float(quota / period)
            }
            if limits["memory"] == nil, let bytes = lines(Paths.join(folder, "memory.max")).first.flatMap({ Int($0) }) {
                limits["memory"] = .int(bytes)
            }
        }
        return limits
    }

    // MARK: Devices

    private static let fields = ["index", "uuid", "name", "driver_version", "memory.total", "pci.bus_id"]

    /// NVIDIA's devices, as their own program tells; none where it is not there or says nothing in five seconds.
    private static func devices(_ environment: HostEnvironment) -> [Value] {
        let search = (environment["PATH"] ?? "").split(separator: ":")
        guard search.contains(where: { Files.exists(Paths.join(String($0), "nvidia-smi")) }) else { return [] }
        let output = Mutex<[UInt8]>([])
        let request = ProgramRequest(
            arguments: [
                "nvidia-smi", "--query-gpu=" + fields.joined(separator: ","), "--format=csv,noheader,nounits",
            ], variables: environment.variables, workingDirectory: "/",
            streams: .relayed { stream, bytes in
                guard stream == .output else { return }
                output.withLock { if $0.count < 1 << 16 { $0 += bytes } }
            })
        guard let program = try? RunningProgram(request),
            program.wait(ProgramLimits(timeout: .seconds(5), grace: .seconds(1))).succeeded
        else { return [] }
        let text = output.withLock { String(decoding: $0, as: UTF8.self) }
        return text.split(separator: "\n").map { line in
            let cells = line.split(separator: ",").map { String($0.drop { $0 == " " }) }
            return .mapping(Mapping(zip(fields, cells).map { ($0.replacing(".", with: "_"), .string($1)) }))
        }
    }
}
