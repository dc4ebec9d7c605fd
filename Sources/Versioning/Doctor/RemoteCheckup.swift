import Basics
import Storage

/// Tries a remote out: reach, login, writing, reading back, listing, conditions and the clock.
///
/// Leaves nothing behind; one small file is written beside the objects and deleted again.
package struct RemoteCheckup: Sendable {
    package typealias Finding = ProjectCheckup.Finding

    private let repository: Repository
    private let name: String?
    private let writes: Bool

    /// - Parameters:
    ///   - name: of the remote; `nil` for the default one.
    ///   - writes: whether to try writing, too.
    package init(_ repository: Repository, remote name: String?, writes: Bool = true) {
        self.repository = repository
        self.name = name
        self.writes = writes
    }

    package func findings() async -> [Finding] {
        let backend: any Backend
        do {
            backend = try repository.impatientBackend(of: name)
        } catch {
            return [problem("settings", error)]
        }
        var findings: [Finding] = []
        do throws(StorageError) {
            _ = try await backend.stat(Self.probe())
            findings.append(Finding(.good, "reach", "'\(backend.name)' answers"))
        } catch {
            return [problem("reach", error)]
        }
        findings.append(await listing(backend))
        if writes { findings += await writing(backend) }
        findings += await versions(backend)
        if let clock = await clock(backend) { findings.append(clock) }
        return findings
    }

    private static func probe() -> Key { Key(".varve-check-" + String(UInt64.random(in: .min ... .max), radix: 16)) }

    private func problem(_ subject: String, _ error: any Error) -> Finding {
        let error = error as? any UserFacingError
        return Finding(.problem, subject, error?.summary ?? "failed", remedy: error?.remedy)
    }

    private func listing(_ backend: some Backend) async -> Finding {
        guard backend.listing != nil else { return Finding(.note, "list", "this kind of remote cannot be listed") }
        do throws(StorageError) {
            for try await _ in backend.list(under: Key("files/md5/00/")) { break }
            return Finding(.good, "list", "objects can be listed")
        } catch {
            return problem("list", error)
        }
    }

    private func writing(_ backend: some Backend) async -> [Finding] {
        let key = Self.probe()
        let content = Array("varve writes this to see whether it may; it can be deleted\n".utf8)
        do throws(StorageError) {
            try await backend.write(BytesSource(content), to: key)
        } catch {
            return [problem("write", error)]
        }
        var findings: [Finding] = []
        do throws(StorageError) {
            let sink = MemorySink(limit: 4096)
            try await backend.read(key, range: nil, into: sink)
            findings.append(
                sink.bytes == content
                    ? Finding(.good, "write", "what is written is read back")
                    : Finding(.problem, "write", "what is read back is not what was written"))
        } catch {
            findings.append(problem("read", error))
        }
        if let conditional = backend as? any ConditionalBackend {
            findings.append(await conditions(conditional))
        }
        do throws(StorageError) {
            try await backend.delete([key])
        } catch {
            findings.append(
                error.kind == .unsupported
                    ? Finding(.note, "delete", "this kind of remote cannot delete; '\(key)' stays there")
                    : problem("delete", error))
        }
        return findings
    }

    private func conditions(_ backend: any ConditionalBackend) async -> Finding {
        do throws(StorageError) {
            return try await backend.honoursConditions()
                ? Finding(.good, "conditions", "conditional writes are honoured")
                : Finding(.note, "conditions", "the server takes conditional writes and overwrites all the same")
        } catch {
            return problem("conditions", error)
        }
    }

    /// Whether the store keeps what is overwritten, and whether that is what the settings take it for.
    private func versions(_ backend: any Backend) async -> [Finding] {
        guard let remote = try? repository.settings.remote(name, root: repository.root) else { return [] }
        guard let versioned = backend as? any VersionedBackend else {
            guard remote.isVersionAware else { return [] }
            return [
                Finding(
                    .problem, "versions", "the remote is version_aware, and this kind of store keeps no versions",
                    remedy: "version_aware and worktree need an s3:// remote")
            ]
        }
        do throws(StorageError) {
            switch (try await versioned.keepsVersions(), remote.isVersionAware) {
            case (true?, true): return [Finding(.good, "versions", "the bucket keeps versions")]
            case (true?, false):
                return [
                    Finding(
                        .note, "versions",
                        "the bucket keeps versions, so what `gc -c` deletes stays there as old versions")
                ]
            case (false?, true):
                let problem = KeepsNoVersions(remote: remote.name, place: backend.name)
                return [Finding(.problem, "versions", "the bucket keeps no versions", remedy: problem.remedy)]
            case (nil, true):
                return [
                    Finding(.note, "versions", "the server does not say whether it keeps versions; a push will show")
                ]
            case (false?, false), (nil, false): return []
            }
        } catch {
            return [problem("versions", error)]
        }
    }

    private func clock(_ backend: some Backend) async -> Finding? {
        guard let server = backend as? any ClockedBackend, let ahead = try? await server.secondsAhead() else {
            return nil
        }
        if abs(ahead) < 60 { return Finding(.good, "clock", "is the server's within a minute") }
        return Finding(
            abs(ahead) < 900 ? .note : .problem, "clock",
            "the server's is \(abs(ahead)) s \(ahead > 0 ? "ahead of" : "behind") this machine's",
            remedy: "set this machine's clock; servers refuse signatures that are 15 minutes off")
    }
}
