import FileSystem

/// What kind of model a file holds, as far as names and first bytes tell.
package struct ModelFacts: Sendable, Equatable {
    /// `xgboost`, `onnx`, `safetensors`, … as ModelPack writes formats.
    package var format: String?
    /// Number format of the weights.
    package var precision: String?
    package var parameterCount: Int64?
    /// Whether loading it may run code that somebody put into it: pickle, and what holds pickles.
    package var isUnsafe = false

    package init(
        format: String? = nil, precision: String? = nil, parameterCount: Int64? = nil, isUnsafe: Bool = false
    ) {
        self.format = format
        self.precision = precision
        self.parameterCount = parameterCount
        self.isUnsafe = isUnsafe
    }

    /// Looks at the beginning of a file; never more than that is read, and nothing of it is executed or unpickled.
    package init(of file: PackageFile) throws {
        let name = Paths.name(file.path.string).lowercased()
        let suffix = name.split(separator: ".").last.map(String.init) ?? ""
        let head = try file.beginning(64)
        if Self.isPickle(head) || Self.pickleSuffixes.contains(suffix) {
            self.init(format: suffix == "pt" || suffix == "pth" ? "pytorch" : "pickle", isUnsafe: true)
        } else if head.starts(with: "GGUF".utf8) {
            self.init(format: "gguf")
        } else if suffix == "safetensors" {
            let header = try SafetensorsHeader(of: file)
            self.init(
                format: "safetensors", precision: header.precision, parameterCount: header.parameterCount)
        } else if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            // Torch and joblib keep pickles in zip archives; so may others.
            let isKnown = suffix == "keras" || suffix == "npz" || suffix == "zip"
            self.init(format: Self.suffixes[suffix] ?? (isKnown ? suffix : "pytorch"), isUnsafe: suffix != "keras")
        } else if suffix == "json", try file.beginning(4096).holds("\"learner\"") {
            self.init(format: "xgboost")
        } else if head.starts(with: "CBM1".utf8) {
            self.init(format: "catboost")
        } else if suffix == "txt", head.starts(with: "tree\n".utf8) {
            self.init(format: "lightgbm")
        } else {
            self.init(format: Self.suffixes[suffix], isUnsafe: Self.pickleHolders.contains(suffix))
        }
    }

    private static let pickleSuffixes: Set<String> = ["pkl", "pickle", "joblib", "dill", "cloudpickle"]
    /// Formats that are pickles, or may hold some.
    private static let pickleHolders: Set<String> = ["pt", "pth", "ckpt"]
    private static let suffixes: [String: String] = [
        "onnx": "onnx", "ubj": "xgboost", "xgb": "xgboost", "bst": "xgboost", "pt": "pytorch", "pth": "pytorch",
        "ckpt": "pytorch", "h5": "keras", "keras": "keras", "tflite": "tflite", "pb": "tensorflow",
        "engine": "tensorrt", "mlmodel": "coreml", "pmml": "pmml", "cbm": "catboost",
    ]

    /// A pickle of protocol 2 or later begins with its number.
    private static func isPickle(_ head: [UInt8]) -> Bool {
        head.count >= 3 && head[0] == 0x80 && (2...5).contains(head[1])
            && (head[2] == 0x95 || head[2] == UInt8(ascii: "c") || head[2] == UInt8(ascii: "}")
                || head[2] == UInt8(ascii: "]") || head[2] == UInt8(ascii: "(") || head[2] == 0x8A
                || head[2] == UInt8(ascii: "X") || head[2] == 0x8C)
    }

    /// As ModelPack writes sizes: `6.7B`; `nil` below a thousand.
    package var parameterSize: String? {
        guard let parameterCount, parameterCount >= 1000 else { return nil }
        var scale: Int64 = 1000
        var letters = ["K", "M", "B", "T", "Q"]
        while letters.count > 1, parameterCount / scale >= 1000 {
            scale *= 1000
            letters.removeFirst()
        }
        let tenths = parameterCount / (scale / 10)
        return tenths % 10 == 0 ? "\(tenths / 10)\(letters[0])" : "\(tenths / 10).\(tenths % 10)\(letters[0])"
    }
}

extension [UInt8] {
    /// Whether the ASCII text occurs in the bytes.
    fileprivate func holds(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard count >= wanted.count else { return false }
        return (0...(count - wanted.count)).contains { self[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}
