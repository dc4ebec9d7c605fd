/// A `dvc.yaml` whose stages read from each other at random, without cycles.
///
/// Every stage joins what it reads and adds its own number, so that each output tells of all that came before it.
package struct RandomPipeline {
    package let text: String
    package let count: Int

    package init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 3...14, using: &random)
        var text = "stages:\n"
        for number in (0..<count).shuffled(using: &random) {
            let sources = (0..<number).filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
            text += "  s\(number):\n    cmd: cat in \(sources.map { "o\($0)" }.joined(separator: " ")) > o\(number)"
            text += "; echo \(number) >> o\(number)\n    outs: [o\(number)]\n"
            text += "    deps: [\((["in"] + sources.map { "o\($0)" }).joined(separator: ", "))]\n"
        }
        self.text = text
        self.count = count
    }
}
