package import Documents
package import Tuning

extension Trial {
    /// The parameters as a parameter file has them: `train.lr` is the key `lr` of `train`.
    package var nested: Mapping {
        var result = Mapping()
        for setting in settings { result.set(setting.name.split(separator: ".").map(String.init)[...], setting.value) }
        return result
    }
}

extension Mapping {
    /// Sets a value at a path of keys, making mappings on the way.
    package mutating func set(_ path: ArraySlice<String>, _ value: Value) {
        guard let key = path.first else { return }
        if path.count == 1 {
            self[key] = value
        } else {
            var inner = self[key]?.mapping ?? Mapping()
            inner.set(path.dropFirst(), value)
            self[key] = .mapping(inner)
        }
    }
}
