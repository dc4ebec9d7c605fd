#!/usr/bin/env python3
"""Measures varve, real DVC and the least work known for each step, in one run. docs/benchmarks.md tells how to use it.

Every step is done by all engines in turn, each in a repository, home and cache of its own, so that all meet the same
machine. Every result is checked against what the benchmark knows of the data: a wrong one has no time.
"""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import engines
import report
import workloads

STEPS = [
    ("add", "add, nothing known"),
    ("status", "status, nothing changed"),
    ("add-noop", "add, nothing changed"),
    ("checkout-noop", "checkout, nothing changed"),
    ("status-cold", "status, nothing changed, index lost"),
    ("add-noop-cold", "add, nothing changed, index lost"),
    ("checkout-noop-cold", "checkout, nothing changed, index lost"),
    ("push", "push, empty remote"),
    ("push-noop", "push, nothing changed"),
    ("status-change", "status, one file changed"),
    ("add-change", "add, one file changed"),
    ("push-change", "push, one file changed"),
    ("checkout-copy", "checkout, copies"),
    ("checkout-hardlink", "checkout, hardlinks"),
    ("pull", "pull into a new clone"),
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--varve", default="varve", help="the varve to measure (default: the one on the PATH)")
    parser.add_argument("--dvc", help="a real DVC to measure beside it")
    parser.add_argument("--size", choices=sorted(workloads.SIZES), default="small")
    parser.add_argument("--workload", choices=["big", "mid", "many"], action="append", help="only this one")
    parser.add_argument("--rounds", type=int, default=3, help="how often each step is measured (default 3)")
    parser.add_argument("--root", default=default_root(), help="folder to work in (default: %(default)s)")
    parser.add_argument("--check", action="store_true", help="one round, no floors, no table: only check results")
    parser.add_argument("--json", metavar="FILE", help="write all samples to FILE")
    parser.add_argument("--seed", type=int, default=1, help="other names and bytes")
    return parser.parse_args()


def default_root():
    """Memory where there is some: disks take their own time, whoever asks."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()


def compile_launcher(folder):
    program = os.path.join(folder, "launch")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "launch.c")
    subprocess.run(["cc", "-O2", "-Wall", "-o", program, source], check=True)
    return program


def measure_workload(name, options, folder, launcher):
    """Returns samples: {step: {engine: [Sample]}}."""
    data = workloads.Data(os.path.join(folder, "seed"), *workloads.SIZES[options.size][name], options.seed)
    contestants = [engines.Engine("varve", options.varve, launcher)]
    if options.dvc:
        contestants.append(engines.Engine("dvc", options.dvc, launcher))
    if not options.check:
        contestants.append(engines.Floor(launcher))
    samples = {}
    for round_number in range(1 if options.check else options.rounds):
        for engine in contestants:
            engine.begin(os.path.join(folder, "%s-%d" % (engine.name, round_number)), data)
        order = contestants if round_number % 2 == 0 else contestants[::-1]
        for step, _ in STEPS:
            for engine in order:
                sample = engine.run(step, data)
                if sample is not None:
                    samples.setdefault(step, {}).setdefault(engine.name, []).append(sample)
                    if not options.check:
                        note(name, step, engine.name, sample)
            if step == "status-change":
                # The floors of later steps count the changed bytes as the engines do.
                data.is_changed = True
        data.restore()
        for engine in contestants:
            engine.end()
    return data, samples


def note(workload, step, engine, sample):
    text = sample.problem or "%.3f s wall, %.3f s CPU, %d MiB" % (sample.wall, sample.cpu, sample.peak >> 10)
    print("%-5s %-20s %-6s %s" % (workload, step, engine, text), file=sys.stderr, flush=True)


def main():
    options = arguments()
    # Ended by a signal, it leaves as little behind as by itself.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    folder = tempfile.mkdtemp(prefix="varve-bench-", dir=options.root)
    try:
        launcher = compile_launcher(folder)
        results = {}
        for name in options.workload or ["big", "mid", "many"]:
            place = os.path.join(folder, name)
            os.mkdir(place)
            data, samples = measure_workload(name, options, place, launcher)
            results[name] = {"description": data.description, "steps": samples}
            shutil.rmtree(place)
    finally:
        shutil.rmtree(folder, ignore_errors=True)

    problems = [
        "%s, %s, %s: %s" % (workload, step, engine, sample.problem)
        for workload, result in results.items()
        for step, by_engine in result["steps"].items()
        for engine, list_of_samples in by_engine.items()
        for sample in list_of_samples
        if sample.problem
    ]
    if options.json:
        with open(options.json, "w") as file:
            json.dump(report.as_json(results, options), file, indent=1)
            file.write("\n")
    if not options.check:
        print(report.as_markdown(results, dict(STEPS)))
    for problem in problems:
        print("wrong: " + problem, file=sys.stderr)
    if options.check and not problems:
        print("every result is right")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
