"""Makes the golden files of DocumentsTests. Run with a Python that has DVC 3.67.1 and ruamel.yaml 0.19.1:

    python make.py

Every text in them is what DVC's own functions gave: `dumps_yaml` for emit.json, `loads_yaml` for parse.json,
`parse_yaml_for_update`, `apply_diff` and `dumps_yaml` for edit.json. Cases in which DVC fails, or writes what it does
not read back as the data wanted, are left out.
"""

import copy
import datetime
import json
import math
import random
import re
import warnings
from pathlib import Path

from dvc.utils.collections import apply_diff
from dvc.utils.serialize._yaml import dumps_yaml, loads_yaml, parse_yaml_for_update
from ruamel.yaml import YAMLError

from documents import documents

warnings.simplefilter("ignore")
here = Path(__file__).parent
fragments = [
    "python", "train.py", "--epochs", "10", "'q'", '"dq"', "a:b", "a: b", "#x", "x#y", " # ", "-", "--k", "?", ":",
    "\u00fc", "\U0001f600", "\u00a0", "true", "null", "1e5", "0777", "1_000", "0x1f", "~", "=", "<<", "{", "}", "[", "]",
    ",", "&a", "*b", "!t", "|", ">", "%", "@", "`", "\t", "\n", "\n\n", "  ", "   ", "\\", "/", "$x", "${a}", "\x07",
    "\x85", "\u2028", "\u2029", "\ufeff", "\x7f", "\x00", "\r", "2021-01-01", "1:30", ".5", "1.", "+1", "-1", "yes",
    "no", "on", ".inf", ".nan", "NaN", "it's", "x" * 40, "y" * 90, "z" * 130, "...", "---", "\u00e9" * 30,
]
numbers = [
    0, 1, -1, 10**20, -(10**30), 0.1, 1.0, 1e-5, 1e16, 1e20, 123456.789, -0.0, 5e-324, 1e15, math.inf, -math.inf,
    math.nan, 9007199254740993.0, 1.7976931348623157e308, 12345678901234567.0,
]


def text(r):
    count = r.choice([0, 1, 1, 1, 2, 3, 5, 8, 15, 30])
    return r.choice(["", " ", " ", " ", "  ", "\n", ", "]).join(r.choice(fragments) for _ in range(count))


def scalar(r):
    kind = r.random()
    if kind < 0.75:
        return text(r)
    return r.choice([None, True, False]) if kind < 0.85 else r.choice(numbers)


def value(r, depth=0):
    kind = r.random()
    if depth > 4 or (depth > 0 and kind < 0.5):
        return scalar(r)
    if kind < 0.7:
        return [value(r, depth + 1) for _ in range(r.choice([0, 1, 2, 3]))]
    keys = [text(r) if r.random() < 0.3 else r.choice(["cmd", "deps", "outs", "md5"]) for _ in range(r.choice([0, 1, 2, 3]))]
    return {key: value(r, depth + 1) for key in keys}


def reads_back(case):
    try:
        return json.dumps(loads_yaml(case["yaml"])) == case["json"]
    except YAMLError:
        return False


def emit_cases():
    r = random.Random(7)
    values = [{"k": scalar(r)} for _ in range(250)] + [value(r) for _ in range(250)] + [None, "word", "", 1.5, [], {}]
    cases = [{"value": v, "yaml": dumps_yaml(copy.deepcopy(v)), "json": json.dumps(v)} for v in values]
    return [c for c in cases if reads_back(c)]


def comparable(v):
    """Keys as text, dates as a mark."""
    if isinstance(v, datetime.date):
        return {"$date": True}
    if isinstance(v, dict):
        names = {None: "null"}
        return {
            names[k] if k is None else str(k).lower() if isinstance(k, bool) else str(k): comparable(x) for k, x in v.items()
        }
    return [comparable(x) for x in v] if isinstance(v, (list, tuple)) else v


breaks = [
    "a: ", "- ", "\n", "  ", "# c\n", " # c", "[", "]", "{", "}", ", ", "'", '"', "|\n", ">\n", "&a ", "*a", "<<: *a", "? ",
    ": ", "~", "1e5", "0o17", "1_000", "1:30", "2021-01-01", "yes", "!!str ", "!x ", "---\n", "...\n", "\t", "=", "-_", "0o",
]


def mutated(r, document):
    for _ in range(r.choice([1, 1, 2, 3])):
        i, j = sorted((r.randrange(len(document) + 1), r.randrange(len(document) + 1)))
        kind = r.random()
        if kind < 0.5:
            document = document[:i] + r.choice(breaks) + document[i:]
        elif kind < 0.9:
            document = document[:i] + document[i + r.randrange(1, 5) :]
        else:
            document = document[:i] + document[j:]
    return document


def parse_cases():
    r = random.Random(8)
    texts = documents + [mutated(r, r.choice(documents)) for _ in range(260)]
    cases = []
    for source in texts:
        try:
            result = comparable(loads_yaml(re.sub("\r\n?", "\n", source)))
            json.dumps(result)
            cases.append({"text": source, "value": result})
        except YAMLError as error:
            if "unhashable" not in str(error):
                cases.append({"text": source, "error": True})
        except Exception:  # where ruamel.yaml itself breaks
            pass
    return [c for c in cases if "\"('" not in json.dumps(c)]


replacements = [
    "new", "a: b", 5, 1.5, True, None, ["x", "y"], {"k": "v"}, [], {}, "long " * 25, "multi\nline\n",
    [{"p": {"cache": False}}, "q"],
]
lines = [
    "# foo", "  # foo", "      # deep", "", "   ", "- x", "  - y", "k: v", "  k2: [a]", "  k3: {a: b}   # fl", "x:",
    "'q' # c", "|", "  lit", "[a] # c", "# tail",
]


def edited(r, v):
    if isinstance(v, dict):
        result = {}
        for key, item in v.items():
            kind = r.random()
            if kind >= 0.08:
                result[key] = copy.deepcopy(r.choice(replacements)) if kind < 0.16 else edited(r, item)
        if r.random() < 0.25:
            result[f"new_key{r.randrange(3)}"] = copy.deepcopy(r.choice(replacements))
        return result
    if isinstance(v, list):
        result = [edited(r, x) for x in v]
        kind = r.random()
        if kind < 0.08 and result:
            result.pop(r.randrange(len(result)))
        elif kind < 0.16:
            result.insert(r.randrange(len(result) + 1), copy.deepcopy(r.choice(replacements)))
        return result
    return v


def plain(v):
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    return [plain(x) for x in v] if isinstance(v, list) else v


def edit_case(source, new):
    """One edit as DVC does it; None where it fails or loses data."""
    source = re.sub("\r\n?", "\n", source)
    try:
        old = plain(loads_yaml(source))
        tree = parse_yaml_for_update(source, "x")
        if not isinstance(old, dict) or any(not isinstance(key, str) for key in old):
            return None
        if new is not None:
            apply_diff(new, tree)
        result = dumps_yaml(tree)
        back = plain(loads_yaml(result))
        json.dumps(old)
    except Exception:
        return None
    wanted = old if new is None else new
    if back != wanted and "nan" not in repr(back):
        return None
    return {"text": source, "result": result} | ({} if new is None else {"value": new})


def edit_cases():
    r = random.Random(9)
    cases = [edit_case(d, None) for d in documents]
    while len(cases) < 220:
        source = r.choice(documents).split("\n")
        for _ in range(r.choice([0, 0, 1, 2, 3])):
            i = r.randrange(len(source))
            if r.random() < 0.6:
                source.insert(i, r.choice(lines))
            elif "'" not in source[i] and '"' not in source[i]:
                source[i] += r.choice(["  # eol", " # e", ""])
        source = "\n".join(source)
        try:
            new = edited(r, plain(loads_yaml(source)))
        except Exception:
            continue
        cases.append(edit_case(source, new if isinstance(new, dict) else None))
    return [c for c in cases if c is not None and "!!" not in c["text"]]


def write(name, cases):
    text = "[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n"
    (here / name).write_text(text)


write("emit.json", emit_cases())
write("parse.json", parse_cases())
write("edit.json", edit_cases())
