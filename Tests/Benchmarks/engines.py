"""Who does the steps: a program with DVC's commands, or the floors; and the checks of what they did."""
import dataclasses
import hashlib
import os
import re
import shutil
import subprocess

SAMPLED = 200


@dataclasses.dataclass
class Sample:
    wall: float = 0
    cpu: float = 0
    peak: int = 0
    problem: str = ""


class Runner:
    """Runs commands under the launcher, which tells what they used."""

    def __init__(self, name, launcher):
        self.name, self.launcher = name, launcher
        self.folder = None

    def measure(self, words, directory, environment=None):
        """Returns a sample, and what the command printed."""
        usage = os.path.join(self.folder, "usage")
        with open(os.path.join(self.folder, "printed"), "w+") as printed:
            subprocess.run(
                [self.launcher, usage, *words], cwd=directory, env=environment, stdin=subprocess.DEVNULL,
                stdout=printed, stderr=subprocess.STDOUT, check=True)
            printed.seek(0)
            text = printed.read()
        with open(usage) as file:
            status, wall, cpu, peak, left_behind = file.read().split()
        sample = Sample(float(wall), float(cpu), int(peak))
        if status != "0":
            sample.problem = "exit status %s: %s" % (status, text.strip()[-300:])
        elif left_behind != "0":
            sample.problem = "left a process behind"
        return sample, text

    def end(self):
        shutil.rmtree(self.folder)


class Floor(Runner):
    """The least work known for a step, done by programs that everybody has."""

    def __init__(self, launcher):
        super().__init__("floor", launcher)

    def begin(self, folder, data):
        self.folder, self.made = folder, 0
        os.mkdir(folder)

    def run(self, step, data):
        source = os.path.join(data.folder, "")
        self.made += 1
        target = os.path.join(self.folder, "made%d" % self.made)
        walk = "find '%s' -printf '%%s %%T@ %%i\\n'" % source
        digests = "find '%s' -type f -print0 | xargs -0 md5sum" % source
        copy = "cp -r '%s' '%s'" % (source, target)
        script = {
            "add": "%s && %s" % (digests, copy),
            "status": walk, "add-noop": walk, "checkout-noop": walk, "push-noop": walk,
            "status-cold": digests, "add-noop-cold": digests, "checkout-noop-cold": digests,
            "push": copy,
            "status-change": walk + " && md5sum '%s'" % os.path.join(source, data.changed_path),
            "add-change": walk + " && md5sum '%s' && cp '%s' '%s'" % (
                os.path.join(source, data.changed_path), os.path.join(source, data.changed_path), target),
            "push-change": "cp '%s' '%s'" % (os.path.join(source, data.changed_path), target),
            "checkout-copy": copy,
            "checkout-hardlink": "cp -al '%s' '%s'" % (source, target),
            "pull": "%s && cp -r '%s' '%s-2'" % (copy, source, target),
        }[step]
        sample, _ = self.measure(["sh", "-c", "{ %s; } >'%s'" % (script, target + ".out")], self.folder)
        for made in (target, target + "-2", target + ".out"):
            remove(made)
        return sample


class Engine(Runner):
    """A program that takes DVC's commands."""

    def __init__(self, name, command, launcher):
        super().__init__(name, launcher)
        self.command = shutil.which(command)
        if self.command is None:
            raise SystemExit("error: there is no program '%s'" % command)
        # A path that was given relatively must hold in every folder. A link's own name is kept: it may mean something.
        self.command = os.path.abspath(self.command)

    def begin(self, folder, data):
        """Makes a Git repository with the data in it, nothing of which is known to the engine."""
        self.folder = folder
        self.repository, self.remote = os.path.join(folder, "repository"), os.path.join(folder, "remote")
        os.makedirs(self.repository)
        os.mkdir(self.remote)
        self.environment = {
            "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": os.path.join(folder, "home"),
            "GIT_CONFIG_NOSYSTEM": "1", "DVC_NO_ANALYTICS": "1",
            "DVC_SITE_CACHE_DIR": os.path.join(folder, "site"),
            "DVC_GLOBAL_CONFIG_DIR": os.path.join(folder, "global"),
            "DVC_SYSTEM_CONFIG_DIR": os.path.join(folder, "system"),
        }
        os.mkdir(self.environment["HOME"])
        self.do("git", "init", "-q")
        self.do(self.command, "init", "-q")
        self.do(self.command, "config", "core.check_update", "false")
        self.do(self.command, "remote", "add", "-q", "-d", "storage", self.remote)
        self.data_folder = os.path.join(self.repository, "data")
        subprocess.run(["cp", "-rp", data.folder, self.data_folder], check=True)
        self.cache = os.path.join(self.repository, ".dvc", "cache")

    def do(self, *words):
        """A command that is not measured."""
        done = subprocess.run(
            words, cwd=self.repository, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise SystemExit("error: `%s` failed:\n%s" % (" ".join(words), done.stdout))

    def run(self, step, data):
        verb = step.split("-")[0]
        if step.endswith("-cold") or step == "pull":
            self.forget_index()
        if step == "status-change":
            data.change(self.data_folder)
        if step in ("checkout-copy", "checkout-hardlink"):
            self.do(self.command, "config", "cache.type", step.split("-")[1])
            remove(self.data_folder)
        if step == "pull":
            self.do(self.command, "config", "cache.type", "copy")
            remove(self.data_folder)
            remove(self.cache)
        words = [self.command, verb, "data"] if verb == "add" else [self.command, verb]
        sample, printed = self.measure(words, self.repository, self.environment)
        if not sample.problem:
            sample.problem = self.problem_after(step, printed, data)
        return sample

    def forget_index(self):
        """Removes all that an engine remembers of files beside what is in the cache."""
        remove(os.path.join(self.repository, ".dvc", "tmp"))
        remove(self.environment["DVC_SITE_CACHE_DIR"])

    def problem_after(self, step, printed, data):
        verb = step.split("-")[0]
        if verb == "status":
            said = "modified:" if step == "status-change" else "Data and pipelines are up to date."
            return "" if said in printed else "status printed: " + printed.strip()[-300:]
        if verb == "push":
            if step == "push-noop" and "Everything is up to date." not in printed:
                return "push printed: " + printed.strip()[-300:]
            return wrong_objects(self.remote, data)
        return (
            self.wrong_pointer(data)
            or wrong_objects(self.cache, data, all_versions=step != "pull")
            or self.wrong_data(data, linked=step == "checkout-hardlink"))

    def wrong_pointer(self, data):
        with open(os.path.join(self.repository, "data.dvc")) as file:
            text = file.read()
        if not re.search(r"^- md5: %s$" % re.escape(data.directory_id), text, re.MULTILINE):
            return "data.dvc does not record %s: %s" % (data.directory_id, text)
        if "nfiles: %d\n" % data.count not in text or "size: %d\n" % (data.count * data.size) not in text:
            return "data.dvc has a wrong size or number of files: " + text
        return ""

    def wrong_data(self, data, linked):
        found = {os.path.relpath(path, self.data_folder) for path in files_under(self.data_folder)}
        if found != set(data.digests):
            return "%d files in the workspace, of which %d should not be there" % (
                len(found), len(found - set(data.digests)))
        for path in sampled(sorted(found)):
            whole = os.path.join(self.data_folder, path)
            if digest_of(whole) != data.digests[path]:
                return "wrong bytes in " + path
            if linked and os.stat(whole).st_nlink < 2:
                return "not a hardlink: " + path
        return ""


def wrong_objects(store, data, all_versions=True):
    """What is wrong with the objects of a cache or remote; a sample of them is read."""
    root = os.path.join(store, "files", "md5")
    found = {os.path.relpath(path, root) for path in files_under(root)}
    expected = data.object_names()
    if not all_versions:
        now = set(data.digests.values()) | {data.directory_id}
        expected = {"%s/%s" % (name[:2], name[2:]) for name in now}
    if found != expected:
        return "objects in %s: %d missing, %d too many" % (
            os.path.basename(store), len(expected - found), len(found - expected))
    for name in sampled(sorted(found)):
        if digest_of(os.path.join(root, name)) + (".dir" if name.endswith(".dir") else "") != name.replace("/", ""):
            return "the bytes of object %s are wrong" % name
    return ""


def sampled(names):
    return names[:: max(1, len(names) // SAMPLED)]


def files_under(folder):
    for directory, _, names in os.walk(folder):
        for name in names:
            yield os.path.join(directory, name)


def digest_of(path):
    digest = hashlib.md5()
    with open(path, "rb") as file:
        while block := file.read(4 << 20):
            digest.update(block)
    return digest.hexdigest()


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.remove(path)
