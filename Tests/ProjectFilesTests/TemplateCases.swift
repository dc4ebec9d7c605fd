import ProjectFiles

// What DVC 3.67 makes of each pipeline: the stage as DVC would write it back, and the values of files that it tracked.

extension TemplateCase {
    static let values: [TemplateCase] = [
        TemplateCase(
            "a whole expression keeps its type and parts become text",
            pipeline: #"""
                stages:
                  s:
                    cmd: run ${lr} ${flag} ${off} ${none} ${sci} ${fix} ${big} ${text} ${ü x}
                    desc: ${text}

                """#,
            params: common,
            resolved: #"""
                s {"desc": "two words", "cmd": "run 0.5 true false None 1e-05 1.5 1e+16 two words ue"} {"params.yaml": {"lr": 0.5, "flag": true, "off": false, "none": null, "sci": 1e-05, "fix": 1.5, "big": 1e+16, "text": "two words", "\u00fc x": "ue"}}

                """#),
        TemplateCase(
            "expressions reach into mappings and lists",
            pipeline: #"""
                stages:
                  s:
                    cmd: run ${deep.x.y[0]} ${deep.x.y[1].z} ${ deep . x . y[ 0 ] } ${deep.x.y.0} ${deep[x][y][-1][z]} ${list[1]}

                """#,
            params: common,
            resolved: #"""
                s {"cmd": "run 10 zed 10 10 zed two words"} {"params.yaml": {"deep.x.y.0": 10, "deep.x.y.1.z": "zed", "list.1": "two words"}}

                """#),
        TemplateCase(
            "a backslash escapes an expression, and one that is not closed is left alone",
            pipeline: #"""
                stages:
                  s:
                    cmd: echo \${lr} ${lr} \\${lr} $lr $${lr} ${
                  t:
                    cmd: "echo ${lr"
                  u:
                    cmd: 'echo \${lr}'

                """#,
            params: common,
            resolved: #"""
                s {"cmd": "echo ${lr} 0.5 \\${lr} $lr $0.5 ${"} {"params.yaml": {"lr": 0.5}}
                t {"cmd": "echo ${lr"} {}
                u {"cmd": "echo ${lr}"} {}

                """#),
        TemplateCase(
            "a mapping in a command becomes options",
            pipeline: #"""
                stages:
                  s:
                    cmd: python s.py ${train}
                  t:
                    cmd: [a, "python ${train.nested} x ${lr}"]

                """#,
            params: common,
            resolved: #"""
                s {"cmd": "python s.py --lr 0.5 --flag --none None --list 1 'two words' 3.0 --nested.a 1 --nested.b 'it'\"'\"'s' --sci 1e-05"} {}
                t {"cmd": ["a", "python --a 1 --b 'it'\"'\"'s' x 0.5"]} {"params.yaml": {"lr": 0.5}}

                """#),
        TemplateCase(
            "options follow the configuration",
            pipeline: #"""
                stages:
                  s:
                    cmd: python s.py ${train} end

                """#,
            params: common,
            options: TemplateOptions(writesNegatedFlags: true, repeatsListOptions: true),
            resolved: #"""
                s {"cmd": "python s.py --lr 0.5 --flag --no-off --none None --list 1 --list 'two words' --list 3.0 --nested.a 1 --nested.b 'it'\"'\"'s' --sci 1e-05 end"} {}

                """#),
        TemplateCase(
            "keys of outputs and everything else is filled in",
            pipeline: #"""
                stages:
                  s:
                    cmd: [echo, "${text}"]
                    wdir: w
                    deps: ["${models[0]}.csv", "x_${models[1]}"]
                    params: [a, "${models[1]}", "other_${lr}.yaml": ["k_${models[0]}", z]]
                    outs:
                    - "${models[0]}.bin":
                        cache: false
                        desc: about ${text}
                    - plain
                    metrics:
                    - "m_${lr}.json": {cache: false}
                    plots:
                    - "p.csv": {x: "${models[0]}", y: b, title: "T ${lr}", persist: true}
                    meta: {k: "${lr}", l: ["${flag}", "is ${flag}"]}
                    frozen: true

                """#,
            params: common,
            resolved: #"""
                s {"cmd": ["echo", "two words"], "wdir": "w", "deps": ["a.csv", "x_b"], "params": ["a", "b", {"other_0.5.yaml": ["k_a", "z"]}], "outs": [{"a.bin": {"desc": "about two words", "cache": false}}, "plain"], "metrics": [{"m_0.5.json": {"cache": false}}], "plots": [{"p.csv": {"persist": true, "x": "a", "y": "b", "title": "T 0.5"}}], "frozen": true, "meta": {"k": 0.5, "l": [true, "is true"]}} {"params.yaml": {"text": "two words", "models.0": "a", "models.1": "b", "lr": 0.5, "flag": true}}

                """#),
        TemplateCase(
            "a name that nothing defines is an error",
            pipeline: #"""
                stages:
                  s:
                    cmd: echo ${nope}
                  t:
                    cmd: echo ${deep.x.q}
                  u:
                    cmd: echo ${list[3]}
                  v:
                    cmd: echo ${lr.x}
                  w:
                    cmd: echo ok

                """#,
            params: common,
            resolved: #"""
                s !! failed to parse 'stages.s.cmd' in 'dvc.yaml': Could not find 'nope'
                t !! failed to parse 'stages.t.cmd' in 'dvc.yaml': Could not find 'deep.x.q'
                u !! failed to parse 'stages.u.cmd' in 'dvc.yaml': Could not find 'list.3'
                v !! failed to parse 'stages.v.cmd' in 'dvc.yaml': Could not find 'lr.x'
                w {"cmd": "echo ok"} {}

                """#),
        TemplateCase(
            "a broken expression is shown with a caret",
            pipeline: #"""
                stages:
                  s:
                    cmd: echo ${lr[}
                  t:
                    cmd: echo ${}
                  u:
                    cmd: echo ${lr..x}
                  v:
                    cmd: echo ${lr[0]b}
                  w:
                    cmd: echo ${.lr} ok
                  x:
                    cmd: echo ${ü x[}

                """#,
            params: common,
            resolved: #"""
                s !! failed to parse 'stages.s.cmd' in 'dvc.yaml':⏎${lr[}⏎    ^⏎ParseException: Expected end of text, found '['  (at char 4), (line:1, col:5)
                t !! failed to parse 'stages.t.cmd' in 'dvc.yaml':⏎${}⏎  ^⏎ParseException: Expected !W:(.[]), found '}'  (at char 2), (line:1, col:3)
                u !! failed to parse 'stages.u.cmd' in 'dvc.yaml':⏎${lr..x}⏎    ^⏎ParseException: Expected end of text, found '.'  (at char 4), (line:1, col:5)
                v !! failed to parse 'stages.v.cmd' in 'dvc.yaml':⏎${lr[0]b}⏎       ^⏎ParseException: Expected end of text, found 'b'  (at char 7), (line:1, col:8)
                w !! failed to parse 'stages.w.cmd' in 'dvc.yaml':⏎${.lr}⏎  ^⏎ParseException: Expected !W:(.[]), found '.'  (at char 2), (line:1, col:3)
                x !! failed to parse 'stages.x.cmd' in 'dvc.yaml':⏎${ü x[}⏎     ^⏎ParseException: Expected end of text, found '['  (at char 5), (line:1, col:6)

                """#),
        TemplateCase(
            "only scalars go where no mapping may",
            pipeline: #"""
                stages:
                  s:
                    cmd: echo ${list}
                  t:
                    cmd: echo
                    deps: ["${list}"]
                  u:
                    cmd: echo
                    desc: a ${train}
                  v:
                    cmd: echo ${odd}

                """#,
            params: common + #"""
                odd: {l: [[1]]}

                """#,
            resolved: #"""
                s !! failed to parse 'stages.s.cmd' in 'dvc.yaml':⏎Cannot interpolate data of type 'list'
                t !! failed to parse 'stages.t.deps' in 'dvc.yaml':⏎Cannot interpolate data of type 'list'
                u !! failed to parse 'stages.u.desc' in 'dvc.yaml':⏎Cannot interpolate data of type 'dict'
                v !! failed to parse 'stages.v.cmd' in 'dvc.yaml':⏎Cannot interpolate nested iterable in 'l'

                """#),
        TemplateCase(
            "params name files and keys",
            pipeline: #"""
                stages:
                  s:
                    cmd: x
                    params:
                    - z
                    - b.yaml: [q, p]
                    - a
                    - params.yaml: [c]
                    - a.yaml:
                    - b.yaml: [r]
                  t:
                    cmd: x
                    params: [a, params.yaml: null]

                """#,
            resolved: #"""
                s {"cmd": "x", "params": ["a", "c", "z", {"a.yaml": null}, {"b.yaml": ["p", "q", "r"]}]} {}
                t {"cmd": "x", "params": [{"params.yaml": null}]} {}

                """#),
        TemplateCase(
            "options of one output add up",
            pipeline: #"""
                stages:
                  s:
                    cmd: x
                    outs: [a, a: {cache: false}, b: {cache: true, push: false, remote: r, type: t, labels: [l], meta: {m: 1}}, c: {}]

                """#,
            resolved: #"""
                s {"cmd": "x", "outs": [{"a": {"cache": false}}, {"b": {"type": "t", "labels": ["l"], "meta": {"m": 1}, "remote": "r", "push": false}}, "c"]} {}

                """#),
        TemplateCase(
            "plain stages stay as they are",
            pipeline: #"""
                stages:
                  s:
                    cmd: "echo \u00fc: x"
                    wdir: ./w/../w
                    deps: [z, a, ./c]
                    desc: ""
                    frozen: false
                    meta: {}
                  t:
                    cmd: [a, b]
                    always_changed: true
                    meta: {varve: {timeout: 5}}
                  u:
                    wdir: .
                    cmd: |
                      one
                      two

                """#,
            resolved: #"""
                s {"cmd": "echo \u00fc: x", "wdir": "w", "deps": ["./c", "a", "z"]} {}
                t {"cmd": ["a", "b"], "always_changed": true, "meta": {"varve": {"timeout": 5}}} {}
                u {"cmd": "one\ntwo\n"} {}

                """#),
    ]
}

extension TemplateCase {
    /// Variables that most cases use.
    static let common = #"""
        lr: 0.5
        flag: true
        off: false
        none: null
        sci: 1e-5
        fix: 1.50
        big: 1e16
        text: two words
        quote: it's
        list: [1, two words, 3.0]
        models: [a, b]
        deep:
          x: {y: [10, {z: zed}]}
        "ü x": ue
        train: {lr: 0.5, flag: true, off: false, none: null, list: [1, two words, 3.0], nested: {a: 1, b: it's}, sci: 1e-5, empty: {}, none_list: []}

        """#
}
