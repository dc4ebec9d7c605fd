import Basics
import FileSystem

extension LiveFolder {
    private static let imageSuffixes = [".jpg", ".jpeg", ".gif", ".png"]

    /// Copies an image into the folder.
    ///
    /// - Parameters:
    ///   - name: as it shall be called, with or without its suffix, with `/` between parts.
    ///   - step: makes it one of a series, which readers show with a slider: `name/<step>.png`.
    /// - Returns: the path of the copy.
    @discardableResult
    package func addImage(_ name: String, from file: String, step: Int?) throws -> String {
        let given = Self.imageSuffixes.first { name.hasSuffix($0) }
        guard let suffix = Self.imageSuffixes.first(where: { file.hasSuffix($0) }) else {
            throw Failure(
                "'\(file)' is no image that readers of these folders show",
                remedy: "its name must end in " + Self.imageSuffixes.joined(separator: ", "), category: .usage)
        }
        if let given, given != suffix {
            throw Failure(
                "the image '\(file)' cannot be called '\(name)', as its format would not change",
                remedy: "leave out the suffix", category: .usage)
        }
        let stem = given.map { String(name.dropLast($0.count)) } ?? name
        let parts = try LoggedName(step.map { "\(stem)/\($0)" } ?? stem)
        let target = Paths.join(images, parts.path + suffix)
        try Files.makeDirectory(Paths.parent(target))
        try Files.write(Files.read(file), to: target, sync: false)
        return target
    }
}
