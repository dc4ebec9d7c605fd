import Basics
import Documents
package import FileSystem
import Git
import ProjectFiles

/// Everything that changed between two states, for people who decide about it.
package struct ComparisonReport: Sendable {
    package let old: String
    package let new: String
    /// Short names of the commits that the two stand for; `nil` for the workspace.
    package let commits: (old: String?, new: String?)
    package let metrics: [MetricChange]
    package let params: ValueDiff
    package let data: DataDiff
    package let plots: PlotComparison
    /// `nil` where the project has no gates.
    package let check: MetricCheck?
    /// What could not be read of metrics, parameters, data or plots.
    package let failures: [(revision: String, path: RelativePath?, failure: ValueFailure)]
}

extension ValueChange {
    /// For DVC every NaN is another; for people it is none of the changes.
    fileprivate var staysNaN: Bool { old?.number?.isNaN == true && new?.number?.isNaN == true }
}

/// What became of one metric, and whether that is good.
package struct MetricChange: Sendable {
    package let path: RelativePath
    package let change: ValueChange
    package let verdict: Verdict

    package enum Verdict: String, Sendable {
        case better, worse
        /// The difference is within the tolerance.
        case same
        /// Nobody said which way is better, or it is no number.
        case changed
        case added, removed
    }

    init(path: RelativePath, change: ValueChange, rules: [MetricRule]) {
        self.path = path
        self.change = change
        let named = rules.filter { $0.name.key.hasSameBytes(as: change.key) }
        let rule =
            named.first { $0.name.file.map { RelativePath($0) } == path } ?? named.first { $0.name.file == nil }
        verdict = Self.verdict(change, rule)
    }

    private static func verdict(_ change: ValueChange, _ rule: MetricRule?) -> Verdict {
        guard let before = change.old, !before.isNull else { return .added }
        guard let after = change.new, !after.isNull else { return .removed }
        guard let old = before.number, let new = after.number, !old.isNaN, !new.isNaN else { return .changed }
        if let tolerance = rule?.tolerance, (new - old).magnitude <= tolerance.amount(of: old) { return .same }
        switch rule?.direction {
        case .maximize?: return new > old ? .better : .worse
        case .minimize?: return new < old ? .better : .worse
        case nil: return .changed
        }
    }
}

extension Repository {
    /// Gathers what changed between two revisions, either of which may be `workspace`.
    ///
    /// What better means is said by `varve.yaml` of the newer one.
    package func report(from oldName: String, to newName: String) async throws -> ComparisonReport {
        let old = try state(named: oldName)
        let new = try state(named: newName)
        let rules = try varveFile(of: new)?.metrics ?? []
        let reader = ValueReader(self)
        let metrics = ValueDiff(
            from: try await self.metrics(of: old, [], reader), to: try await self.metrics(of: new, [], reader),
            all: true)
        var request = ParamsDiffRequest()
        request.from = oldName
        request.to = newName
        let params = ValueDiff(
            from: try await self.params(of: old, request, reader), to: try await self.params(of: new, request, reader),
            all: false)
        var failures = [metrics.old, metrics.new].flatMap(Self.failures)
        failures += [params.old, params.new].flatMap(Self.failures).filter { failure in
            !failures.contains { $0.revision == failure.revision && $0.path == failure.path }
        }
        var data = DataDiff()
        do {
            var request = DiffRequest()
            request.from = oldName
            request.to = newName
            data = try await diff(request)
        } catch let error as CancellationError {
            throw error
        } catch {
            // A broken project file is told already.
            if !failures.contains(where: { $0.path == nil }) {
                failures.append((newName, nil, ValueFailure(error)))
            }
        }
        let plots = try await comparePlots(from: oldName, to: newName, &failures)
        let gates = rules.flatMap(\.gates)
        return ComparisonReport(
            old: oldName, new: newName, commits: (old.commit?.name.short, new.commit?.name.short),
            metrics: metrics.files.flatMap { file in
                file.changes.filter { $0.isChange && !$0.staysNaN }.map {
                    MetricChange(path: file.path, change: $0, rules: rules)
                }
            },
            params: params, data: data, plots: plots,
            check: gates.isEmpty ? nil : MetricCheck(gates, against: metrics),
            failures: failures)
    }

    private typealias Failures = [(revision: String, path: RelativePath?, failure: ValueFailure)]

    /// A plot that can't be read, or a template that is not there, is told with the other failures.
    private func comparePlots(
        from old: String, to new: String, _ failures: inout Failures
    ) async throws -> PlotComparison {
        var request = PlotsRequest()
        request.revisions = [old, new]
        let report: PlotsReport
        do {
            report = try await plots(request)
        } catch let error as CancellationError {
            throw error
        } catch {
            failures.append((new, nil, ValueFailure(error)))
            return PlotComparison()
        }
        var found: Failures = report.failures.map { ($0.revision, nil, ValueFailure($0.failure)) }
        for plot in report.plots {
            found += plot.sourceFailures.map { failure in
                let place = Paths.absolute(failure.source, from: environment.workingDirectory)
                return (failure.revision, relativePath(of: place), ValueFailure(failure.failure))
            }
            found += plot.failures.map { ($0.revision, RelativePath(plot.id), ValueFailure($0.failure)) }
        }
        for failure in found
        where !failures.contains(where: { $0.revision == failure.revision && $0.path == failure.path }) {
            failures.append(failure)
        }
        return PlotComparison(report, from: old, to: new)
    }

    private static func failures(_ revision: RevisionValues) -> Failures {
        revision.failures.map { (revision.name, $0.path, $0.failure) }
    }
}

extension ValueFailure {
    fileprivate init(_ failure: PlotFailure) {
        self.init(type: failure.type, message: failure.message)
    }
}
