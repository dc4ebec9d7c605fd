#!/usr/bin/env python3
"""Times the commands that compare revisions, for varve and DVC on one repository, in one run.

    python3 Tests/Benchmarks/compare.py --varve varve [--dvc dvc] [--commits 100] [--rounds 3]

The history has a commit for each training run: params.yaml, metrics.json (in Git), scores.json (in the cache), a loss curve
of 1,000 rows and a directory of 200 files of which two change each time. `git log --stat` of the same history is the floor:
what reading all commits costs with no parsing at all. What both print as JSON must be the same. Printed for each command:
wall and CPU seconds (the middle of the rounds) of both, and DVC's over varve's.
"""
import argparse, json, os, resource, statistics, subprocess, sys, tempfile, time

COMMANDS = [
    ("metrics show, all commits", ["metrics", "show", "--all-commits", "--json"]),
    ("metrics diff, 1 to last", ["metrics", "diff", "c1", "HEAD", "--json"]),
    ("params diff, 1 to last", ["params", "diff", "c1", "HEAD", "--json"]),
    ("plots diff, 3 revisions", ["plots", "diff", "--json", "c1", "c2", "HEAD"]),
    ("plots show, page", ["plots", "show", "-o", "page"]),
    ("diff, 1 to last", ["diff", "c1", "HEAD", "--json"]),
]


def run(words, folder, env):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed: {done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def make_history(folder, varve, commits, env):
    def call(*words):
        run(list(words), folder, env)
    call("git", "init", "-q", "-b", "main")
    call("git", "config", "user.name", "B")
    call("git", "config", "user.email", "b@example.org")
    call(varve, "init", "-q")
    write(f"{folder}/dvc.yaml", "metrics:\n- metrics.json\nparams:\n- params.yaml\nstages:\n  train:\n    cmd: 'true'\n"
          "    deps:\n    - params.yaml\n    metrics:\n    - scores.json\n    plots:\n    - loss.csv:\n        cache: false\n"
          "        x: step\n        y: loss\n")
    for number in range(200):
        write(f"{folder}/data/{number:03}.txt", f"{number}\n")
    for commit in range(1, commits + 1):
        write(f"{folder}/params.yaml", f"lr: {commit / 1000}\nlayers: [{commit}, 2]\nmodel:\n  name: m{commit}\n  depth: 3\n")
        metrics = {f"class{i}": {"precision": (commit + i) % 97 / 97, "recall": (commit * i) % 89 / 89} for i in range(20)}
        write(f"{folder}/metrics.json", json.dumps(metrics))
        write(f"{folder}/scores.json", json.dumps({"auc": commit / 101, "loss": 1 / commit}))
        rows = "".join(f"{step},{1 / (step + commit):.6f}\n" for step in range(1000))
        write(f"{folder}/loss.csv", "step,loss\n" + rows)
        for number in (commit % 200, commit * 7 % 200):
            write(f"{folder}/data/{number:03}.txt", f"{number} of {commit}\n")
        call(varve, "add", "-q", "data")
        call(varve, "commit", "-q", "-f", "train")
        call("git", "add", "--all")
        call("git", "commit", "-q", "-m", f"Run {commit}")
        call("git", "tag", f"c{commit}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--varve", required=True)
    parser.add_argument("--dvc")
    parser.add_argument("--commits", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    varve = os.path.abspath(options.varve)
    engines = {"varve": varve} | ({"dvc": options.dvc} if options.dvc else {})
    with tempfile.TemporaryDirectory(prefix="varve-compare-") as root:
        folder = f"{root}/work"
        os.mkdir(folder)
        env = dict(os.environ, HOME=root, DVC_NO_ANALYTICS="1", DVC_SITE_CACHE_DIR=f"{root}/site", GIT_CONFIG_NOSYSTEM="1")
        make_history(folder, varve, options.commits, env)
        floor = statistics.median(run(["git", "log", "--stat"], folder, env)[0] for _ in range(options.rounds))
        print(f"{options.commits} commits; `git log --stat` {floor:.3f} s\n")
        heads = ["", *(f"{name} wall, CPU" for name in engines), *(["DVC / varve wall, CPU"] if options.dvc else [])]
        print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
        for title, words in COMMANDS:
            results = {}
            for name, program in engines.items():
                runs = [run([program, *words], folder, env) for _ in range(options.rounds)]
                results[name] = (statistics.median(r[0] for r in runs), statistics.median(r[1] for r in runs), runs[0][2])
            if options.dvc and "--json" in words:
                seen = [normal(json.loads(result[2])) for result in results.values()]
                if seen[0] != seen[1]:
                    sys.exit(f"{title}: varve and DVC do not print the same")
            cells = [title, *(f"{wall:.3f}, {cpu:.3f}" for wall, cpu, _ in results.values())]
            if options.dvc:
                mine, theirs = results["varve"], results["dvc"]
                cells.append(f"{theirs[0] / mine[0]:.0f}, {theirs[1] / mine[1]:.0f}")
            print("| " + " | ".join(cells) + " |", flush=True)


def normal(value):
    """Lists in one order: that of DVC changes from run to run in some of them."""
    if isinstance(value, dict):
        return {key: normal(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((normal(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return value


if __name__ == "__main__":
    main()
