#!/usr/bin/env python3
"""Runs two real studies, kills them again and again, and lets Optuna read what came of it.

    python3 Tests/Benchmarks/studies.py --varve varve --python python3 [--diamonds diamonds.csv] [--trials 100] [--seed 1]

One study is of a scikit-learn program on the breast cancer data; the other, where a CSV of the diamonds data is named (it
is in the package plotnine), trains XGBoost in varve itself. Each is run once undisturbed and once while its coordinator,
and the programs of its trials, are ended by SIGKILL at random, then resumed. Both must be the same study: every trial
once, with the same state, values, parameters and reports. Optuna must load both journals and agree on states, the best
trial and the importance of parameters. The Python named must have scikit-learn and Optuna 5.
"""
import argparse, json, os, random, signal, subprocess, sys, tempfile, time

PROGRAM = """
import argparse, json, os
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
parser = argparse.ArgumentParser()
for name in ("lr", "depth", "sub", "n"):
    parser.add_argument("--" + name, type=float)
parser.add_argument("--out")
options = parser.parse_args()
x, y = load_breast_cancer(return_X_y=True)
x, held_x, y, held_y = train_test_split(x, y, test_size=0.3, random_state=0, stratify=y)
model = GradientBoostingClassifier(
    learning_rate=options.lr, max_depth=int(options.depth), subsample=options.sub, warm_start=True, random_state=0)
os.makedirs(options.out + "/plots/metrics", exist_ok=True)
with open(options.out + "/plots/metrics/loss.tsv", "w", buffering=1) as table:
    table.write("step\\tloss\\n")
    for step in range(4):
        model.n_estimators = max(1, int(options.n) * (step + 1) // 4)
        model.fit(x, y)
        loss = log_loss(held_y, model.predict_proba(held_x))
        table.write(f"{step}\\t{loss}\\n")
with open(options.out + "/metrics.json", "w") as file:
    json.dump({"loss": loss}, file)
"""

READER = """
import json, sys
import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
study = optuna.load_study(study_name=sys.argv[2], storage=JournalStorage(JournalFileBackend(sys.argv[1])))
print(json.dumps({
    "best": study.best_trial.number, "states": [trial.state.name for trial in study.trials],
    "importance": optuna.importance.get_param_importances(study)}))
"""

STATES = {"complete": "COMPLETE", "pruned": "PRUNED", "failed": "FAIL"}


class Study:
    def __init__(self, options, folder, begin):
        self.options, self.folder, self.begin = options, folder, begin

    def tune(self, *words):
        return [self.options.varve, "run", "tune", *words]

    def start(self, words):
        log = open(f"{self.folder}/log", "a")
        return subprocess.Popen(words, cwd=self.folder, stdout=log, stderr=log)

    def read(self, *words):
        done = subprocess.run(self.tune(*words), cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{words} failed: {done.stderr}")
        return json.loads(done.stdout)

    def calm(self):
        if self.start(self.tune("--study", "calm", *self.begin)).wait():
            sys.exit(f"the study failed; see {self.folder}/log")

    def kill(self, source):
        """Runs the study while it is killed; says how often."""
        kills = {"coordinator": 0, "trial": 0}
        running = self.start(self.tune("--study", "killed", *self.begin))
        while running.poll() is None:
            time.sleep(source.uniform(0.5, 6))
            programs = subprocess.run(["pgrep", "-P", str(running.pid)], capture_output=True, text=True).stdout.split()
            if programs and source.random() < 0.3:
                subprocess.run(["kill", "-9", source.choice(programs)], stderr=subprocess.DEVNULL)
                kills["trial"] += 1
            if running.poll() is None and source.random() < 0.3:
                running.send_signal(signal.SIGKILL)
                running.wait()
                kills["coordinator"] += 1
                running = self.start(self.tune("resume", "--study", "killed"))
        if running.returncode:
            sys.exit(f"the killed study failed; see {self.folder}/log")
        return kills

    def check(self):
        keys = ["number", "state", "values", "params", "reports"]
        studies = {name: self.read("export", "--json", "--study", name) for name in ("calm", "killed")}
        calm, killed = ([{key: trial.get(key) for key in keys} for trial in trials] for trials in studies.values())
        if calm != killed:
            sys.exit("the killed study is another one")
        for name, trials in studies.items():
            theirs = json.loads(subprocess.run(
                [self.options.python, "-c", READER, f".tune/{name}.jsonl", name], cwd=self.folder, check=True,
                capture_output=True, text=True).stdout)
            mine = self.read("importance", "--json", "--study", name)
            if theirs["best"] != self.read("best", "--json", "--study", name)[0]["number"]:
                sys.exit("Optuna has another best trial")
            if theirs["states"] != [STATES[trial["state"]] for trial in trials]:
                sys.exit("Optuna has other states")
            if list(mine) != list(theirs["importance"]):
                sys.exit(f"Optuna has another order of importance: {mine}, {theirs['importance']}")
        return calm


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--varve", required=True)
    parser.add_argument("--python", required=True, help="one that has scikit-learn and Optuna")
    parser.add_argument("--diamonds", help="the diamonds data as CSV")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1, help="of the kills")
    options = parser.parse_args()
    options.varve = os.path.abspath(options.varve)
    common = ["-n", str(options.trials), "-j", "2", "--order", "strict", "--window", "4", "--pruner", "median"]
    studies = {"scikit-learn on breast cancer": [
        "-s", "lr=tag(log,interval(0.01,0.5))", "-s", "depth=range(1,6)", "-s", "sub=interval(0.4,1)", "-s",
        "n=range(8,60)", "--minimize", "loss", "--seed", "7", "--retries", "9", *common, "--", options.python, "train.py",
        "--lr", "{lr}", "--depth", "{depth}", "--sub", "{sub}", "--n", "{n}", "--out", "{dir}"]}
    if options.diamonds:
        studies["XGBoost on diamonds, in varve"] = [
            "--train", "-s", "eta=tag(log,interval(0.02,0.5))", "-s", "max_depth=range(3,9)", "-s",
            "subsample=interval(0.5,1)", "-s", "min_child_weight=tag(log,interval(1,20))", "--minimize", "valid.rmse",
            "--seed", "3", *common, "--", "--data", os.path.abspath(options.diamonds), "--target", "price",
            "--valid-fraction", "0.2", "--rounds", "60", "--seed", "1"]
    os.environ["OMP_NUM_THREADS"] = "1"
    for name, words in studies.items():
        with tempfile.TemporaryDirectory(prefix="varve-studies-") as folder:
            with open(f"{folder}/train.py", "w") as file:
                file.write(PROGRAM)
            study = Study(options, folder, words)
            start = time.perf_counter()
            study.calm()
            wall = time.perf_counter() - start
            kills = study.kill(random.Random(options.seed))
            trials = study.check()
            states = ", ".join(f"{sum(t['state'] == state for t in trials)} {state}" for state in STATES)
            print(f"{name}: {len(trials)} trials in {wall:.0f} s ({states}); killed: coordinator {kills['coordinator']} "
                  f"times, trials {kills['trial']} times; the same study, and Optuna agrees", flush=True)


if __name__ == "__main__":
    main()
