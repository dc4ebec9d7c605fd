package import Basics
import FileSystem

/// Finding the folder that a project lives in: the nearest one upwards with a `.dvc` folder.
package enum ProjectFolder {
    /// The project around a folder, as an absolute path without symbolic links.
    ///
    /// The search ends at the root of the file system or where another one is mounted, as in DVC.
    package static func find(from folder: String) throws -> String {
        let start = Paths.resolvingLinks(folder)
        guard let status = try Files.status(start, followingLinks: true), status.kind == .directory else {
            throw NotAProject(reason: .missing(folder))
        }
        var current = start
        while true {
            if Files.isDirectory(Paths.join(current, ".dvc")) { return current }
            if try isMountPoint(current) { throw NotAProject(reason: .outside(mountPoint: current)) }
            current = Paths.parent(current)
        }
    }

    private static func isMountPoint(_ folder: String) throws -> Bool {
        let parent = Paths.parent(folder)
        guard !parent.hasSameBytes(as: folder), let here = try Files.status(folder),
            let above = try Files.status(parent)
        else { return true }
        return here.device != above.device || here.inode == above.inode
    }
}

/// A command that needs a project was called outside of one.
package struct NotAProject: UserFacingError, Equatable {
    package enum Reason: Sendable, Equatable {
        case missing(String)
        case outside(mountPoint: String)
    }

    package let reason: Reason

    package init(reason: Reason) { self.reason = reason }

    package var summary: String {
        switch reason {
        case .missing(let folder): "directory '\(folder)' does not exist"
        case .outside(let point):
            "you are not inside of a DVC repository (checked up to mount point '\(point)')"
        }
    }
    package var remedy: String? { "run `varve init` in the folder of your Git repository to make it one" }
    package var category: ErrorCategory { .notARepository }
}
