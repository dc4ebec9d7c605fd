import ProjectFiles

// What DVC 3.67 makes of each pipeline: the stage as DVC would write it back, and the values of files that it tracked.

extension TemplateCase {
    static let groupsAndVariables: [TemplateCase] = [
        TemplateCase(
            "foreach over scalars names stages by value",
            pipeline: #"""
                stages:
                  f:
                    foreach: [a, 1, true, null, 1.50, "${lr}", "x-${lr}", a]
                    do:
                      cmd: echo ${item}
                      outs: ["${item}.txt"]

                """#,
            params: common,
            resolved: #"""
                f@a {"cmd": "echo a", "outs": ["a.txt"]} {}
                f@1 {"cmd": "echo 1", "outs": ["1.txt"]} {}
                f@true {"cmd": "echo true", "outs": ["true.txt"]} {}
                f@None {"cmd": "echo None", "outs": ["None.txt"]} {}
                f@1.5 {"cmd": "echo 1.5", "outs": ["1.5.txt"]} {}
                f@0.5 {"cmd": "echo 0.5", "outs": ["0.5.txt"]} {"params.yaml": {"lr": 0.5}}
                f@x-0.5 {"cmd": "echo x-0.5", "outs": ["x-0.5.txt"]} {}

                """#),
        TemplateCase(
            "foreach over a variable traces its items",
            pipeline: #"""
                stages:
                  f:
                    foreach: ${models}
                    do:
                      cmd: echo ${item} ${lr}
                  g:
                    foreach: ${list}
                    do: {cmd: "echo ${item}"}
                  h:
                    foreach: ${bools}
                    do: {cmd: "echo ${item}"}

                """#,
            params: common + #"""
                bools: [true, null, 1.50]

                """#,
            resolved: #"""
                f@a {"cmd": "echo a 0.5"} {"params.yaml": {"models.0": "a", "lr": 0.5}}
                f@b {"cmd": "echo b 0.5"} {"params.yaml": {"models.1": "b", "lr": 0.5}}
                g@1 {"cmd": "echo 1"} {"params.yaml": {"list.0": 1}}
                g@two words {"cmd": "echo two words"} {"params.yaml": {"list.1": "two words"}}
                g@3.0 {"cmd": "echo 3.0"} {"params.yaml": {"list.2": 3.0}}
                h@True {"cmd": "echo true"} {"params.yaml": {"bools.0": true}}
                h@None {"cmd": "echo None"} {"params.yaml": {"bools.1": null}}
                h@1.5 {"cmd": "echo 1.5"} {"params.yaml": {"bools.2": 1.5}}

                """#),
        TemplateCase(
            "foreach over mappings gives key and item",
            pipeline: #"""
                stages:
                  f:
                    foreach:
                      a: {x: 1, y: "${lr}"}
                      b: {x: 2, y: 3}
                      "1": {x: q, y: "${text}"}
                    do:
                      cmd: echo ${key} ${item.x} ${item.y} ${item[y]}
                  g:
                    foreach: ${deep.x}
                    do: {cmd: "echo ${key} ${item[0]}"}
                  h:
                    foreach: [{k: 1}, {k: 2}, s]
                    do: {cmd: "echo x"}
                  i:
                    foreach: [{k: 1}, {k: "${models[1]}"}]
                    do: {cmd: "echo ${item.k}", vars: [{v: 5}], deps: ["${v}.x"]}

                """#,
            params: common,
            resolved: #"""
                f@a {"cmd": "echo a 1 0.5 0.5"} {"params.yaml": {"lr": 0.5}}
                f@b {"cmd": "echo b 2 3 3"} {}
                f@1 {"cmd": "echo 1 q two words two words"} {"params.yaml": {"text": "two words"}}
                g@y {"cmd": "echo y 10"} {"params.yaml": {"deep.x.y.0": 10}}
                h@0 {"cmd": "echo x"} {}
                h@1 {"cmd": "echo x"} {}
                h@2 {"cmd": "echo x"} {}
                i@0 {"cmd": "echo 1", "deps": ["5.x"]} {}
                i@1 {"cmd": "echo b", "deps": ["5.x"]} {"params.yaml": {"models.1": "b"}}

                """#),
        TemplateCase(
            "foreach needs a list or mapping",
            pipeline: #"""
                stages:
                  f:
                    foreach: ${lr}
                    do: {cmd: "echo ${item}"}
                  g:
                    foreach: ${nope}
                    do: {cmd: "echo ${item}"}
                  h:
                    foreach: text
                    do: {cmd: "echo ${item}"}
                  i:
                    foreach: [1]
                    do: {cmd: "echo ${item.x}"}
                  j:
                    foreach: [1]
                    do: {cmd: "echo ${item[}"}

                """#,
            params: common,
            resolved: #"""
                f !! failed to resolve 'stages.f.foreach' in 'dvc.yaml': expected list/dictionary, got float
                g !! failed to parse 'stages.g.foreach' in 'dvc.yaml': Could not find 'nope'
                h !! failed to resolve 'stages.h.foreach' in 'dvc.yaml': expected list/dictionary, got str
                i@1 !! failed to parse 'stages.i@1.cmd' in 'dvc.yaml': Could not find 'item.x'
                j@1 !! failed to parse 'stages.j.cmd' in 'dvc.yaml':⏎${item[}⏎      ^⏎ParseException: Expected end of text, found '['  (at char 6), (line:1, col:7)

                """#),
        TemplateCase(
            "a matrix is every combination, last key fastest",
            pipeline: #"""
                stages:
                  m:
                    matrix:
                      a: [1, x, true]
                      b: ["${lr}", {n: 1}, [5]]
                    cmd: echo ${item.a} ${key}
                    outs: ["${key}.txt"]
                  n:
                    matrix: {a: "${models}", b: "${train.nested}"}
                    cmd: echo ${item.a} ${item.b}
                  e:
                    matrix: {a: [], b: [1]}
                    cmd: echo

                """#,
            params: common,
            resolved: #"""
                m@1-0.5 {"cmd": "echo 1 1-0.5", "outs": ["1-0.5.txt"]} {}
                m@1-b1 {"cmd": "echo 1 1-b1", "outs": ["1-b1.txt"]} {}
                m@1-b2 {"cmd": "echo 1 1-b2", "outs": ["1-b2.txt"]} {}
                m@x-0.5 {"cmd": "echo x x-0.5", "outs": ["x-0.5.txt"]} {}
                m@x-b1 {"cmd": "echo x x-b1", "outs": ["x-b1.txt"]} {}
                m@x-b2 {"cmd": "echo x x-b2", "outs": ["x-b2.txt"]} {}
                m@true-0.5 {"cmd": "echo true true-0.5", "outs": ["true-0.5.txt"]} {}
                m@true-b1 {"cmd": "echo true true-b1", "outs": ["true-b1.txt"]} {}
                m@true-b2 {"cmd": "echo true true-b2", "outs": ["true-b2.txt"]} {}
                n@a-a {"cmd": "echo a a"} {"params.yaml": {"models.0": "a"}}
                n@a-b {"cmd": "echo a b"} {"params.yaml": {"models.0": "a"}}
                n@b-a {"cmd": "echo b a"} {"params.yaml": {"models.1": "b"}}
                n@b-b {"cmd": "echo b b"} {"params.yaml": {"models.1": "b"}}

                """#),
        TemplateCase(
            "vars merge files and mappings in order",
            pipeline: #"""
                vars:
                  - other.yaml
                  - sub/p.json:k,l
                  - cfg.py
                  - t.toml
                  - {inline: {a: 1}, extra: [7]}
                  - other.yaml
                  - {inline: {b: 2}}
                stages:
                  s:
                    cmd: echo ${o} ${k} ${l.m} ${Cfg.z} ${inline.a}${inline.b} ${extra[0]} ${deep.more} ${deep.x.y[0]} ${tt.u}
                  t:
                    cmd: echo ${own} ${inline.b}
                    wdir: w
                    vars: [own.yaml, {inline: {c: three}}]
                    deps: ["${inline.c}"]

                """#,
            params: common,
            files: [
                "other.yaml": #"""
                o: 1
                deep: {more: 2}

                """#,
                "sub/p.json": #"{"k": 1.50, "l": {"m": "x"}, "lr": 9}"#,
                "cfg.py": #"""
                class Cfg:
                    z = 3

                """#,
                "t.toml": #"""
                [tt]
                u = 'v'

                """#,
                "w/own.yaml": #"""
                own: mine

                """#,
            ],
            resolved: #"""
                s {"cmd": "echo 1 1.5 x 3 12 7 2 10 v"} {"other.yaml": {"o": 1, "deep.more": 2}, "sub/p.json": {"k": 1.5, "l.m": "x"}, "cfg.py": {"Cfg.z": 3}, "params.yaml": {"deep.x.y.0": 10}, "t.toml": {"tt.u": "v"}}
                t {"cmd": "echo mine 2", "wdir": "w", "deps": ["three"]} {"w/own.yaml": {"own": "mine"}}

                """#),
        TemplateCase(
            "a variable is defined once",
            pipeline: #"""
                vars:
                  - {p: {q: 1}}
                  - {p: {q: 2}}
                stages: {s: {cmd: x}}

                """#,
            resolved: #"""
                !! failed to parse 'vars' in 'dvc.yaml':⏎cannot redefine 'p.q' from 'vars[1]' as it already exists in 'vars[0]'

                """#),
        TemplateCase(
            "a variable of params.yaml is not redefined",
            pipeline: #"""
                vars:
                  - {lr: 1}
                stages: {s: {cmd: x}}

                """#,
            params: common,
            resolved: #"""
                !! failed to parse 'vars' in 'dvc.yaml':⏎cannot redefine 'lr' from 'vars[0]' as it already exists in 'params.yaml'

                """#),
        TemplateCase(
            "a file is not loaded in part once it is loaded",
            pipeline: #"""
                vars: ["params.yaml:lr"]
                stages: {s: {cmd: x}}

                """#,
            params: common,
            resolved: #"""
                !! failed to parse 'vars' in 'dvc.yaml':⏎cannot partially load 'params.yaml:lr' as it's already loaded.

                """#),
        TemplateCase(
            "a file is not loaded whole once it is loaded in part",
            pipeline: #"""
                vars: ["o.yaml:a", "o.yaml"]
                stages: {s: {cmd: x}}

                """#,
            files: [
                "o.yaml": #"""
                a: 1
                b: 2

                """#
            ],
            resolved: #"""
                !! failed to parse 'vars' in 'dvc.yaml':⏎cannot load 'o.yaml' as it's partially loaded already

                """#),
        TemplateCase(
            "parts of a file add up",
            pipeline: #"""
                vars: ["o.yaml:a", "o.yaml:b"]
                stages: {s: {cmd: "x ${a} ${b}"}}

                """#,
            files: [
                "o.yaml": #"""
                a: 1
                b: 2

                """#
            ],
            resolved: #"""
                s {"cmd": "x 1 2"} {"o.yaml": {"a": 1, "b": 2}}

                """#),
        TemplateCase(
            "a key of a file must exist",
            pipeline: #"""
                vars: ["o.yaml:z"]
                stages: {s: {cmd: x}}

                """#,
            files: [
                "o.yaml": #"""
                a: 1
                b: 2

                """#
            ],
            resolved: #"""
                !! failed to parse 'vars' in 'dvc.yaml': could not find 'z' in 'o.yaml'

                """#),
        TemplateCase(
            "a file of vars must exist",
            pipeline: #"""
                vars: ["gone.yaml"]
                stages: {s: {cmd: x}}

                """#,
            resolved: #"""
                !! failed to parse 'vars' in 'dvc.yaml': 'gone.yaml' does not exist

                """#),
        TemplateCase(
            "a file of vars must be a mapping",
            pipeline: #"""
                vars: ["l.yaml"]
                stages: {s: {cmd: x}}

                """#,
            files: [
                "l.yaml": #"""
                [1]

                """#
            ],
            resolved: #"""
                !! failed to parse 'vars' in 'dvc.yaml': expected a dictionary, got 'list' in file 'l.yaml'

                """#),
        TemplateCase(
            "vars are not templates",
            pipeline: #"""
                vars: [{a: 1}, {b: "${a}"}]
                stages: {s: {cmd: x}}

                """#,
            resolved: #"""
                !! failed to parse 'vars' in 'dvc.yaml': interpolating is not allowed

                """#),
        TemplateCase(
            "vars of a stage may fail alone",
            pipeline: #"""
                stages:
                  s:
                    cmd: x ${a}
                    vars: [{lr: 5}]
                  t:
                    cmd: x
                    vars: ["params.yaml:lr"]
                  u:
                    cmd: x
                    vars: ["gone.yaml"]
                  v:
                    cmd: x
                    vars: [{a: "${lr}"}]
                  w:
                    cmd: x
                    wdir: ${nope}
                    vars: [{a: 1}]
                  f:
                    foreach: [1]
                    do:
                      cmd: x
                      vars: [{item: 5}]

                """#,
            params: common,
            resolved: #"""
                s !! failed to parse stage 's' in 'dvc.yaml':⏎cannot redefine 'lr' from 's.vars[0]' as it already exists in 'params.yaml'
                t !! failed to parse 'stages.t.vars' in 'dvc.yaml':⏎cannot partially load 'params.yaml:lr' as it's already loaded.
                u !! failed to parse stage 'u' in 'dvc.yaml': 'gone.yaml' does not exist
                v !! failed to parse 'stages.v.vars' in 'dvc.yaml': interpolating is not allowed
                w !! failed to parse 'stages.w.wdir' in 'dvc.yaml': Could not find 'nope'
                f@1 !! failed to parse stage 'f@1' in 'dvc.yaml': attempted to modify reserved key item

                """#),
    ]
}
