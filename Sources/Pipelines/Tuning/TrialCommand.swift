package import Basics
import Documents
package import Tuning

/// The words of a program with places for parameters: `python train.py --lr {lr} --out {dir}`.
///
/// `{name}` stands for a parameter, `{trial}` for the number of the trial, `{dir}` for its folder, `{params}` for a file
/// with all parameters; `{{` and `}}` for braces. A word with a parameter that plays no part in a trial is left out,
/// together with the option before it: of `--momentum {mom}` nothing is left.
package struct TrialCommand: Sendable, Equatable {
    private enum Piece: Sendable, Equatable {
        case text(String)
        case place(String)
    }

    package let words: [String]
    private let pieces: [[Piece]]

    /// What `{…}` may name beside parameters.
    package static let places = ["trial", "dir", "params", "study", "slot"]

    package init(_ words: [String], space: SearchSpace) throws(Failure) {
        guard !words.isEmpty else {
            throw Failure(
                "there is no program to run",
                remedy: "name it behind --, such as `varve run tune 'lr=interval(0,1)' -- python train.py --lr {lr}`",
                category: .usage)
        }
        self.words = words
        pieces = try words.map { (word) throws(Failure) in try Self.pieces(word, space) }
    }

    /// The words for one trial.
    package func words(for trial: Trial, places: [String: String]) -> [String] {
        var result: [String] = []
        for (word, parts) in zip(words, pieces) {
            var text = ""
            var isComplete = true
            for part in parts {
                switch part {
                case .text(let piece): text += piece
                case .place(let name):
                    if let setting = trial[name] {
                        text += Distribution.text(setting.value)
                    } else if let place = places[name] {
                        text += place
                    } else {
                        isComplete = false
                    }
                }
            }
            if isComplete {
                result.append(text)
            } else if !word.hasPrefix("-"), let last = result.last, last.hasPrefix("-"), !last.contains("=") {
                result.removeLast()
            }
        }
        return result
    }

    /// A path or another word that may hold places.
    package static func filled(_ text: String, places: [String: String]) -> String {
        var result = text
        for (name, place) in places { result = result.replacing("{\(name)}", with: place) }
        return result
    }

    private static func pieces(_ word: String, _ space: SearchSpace) throws(Failure) -> [Piece] {
        var result: [Piece] = []
        var text = ""
        var rest = Substring(word)
        while let character = rest.popFirst() {
            if character == "{" || character == "}", rest.first == character {
                rest.removeFirst()
                text.append(character)
            } else if character == "{", let end = rest.firstIndex(of: "}") {
                let name = String(rest[..<end])
                guard space[name] != nil || places.contains(name) else {
                    throw Failure(
                        "'{\(name)}' in the program's words names no parameter",
                        remedy: "write '{{' for a brace; parameters are "
                            + space.parameters.map(\.name).joined(separator: ", "), category: .usage)
                }
                if !text.isEmpty { result.append(.text(text)) }
                text = ""
                result.append(.place(name))
                rest = rest[rest.index(after: end)...]
            } else {
                text.append(character)
            }
        }
        if !text.isEmpty || result.isEmpty { result.append(.text(text)) }
        return result
    }
}
