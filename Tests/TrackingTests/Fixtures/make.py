"""Writes live.json: what DVCLive leaves behind after each list of operations.

Run it with a Python that has DVCLive: python make.py > live.json
"""

import json
import logging
import os
import random
import re
import struct
import sys
import tempfile

logging.disable(logging.CRITICAL)
from dvclive import Live  # noqa: E402


def open_live(resume):
    return Live("dvclive", resume=resume, save_dvc_exp=False, dvcyaml=None)


def run(operations):
    live = open_live(False)
    for name, *arguments in operations:
        if name == "log":
            live.log_metric(*arguments)
        elif name == "plain":
            live.log_metric(*arguments, plot=False)
        elif name == "stamped":
            live.log_metric(*arguments, timestamp=True)
        elif name == "next":
            live.next_step()
        elif name == "finish":
            live.end()
        elif name == "move":
            live.step = arguments[0]
        elif name == "parameters":
            live.log_params(arguments[0])
        elif name == "resume":
            live = open_live(True)
        elif name == "anew":
            live = open_live(False)
        else:
            raise ValueError(name)


def files():
    found = {}
    for folder, _, names in os.walk("dvclive"):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8", newline="") as file:
                text = file.read()
            if text.startswith("timestamp\t"):
                text = re.sub(r"(?m)^\d{13}\t", "T\t", text)
            found[os.path.relpath(path, "dvclive")] = text
    return dict(sorted(found.items()))


seeded = random.Random(6)
numbers = [0.1, 1.0, -0.0, 1e16, 1e15, 123456789012345680.0, 1e-5, 0.0001, 5e-324, 1.7976931348623157e308, 1 / 3,
           2.5, 100.0, float("nan"), float("inf"), float("-inf")]
numbers += [struct.unpack("<d", struct.pack("<Q", seeded.getrandbits(64)))[0] for _ in range(200)]
ints = [0, 1, -7, 2**62]

cases = {
    "nothing": [["finish"]],
    "steps": [op for step in range(4) for op in
              (["log", "train/loss", 1 / (step + 1)], ["log", "val/acc/top-1", step * 0.25], ["next"])] + [["finish"]],
    "no steps": [["log", "acc", 0.5], ["log", "f1", 1], ["finish"]],
    "numbers": [["log", "x", n] for n in numbers + ints] + [["next"]],
    "each number": [["log", f"x/{i}", n] for i, n in enumerate(numbers + ints)] + [["next"]],
    "words": [["log", "state", w] for w in ("warm", "a\tb", 'say "so"', "zwölf", "", " x ", "a\nb")] + [["next"]],
    "odd names": [["log", n, 1.5] for n in ("a//b", "./c/d", "grün/é", "with blank", "tab\tname", 'quote"name')]
    + [["next"]],
    "stamped": [["stamped", "t", 0.5], ["next"], ["stamped", "t", 0.25], ["next"]],
    "plain": [["plain", "best", 0.5], ["log", "loss", 0.25], ["next"]],
    "behind the last step": [["log", "loss", 0.5], ["next"], ["log", "loss", 0.25], ["next"], ["log", "test", 0.75],
                             ["finish"]],
    "moved": [["move", 10], ["log", "loss", 0.5], ["next"], ["log", "loss", 0.4], ["move", 20], ["log", "loss", 0.3],
              ["next"]],
    "resumed": [op for step in range(3) for op in (["log", "a/loss", 0.5 - step / 8], ["next"])]
    + [["parameters", {"lr": 0.1}], ["resume"], ["log", "a/loss", 0.125], ["log", "new", 3], ["next"],
       ["parameters", {"batch": 32}], ["finish"]],
    "resumed in a step": [["log", "loss", 0.5], ["next"], ["log", "loss", 0.4], ["next"], ["log", "loss", 0.3],
                          ["resume"], ["log", "loss", 0.3], ["next"]],
    "anew": [["log", "loss", 0.5], ["next"], ["parameters", {"lr": 0.1}], ["anew"], ["log", "other", 0.5], ["next"]],
    "parameters": [["parameters", {"lr": 0.001, "layers": [64, 32], "name": "net: a", "nested": {"on": True, "p": None},
                                   "text": "yes", "e": 1e-05, "big": 1e20, "n": 3}],
                   ["parameters", {"lr": 0.01, "extra": ["a", {"b": [1]}], "empty": {}, "none": []}], ["finish"]],
    "overwritten level": [["log", "a/b", 0.5], ["log", "a", 0.25], ["next"]],
}

result = []
for name, operations in cases.items():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        run(operations)
        result.append({"name": name, "operations": operations, "files": files()})
        os.chdir("/")
json.dump(result, sys.stdout, indent=1, ensure_ascii=True)
print()
