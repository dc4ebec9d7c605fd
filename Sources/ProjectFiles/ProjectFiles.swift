// ProjectFiles reads and writes the files that describe a project: pointer files (`x.dvc`), pipeline files
// (`dvc.yaml`), lock files (`dvc.lock`) and parameter files.
//
// It is text ↔ values and nothing else: it never walks folders, hashes data or asks Git. Other files that a template or
// a parameter dependency names are read through a `FileReader`, so that one code path serves the workspace and a tree of
// a revision. Paths are POSIX and relative to the repository's root unless said otherwise; a path "as written" is
// relative to its stage's working directory.
//
// Promises: what DVC 3.67 would write is written byte for byte, a person's comments and order survive an edit, and no
// document, however hostile, makes a parser trap.

/// Files of one state of the repository: the workspace, or a Git tree.
package protocol FileReader: Sendable {
    /// The file's bytes, or `nil` where no regular file is.
    ///
    /// - Parameter relpath: normalised and relative to the repository's root.
    func read(_ relpath: String) throws -> [UInt8]?

    func isFile(_ relpath: String) -> Bool
}
