import TestSupport
import Testing

/// A repository whose history has every case that commands which compare revisions meet.
///
/// Tags: `one`; `broken`, where files of values can't be read; `badpipe`, where `dvc.yaml` can't; `six`, annotated, at
/// HEAD. Branch: `side`. In the workspace values have changed, and metrics are gone that the cache still has.
enum CompareHistory {
    static func make() throws -> TemporaryRepository {
        let repository = try TemporaryRepository()
        try repository.shell(script).succeeds()
        return repository
    }

    private static let script = #"""
        set -eu
        commit() { git add --all; git commit --quiet --allow-empty -m "$1"; }
        cat > train.sh <<'X'
        mkdir -p folder
        cp source.json cached.json; cp source.json folder/one.json; cp source.json plain.json
        X
        cat > params.yaml <<'X'
        lr: 0.1
        layers: [64, 32]
        model: {depth: 3, name: "a", empty: {}, nothing: null}
        words: [one, 'two words', 3.0]
        X
        printf '{"seed": 1, "deep": {"x": 1.5}}\n' > other.json
        printf 'title = "t"\n[owner]\nn = 3\n' > p.toml
        printf 'LR = 0.1\nclass Cfg:\n    z = [1, 2]\n    def __init__(self):\n        self.t = 5\n' > p.py
        printf '{"acc": 0.9123456, "loss": 1.23e-7, "n": 10, "flag": true, "text": "x", "deep": {"a": {"b": 1}}, ' > source.json
        printf '"list": [1], "nan": NaN, "none": null, "acc": 0.9123456}\n' >> source.json
        printf 'a: 1\nb: {c: 2.123456789, d: "two\\nlines"}\n' > top.yaml
        printf 'x = 1.5\n[y]\nz = 2\n' > top.toml
        printf '5.5\n' > bare.txt
        mkdir -p sub/nested
        printf '{"s": 1}\n' > sub/nested/s.json
        printf '{"s": 2, "é|": -0.0, "inf": Infinity, "big": 123456789012345678901234567890}\n' > sub/t.json
        cat > dvc.yaml <<'X'
        metrics:
        - top.yaml
        - top.toml
        - sub
        - bare.txt
        - never.json
        params:
        - other.json
        - p.py
        vars:
        - vars.yaml
        stages:
          train:
            cmd: sh train.sh ${v.one}
            deps: [train.sh, source.json]
            params:
            - lr
            - model.depth
            - p.toml:
              - owner.n
              - title
            metrics:
            - cached.json
            - plain.json:
                cache: false
            - folder
        X
        printf 'v: {one: 1, two: 2}\n' > vars.yaml
        git add --all
        "$varve" repro --quiet
        commit One
        git tag one
        printf '{"acc": 0.95, "loss": 1e10, "n": 12, "flag": false, "text": 3, "deep": {"a": 2}, ' > source.json
        printf '"extra": 123456.789012, "nan": NaN}\n' >> source.json
        sed 's/lr: 0.1/lr: 0.2/; s/64/128/; s/depth: 3/depth: "three"/; s/name: "a"/name: null/' params.yaml > changed
        mv changed params.yaml
        printf '{"seed": 2, "more": true}\n' > other.json
        printf 'title = "u"\n[owner]\nn = 4\n' > p.toml
        printf 'LR = 0.25\nclass Cfg:\n    z = [1, 2, 3]\n    def __init__(self):\n        self.t = 6\n' > p.py
        printf 'a: 2\nb: text\n' > top.yaml
        printf '6\n' > bare.txt
        printf 'v: {one: 2, two: 2}\n' > vars.yaml
        rm sub/t.json; printf '{"u": 3}\n' > sub/u.json
        "$varve" repro --quiet
        commit Two
        git branch side
        printf 'a: [1\n' > top.yaml
        printf '{"seed": ' > other.json
        printf 'x = = 1\n' > top.toml
        printf 'LR = = 1\n' > p.py
        commit Broken
        git tag broken
        printf 'a: 3\nb: {c: .nan}\n' > top.yaml
        printf '{"seed": 3}\n' > other.json
        printf '\377\376\n' > top.toml
        printf 'LR = 1\n' > p.py
        commit Four
        printf 'stages: [\n' > dvc.yaml
        commit BrokenPipeline
        git tag badpipe
        git checkout --quiet HEAD~1 -- dvc.yaml
        printf 'x = 9.0\n' > top.toml
        commit Six
        git tag -a six -m six
        rm cached.json folder/one.json
        sed 's/lr: 0.2/lr: 0.3/' params.yaml > changed
        mv changed params.yaml
        printf '{"acc": 0.99, "loss": 0.5}\n' > plain.json
        """#
}
