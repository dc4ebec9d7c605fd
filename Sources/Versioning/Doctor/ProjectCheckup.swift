package import Basics
import FileSystem

/// Looks a project over for what commonly goes wrong: what `doctor` adds to `version`.
///
/// Nothing is changed, and no secret is part of a finding.
package struct ProjectCheckup: Sendable {
    package struct Finding: Sendable, Equatable {
        package enum Verdict: String, Sendable { case good, note, problem }

        package let verdict: Verdict
        package let subject: String
        package let detail: String
        package let remedy: String?

        init(_ verdict: Verdict, _ subject: String, _ detail: String, remedy: String? = nil) {
            self.verdict = verdict
            self.subject = subject
            self.detail = detail
            self.remedy = remedy
        }
    }

    /// Absolute path of the project.
    private let root: String
    private let store: SettingsStore

    package init(root: String, environment: HostEnvironment) {
        self.root = root
        store = SettingsStore(environment: environment, dvcFolder: Paths.join(root, ".dvc"))
    }

    package func findings() -> [Finding] {
        settingsFindings() + [lockFinding(), leftoverFinding(), indexFinding()]
    }

    private func settingsFindings() -> [Finding] {
        do {
            let settings = try store.load()
            var findings = [Finding(.good, "settings", "valid")]
            findings += settings.warnings.map { Finding(.note, "settings", $0) }
            for layer in try store.layers() {
                let secrets = SettingsSecrets.paths(in: layer.document).map { $0.joined(separator: ".") }
                guard !secrets.isEmpty else { continue }
                let shown = Paths.isInside(layer.path, root) ? Paths.relative(layer.path, to: root) : layer.path
                if layer.level == .project {
                    findings.append(
                        Finding(
                            .problem, "secrets",
                            "'\(shown)' goes into Git and holds \(secrets.joined(separator: ", "))",
                            remedy: "unset them there and set them again with `--local`"))
                } else if let mode = try Files.status(layer.path, followingLinks: true)?.mode, mode & 0o077 != 0 {
                    findings.append(
                        Finding(
                            .note, "secrets",
                            "'\(shown)' can be read by others and holds \(secrets.joined(separator: ", "))",
                            remedy: "run `chmod 600 \(shown)`"))
                }
            }
            findings += settings.concerns(projectRoot: root).map {
                Finding(.note, "settings", "'.dvc/config' \($0.detail)")
            }
            return findings
        } catch let error as any UserFacingError {
            return [Finding(.problem, "settings", error.summary, remedy: error.remedy)]
        } catch {
            return [Finding(.problem, "settings", "\(error)")]
        }
    }

    private func lockFinding() -> Finding {
        let path = Paths.join(root, ".dvc/tmp/lock")
        // Looking must not make the file.
        guard Files.exists(path) else { return Finding(.good, "lock", "free") }
        do throws(LockError) {
            try FileLock.acquire(path, exclusive: false, wait: .seconds(0)).release()
            return Finding(.good, "lock", "free")
        } catch {
            if error.cause == .held {
                return Finding(.note, "lock", "held by \(error.holder?.description ?? "another process")")
            }
            return Finding(.problem, "lock", error.summary, remedy: error.remedy)
        }
    }

    /// Files that a killed run was writing.
    private func leftoverFinding() -> Finding {
        let cache = (try? store.load())?.cacheFolder ?? Paths.join(root, ".dvc/cache")
        var count = 0
        var size: Int64 = 0
        var folders = [cache, Paths.join(root, ".dvc/tmp")]
        while let folder = folders.popLast() {
            for entry in (try? Files.textEntries(in: folder)) ?? [] {
                let path = Paths.join(folder, entry.name)
                if TemporaryName.matches(entry.name) {
                    count += 1
                    size += (try? Files.status(path))?.size ?? 0
                } else if entry.kind == .directory || entry.kind == nil, (try? Files.status(path))?.kind == .directory {
                    folders.append(path)
                }
            }
        }
        guard count > 0 else { return Finding(.good, "temporary files", "none left over") }
        return Finding(
            .note, "temporary files",
            "\(count) of \(size) bytes, left by runs that were killed or in use by one that is at work")
    }

    private func indexFinding() -> Finding {
        let folder = Paths.join(root, ".dvc/tmp/varve")
        let names = (try? Files.names(in: folder)) ?? []
        guard !names.isEmpty else { return Finding(.good, "index", "not built yet") }
        let size = names.reduce(Int64(0)) { $0 &+ ((try? Files.status(Paths.join(folder, $1)))?.size ?? 0) }
        return Finding(.good, "index", "\(size) bytes; it is rebuilt when it is deleted")
    }
}
