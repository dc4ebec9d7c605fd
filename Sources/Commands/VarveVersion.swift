/// The version of this program, and that of the DVC whose files and commands it keeps to.
package enum VarveVersion {
    package static let current = "0.1.0"
    package static let compatibleDVC = "3.67.1"

    /// What `--version` prints: scripts that call us `dvc` parse a bare DVC version.
    package static func line(programName: String) -> String {
        programName == "dvc" ? compatibleDVC : "varve \(current)"
    }
}
