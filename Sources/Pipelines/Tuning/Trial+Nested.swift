package import Documents
import ProjectFiles
package import Tuning

extension Trial {
    /// The parameters as a parameter file has them: `train.lr` is the key `lr` of `train`; those of other files stand
    /// below the file's name.
    package var nested: Mapping {
        let document = settings.reduce(Value.mapping(Mapping())) { document, setting in
            let place = ParameterPoint.place(setting.name, file: "")
            let keys = place.key.split(separator: ".").map(String.init)
            return document.replacing(((place.file.isEmpty ? [] : [place.file]) + keys)[...], by: setting.value)
        }
        return document.mapping ?? Mapping()
    }
}
