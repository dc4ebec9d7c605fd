import Basics
import Documents
import FileSystem
import Git
import Hashing
import Versioning

/// What a run was made with: code, interpreter, packages, machine. For the record; it is looked up without running any
/// Python, and holds no variables but the harmless ones that are listed here.
struct RunContext: Sendable {
    private(set) var value = Mapping()
    private let words: [String]
    private let environment: HostEnvironment
    private let repository: Repository?
    private let directory: String

    init(_ words: [String], _ environment: HostEnvironment, in repository: Repository?, directory: String) {
        self.words = words
        self.environment = environment
        self.repository = repository
        self.directory = directory
    }

    // MARK: Code

    private static let patchLimit = 10 << 20
    private static let untrackedLimit = 200

    /// Notes the Git commit, the branch and what differs from them. The patch becomes a file beside the record.
    mutating func noteCode(attachingTo record: (records: RunRecords, id: RunID)?) {
        guard let repository, let git = try? repository.git else { return }
        var code = Mapping()
        code["commit"] = ((try? git.head()) ?? nil).map { .string($0.name.hex) } ?? .null
        code["branch"] = ((try? git.headBranchName()) ?? nil).map(Value.string) ?? .null
        if let patch = try? git.patch() {
            code["dirty"] = .bool(!patch.isEmpty)
            if !patch.isEmpty, let record { code["diff"] = .mapping(attach(patch, to: record)) }
        }
        if let untracked = try? git.untrackedFiles() {
            code["untracked"] = .array(untracked.prefix(Self.untrackedLimit).map(Value.string))
            if untracked.count > Self.untrackedLimit { code["untracked_count"] = .int(untracked.count) }
        }
        value["git"] = .mapping(code)
    }

    private func attach(_ patch: [UInt8], to record: (records: RunRecords, id: RunID)) -> Mapping {
        let path = record.records.attachment("diff", of: record.id)
        let isWhole = patch.count <= Self.patchLimit
        try? Files.makeDirectory(Paths.parent(path))
        if isWhole { try? Files.write(patch, to: path, mode: 0o600, sync: false) }
        return Mapping([
            ("file", isWhole ? .string(Paths.name(path)) : .null), ("size", .int(patch.count)),
            ("sha256", .string(SHA256.hex(of: patch))),
        ])
    }

    // MARK: Environment

    /// Variables that change results and give nothing away.
    private static let harmless = [
        "CONDA_DEFAULT_ENV", "CUBLAS_WORKSPACE_CONFIG", "CUDA_DEVICE_ORDER", "CUDA_VISIBLE_DEVICES",
        "HIP_VISIBLE_DEVICES", "LANG", "LC_ALL", "LOCAL_RANK", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
        "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED", "PYTORCH_CUDA_ALLOC_CONF", "RANK",
        "SLURM_JOB_ID", "TF_CUDNN_DETERMINISTIC", "TF_DETERMINISTIC_OPS", "TZ", "WORLD_SIZE", "XLA_FLAGS",
    ]

    private static let lockFiles = [
        "Pipfile.lock", "Project.toml", "Manifest.toml", "conda-lock.yml", "environment.yaml", "environment.yml",
        "pdm.lock", "pixi.lock", "poetry.lock", "pylock.toml", "pyproject.toml", "renv.lock", "uv.lock",
    ]

    /// Notes machine, interpreter, packages and lock files. Takes some milliseconds.
    mutating func noteMachine() {
        value["machine"] = .mapping(MachineFacts(environment).value)
        if let python = PythonInstallation(of: words, environment, directory: directory) {
            value["python"] = .mapping(python.value)
        }
        var locks = Mapping()
        var folders = [directory]
        if let root = repository?.root, root != directory { folders.append(root) }
        for folder in folders {
            for name in ((try? Files.names(in: folder)) ?? []).sorted() where Self.isLockFile(name) {
                let path = Paths.join(folder, name)
                guard let bytes = try? Files.read(path, limit: 1 << 26) else { continue }
                locks[repository.map { Paths.relative(path, to: $0.root) } ?? name] = .string(SHA256.hex(of: bytes))
            }
        }
        if !locks.isEmpty { value["lock_files"] = .mapping(locks) }
        var variables = Mapping()
        for name in Self.harmless { if let text = environment[name] { variables[name] = .string(text) } }
        value["variables"] = .mapping(variables)
    }

    private static func isLockFile(_ name: String) -> Bool {
        lockFiles.contains(name) || name.hasPrefix("requirements") && name.hasSuffix(".txt")
    }
}
