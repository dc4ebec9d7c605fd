#!/usr/bin/env python3
"""Times the built-in runners beside pandas and scikit-learn, and what watching a training costs, in one run.

    python3 Tests/Benchmarks/runners.py --varve varve [--python python3] [--rows 10000000] [--rounds 3]

The Python named must have pandas and scikit-learn, and Optuna 5 with joblib for tuning. Reading and judging: a CSV
file with a label and a score for each row; `wc -l` of it is the floor. Both must come to the same numbers to 1e-9.
Watching: a program that logs ten metrics a second in DVCLive's layout, alone and under `varve run train`; printed is
the CPU time that varve itself took of the wall time. Tuning: trials of a program that prints a value, kept in a
journal, one and two at a time; the floor is a shell that starts the same programs. Both must end with as many
complete trials.
"""
import argparse, json, os, random, resource, statistics, subprocess, sys, tempfile, time

JUDGE = """
import json, sys
import pandas
from sklearn import metrics as m
table = pandas.read_csv(sys.argv[1])
y, p = table["y"].to_numpy(), table["p"].to_numpy()
guess = (p >= 0.5).astype(int)
print(json.dumps({
    "accuracy": m.accuracy_score(y, guess), "precision": m.precision_score(y, guess), "recall": m.recall_score(y, guess),
    "f1": m.f1_score(y, guess), "roc_auc": m.roc_auc_score(y, p), "average_precision": m.average_precision_score(y, p),
    "log_loss": m.log_loss(y, p), "brier_score": m.brier_score_loss(y, p)}))
"""

LOGGER = """#!/bin/sh
mkdir -p dvclive/plots/metrics
printf 'step\\tloss\\n' >dvclive/plots/metrics/loss.tsv
step=0
while [ $step -lt "$1" ]; do
    printf '%s\\t0.%s\\n' $step $step >>dvclive/plots/metrics/loss.tsv
    printf '{"loss": 0.%s, "step": %s}' $step $step >dvclive/metrics.json.part
    mv dvclive/metrics.json.part dvclive/metrics.json
    step=$((step + 1))
    sleep 0.1
done
"""

OPTUNA = """
import subprocess, sys
import joblib, optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
optuna.logging.set_verbosity(optuna.logging.ERROR)
trials, jobs = int(sys.argv[1]), int(sys.argv[2])

def objective(trial):
    x, n = trial.suggest_float("x", 0, 1), trial.suggest_int("n", 1, 9)
    line = subprocess.run(["sh", "-c", f"echo y={x}"], capture_output=True, text=True, check=True).stdout
    return float(line.split("=")[1])

def study():
    return optuna.create_study(
        study_name="s", storage=JournalStorage(JournalFileBackend(f"optuna-{jobs}.jsonl")), load_if_exists=True)

def work(count):
    study().optimize(objective, n_trials=count)

study()
if jobs == 1:
    work(trials)
else:
    joblib.Parallel(n_jobs=jobs)(joblib.delayed(work)(trials // jobs) for _ in range(jobs))
print(len([t for t in study().trials if t.state.name == "COMPLETE"]))
"""


def run(words, folder, **more):
    """Wall seconds, CPU seconds, peak memory in MiB of the words' process tree so far, and what they printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, **more)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed: {done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def middle(words, folder, rounds):
    runs = [run(words, folder) for _ in range(rounds)]
    return statistics.median(r[0] for r in runs), statistics.median(r[1] for r in runs), runs[-1][2]


def make_scores(path, rows):
    source = random.Random(7)
    with open(path, "w") as file:
        file.write("y,p\n")
        for start in range(0, rows, 100_000):
            count = min(100_000, rows - start)
            lines = []
            for _ in range(count):
                p = source.random()
                lines.append(f"{int(source.random() < p)},{p:.6f}\n")
            file.writelines(lines)


def judge(folder, options):
    path = f"{folder}/scores.csv"
    make_scores(path, options.rows)
    floor = middle(["wc", "-l", path], folder, options.rounds)
    words = [options.varve, "run", "evaluate", "--predictions", path, "--target", "y", "--score", "p", "--positive", "1",
             "--metrics", "accuracy,precision,recall,f1,roc_auc,average_precision,log_loss,brier_score", "-o", "eval"]
    mine = middle(words, folder, options.rounds)
    print(f"{options.rows:,} rows, {os.path.getsize(path) >> 20} MiB; wall, CPU seconds\n")
    print(f"| | wall | CPU |\n|---|---|---|\n| `wc -l` | {floor[0]:.2f} | {floor[1]:.2f} |")
    print(f"| varve | {mine[0]:.2f} | {mine[1]:.2f} |")
    if options.python:
        other = middle([options.python, "-c", JUDGE, path], folder, options.rounds)
        print(f"| pandas and scikit-learn | {other[0]:.2f} | {other[1]:.2f} |")
        print(f"| theirs over varve's | {other[0] / mine[0]:.1f} | {other[1] / mine[1]:.1f} |")
        with open(f"{folder}/eval/metrics.json") as file:
            ours = json.load(file)
        for name, value in json.loads(other[2]).items():
            if abs(ours[name] - value) > 1e-9:
                sys.exit(f"{name}: varve says {ours[name]!r}, scikit-learn {value!r}")
    print()


def watch(folder, options):
    with open(f"{folder}/logger.sh", "w") as file:
        file.write(LOGGER)
    steps = "100"
    wall, alone, _ = run(["sh", "logger.sh", steps], folder)
    watched, both, _ = run([options.varve, "run", "train", "--", "sh", "logger.sh", steps], folder)
    share = (both - alone) / watched
    print(f"a training of {wall:.1f} s: {alone:.2f} s CPU alone, {both:.2f} s under varve: {share:.2%} of a core")


def tune(folder, options):
    trials = options.trials // 2 * 2
    floor = middle(["sh", "-c", f"i=0; while [ $i -lt {trials} ]; do sh -c 'echo y=1' >>out; i=$((i + 1)); done"],
                   folder, options.rounds)
    print(f"\n{trials} trials of `sh -c 'echo y=…'`; wall, CPU seconds\n\n| | wall | CPU |\n|---|---|---|")
    print(f"| the programs alone | {floor[0]:.2f} | {floor[1]:.2f} |")
    for jobs in (1, 2):
        words = [options.varve, "run", "tune", "-s", "x=interval(0,1)", "-s", "n=range(1,9)", "--minimize", "y",
                 "-n", str(trials), "-j", str(jobs), "--existing", "restart", "--", "sh", "-c", "echo y={x}"]
        mine = middle(words, folder, options.rounds)
        done = json.loads(run([options.varve, "run", "tune", "export", "--json"], folder)[2])
        if sum(trial["state"] == "complete" for trial in done) != trials:
            sys.exit("varve did not complete all trials")
        print(f"| varve, {jobs} at a time | {mine[0]:.2f} | {mine[1]:.2f} |")
        if not options.python:
            continue
        runs = []
        for _ in range(options.rounds):
            if os.path.exists(f"{folder}/optuna-{jobs}.jsonl"):
                os.remove(f"{folder}/optuna-{jobs}.jsonl")
            runs.append(run([options.python, "-c", OPTUNA, str(trials), str(jobs)], folder))
            if int(runs[-1][2]) != trials:
                sys.exit("Optuna did not complete all trials")
        wall, cpu = (statistics.median(r[place] for r in runs) for place in (0, 1))
        how = "one process" if jobs == 1 else f"joblib, {jobs} processes"
        print(f"| Optuna, {how} | {wall:.2f} | {cpu:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--varve", required=True)
    parser.add_argument("--python", help="one that has pandas, scikit-learn, Optuna and joblib")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    options.varve = os.path.abspath(options.varve)
    with tempfile.TemporaryDirectory(prefix="varve-runners-") as folder:
        judge(folder, options)
        watch(folder, options)
        tune(folder, options)


if __name__ == "__main__":
    main()
