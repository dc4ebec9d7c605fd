import Basics
import FileSystem
import Indexing
import Objects
import ProjectFiles

/// What is to be checked out of imports that are recorded without their data.
struct PartialImportCheckout {
    let checkout: Checkout
    private(set) var steps: [Checkout.Step] = []
    private(set) var failures: [CheckoutFailed] = []

    /// - Parameter selected: only those of imports without a recorded object.
    init(_ selected: [Repository.SelectedOutput], in repository: Repository, _ options: Checkout.Options) throws {
        let imports = repository.importCache
        checkout = Checkout(
            scanner: repository.scanner(), cache: imports.cache, staging: Paths.join(repository.scratch, "checkout"),
            options: options)
        for output in selected.map(\.output) {
            let current = try repository.scanner().item(at: output.path)
            guard let (id, listing) = try imports.object(of: output.stage) else {
                // What a person has put there stays, as it is recorded nowhere.
                if current.isAbsent, !options.allowMissing {
                    failures.append(
                        CheckoutFailed(
                            paths: [output.path.string], causes: [MissingImport(definition: output.stage.definition)]))
                }
                continue
            }
            if checkout.isCurrent(current, id, isExecutable: output.isExecutable, at: output.path) { continue }
            let wanted: Checkout.Wanted =
                listing.map { .folder(id, $0) } ?? .file(id, isExecutable: output.isExecutable)
            steps.append(checkout.step(wanted, at: output.path, over: current))
        }
    }
}

/// An import whose data is not here.
struct MissingImport: UserFacingError {
    let definition: String

    var summary: String { "'\(definition)' records its source without the data" }
    var remedy: String? { "run `varve update \(definition)` to get the data" }
}

extension TrackedOutput {
    /// Whether a checkout makes the file executable. As DVC: for data from a path or URL its source says so.
    var isExecutable: Bool {
        guard stage.isImport, stage.dependencies[0].source == .data else { return output.checksum.isExecutable }
        return stage.dependencies[0].checksum.isExecutable
    }
}
