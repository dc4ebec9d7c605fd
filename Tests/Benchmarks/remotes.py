#!/usr/bin/env python3
"""Times push, pull and a push with nothing to do against one S3 server, for varve and its peers, in one run.

    python3 Tests/Benchmarks/remotes.py --varve varve --tools DIR [--dvc dvc] [--size tiny|small|full]

DIR holds `weed` (SeaweedFS, which is started on loopback) and `s5cmd`, and may hold `rclone`; the AWS tool `aws` is taken
from DIR or else from the PATH. Every result is checked: what came down must be what went up. Printed for each step: wall
seconds, CPU seconds of the client and its peak memory, the requests that the server counted in its own metrics, and the
ratios to s5cmd. s5cmd, rclone and aws copy a folder; varve and DVC hash, and varve verifies everything.
"""
import argparse, hashlib, os, random, shutil, socket, subprocess, sys, tempfile, time, urllib.request

SIZES = {"tiny": [(50, 4096), (1, 20 << 20)], "small": [(2000, 4096), (1, 256 << 20)],
         "full": [(10_000, 4096), (1, 1 << 30)]}
KEY, SECRET = "benchkey", "benchsecret12345"


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for item in sockets:
        item.bind(("127.0.0.1", 0))
    ports = [item.getsockname()[1] for item in sockets]
    for item in sockets:
        item.close()
    return ports


def start_server(tools, folder):
    ports = free_ports(11)
    with open(f"{folder}/s3.json", "w") as file:
        file.write('{"identities":[{"name":"b","credentials":[{"accessKey":"%s","secretKey":"%s"}],'
                   '"actions":["Admin","Read","Write","List","Tagging"]}]}' % (KEY, SECRET))
    os.mkdir(f"{folder}/server")
    words = [f"{tools}/weed", "mini", f"-dir={folder}/server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
             "-master.telemetry=false", "-admin.ui=false", "-webdav=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
             f"-s3.config={folder}/s3.json", "-s3.autoCreateBucket=false"]
    words.append(f"-metricsPort={ports[10]}")
    for index, name in enumerate(["s3", "master", "volume", "filer", "admin"]):
        words += [f"-{name}.port={ports[2 * index]}", f"-{name}.port.grpc={ports[2 * index + 1]}"]
    log = open(f"{folder}/server.log", "w")
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", ports[0]), 1).close()
            break
        except OSError:
            time.sleep(0.1)
    time.sleep(2)
    return process, f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[10]}/metrics"


def requests_served(metrics):
    """How many S3 requests the server has answered so far."""
    text = urllib.request.urlopen(metrics, timeout=30).read().decode()
    lines = (line for line in text.splitlines() if line.startswith("SeaweedFS_s3_request_total{"))
    return sum(int(float(line.rsplit(" ", 1)[1])) for line in lines)


def fill(folder, count, size):
    os.makedirs(folder)
    dice = random.Random(count)
    for number in range(count):
        with open(f"{folder}/{number:05}", "wb") as file:
            left = size
            while left:
                piece = dice.randbytes(min(left, 1 << 20))
                file.write(piece)
                left -= len(piece)


def fingerprint(folder):
    whole = hashlib.sha256()
    for name in sorted(os.listdir(folder)):
        with open(f"{folder}/{name}", "rb") as file:
            whole.update(name.encode() + hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


class Bench:
    def __init__(self, folder, endpoint, metrics, tools):
        self.folder, self.endpoint, self.metrics, self.tools = folder, endpoint, metrics, tools
        self.rows = []
        self.env = {"PATH": os.environ["PATH"], "HOME": f"{folder}/home", "AWS_ACCESS_KEY_ID": KEY,
                    "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
                    "DVC_NO_ANALYTICS": "1", "DVC_SITE_CACHE_DIR": f"{folder}/site",
                    "GIT_CONFIG_NOSYSTEM": "1"}
        os.makedirs(f"{folder}/home", exist_ok=True)

    def run(self, words, where=None):
        result = subprocess.run(words, cwd=where or self.folder, env=self.env, capture_output=True, text=True)
        if result.returncode:
            sys.exit(f"failed: {' '.join(words)}\n{result.stdout}{result.stderr}")
        return result.stdout

    def time(self, who, what, words, where=None):
        before = requests_served(self.metrics)
        start = time.monotonic()
        process = subprocess.Popen(words, cwd=where or self.folder, env=self.env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        if status:
            sys.exit(f"failed: {' '.join(words)}\n{errors.decode(errors='replace')}")
        self.rows.append((what, who, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024,
                          requests_served(self.metrics) - before))

    def expect(self, folder, wanted):
        if fingerprint(folder) != wanted:
            sys.exit(f"{folder} is not what was sent")

    def tool(self, who, program, data, wanted, label):
        """A tool with DVC's commands."""
        project = f"{self.folder}/{who}-{label}"
        os.mkdir(project)
        self.run(["git", "init", "-q"], project)
        self.run([program, "init", "-q"], project)
        with open(f"{project}/.dvc/config.local", "w") as file:
            file.write(f"[core]\n    remote = s\n['remote \"s\"']\n    url = s3://bench/{who}-{label}\n"
                       f"    endpointurl = {self.endpoint}\n")
        shutil.copytree(data, f"{project}/data")
        self.run([program, "add", "-q", "data"], project)
        self.time(who, f"{label} up", [program, "push", "-q"], project)
        self.time(who, f"{label} nothing to do", [program, "push", "-q"], project)
        shutil.rmtree(f"{project}/data")
        subprocess.run(["chmod", "-R", "u+w", f"{project}/.dvc/cache"], check=True)
        shutil.rmtree(f"{project}/.dvc/cache")
        shutil.rmtree(f"{self.folder}/site", ignore_errors=True)
        self.time(who, f"{label} down", [program, "fetch", "-q"], project)
        self.run([program, "checkout", "-q"], project)
        self.expect(f"{project}/data", wanted)
        subprocess.run(["chmod", "-R", "u+w", project], check=True)
        shutil.rmtree(project)

    def s5cmd(self, data, wanted, label):
        base = [f"{self.tools}/s5cmd", "--endpoint-url", self.endpoint, "--numworkers", "16", "--log", "error"]
        place = f"s3://bench/s5cmd-{label}/"
        self.time("s5cmd", f"{label} up", base + ["cp", f"{data}/", place])
        self.time("s5cmd", f"{label} nothing to do", base + ["sync", f"{data}/", place])
        self.time("s5cmd", f"{label} down", base + ["cp", f"{place}*", f"{self.folder}/s5cmd-down/"])
        self.expect(f"{self.folder}/s5cmd-down", wanted)
        shutil.rmtree(f"{self.folder}/s5cmd-down")

    def rclone(self, data, wanted, label):
        self.env.update(RCLONE_CONFIG_B_TYPE="s3", RCLONE_CONFIG_B_PROVIDER="Other",
                        RCLONE_CONFIG_B_ENV_AUTH="true", RCLONE_CONFIG_B_ENDPOINT=self.endpoint)
        base = [f"{self.tools}/rclone", "--config", "/dev/null", "--transfers", "16", "--checkers", "16"]
        place = f"b:bench/rclone-{label}"
        self.time("rclone", f"{label} up", base + ["copy", data, place])
        self.time("rclone", f"{label} nothing to do", base + ["copy", data, place])
        self.time("rclone", f"{label} down", base + ["copy", place, f"{self.folder}/rclone-down"])
        self.expect(f"{self.folder}/rclone-down", wanted)
        shutil.rmtree(f"{self.folder}/rclone-down")

    def aws(self, program, data, wanted, label):
        quiet = ["--no-progress", "--only-show-errors"]
        base = [program, "--endpoint-url", self.endpoint, "s3"]
        self.env["AWS_CONFIG_FILE"] = f"{self.folder}/aws-config"
        with open(self.env["AWS_CONFIG_FILE"], "w") as file:
            file.write("[default]\ns3 =\n  max_concurrent_requests = 16\n")
        place = f"s3://bench/aws-{label}/"
        down = f"{self.folder}/aws-down/"
        self.time("aws", f"{label} up", base + ["cp", "--recursive"] + quiet + [data, place])
        self.time("aws", f"{label} nothing to do", base + ["sync"] + quiet + [data, place])
        self.time("aws", f"{label} down", base + ["cp", "--recursive"] + quiet + [place, down])
        self.expect(down, wanted)
        shutil.rmtree(down)
        del self.env["AWS_CONFIG_FILE"]

    def report(self):
        floor = {row[0]: (row[2], row[3]) for row in self.rows if row[1] == "s5cmd"}
        print(f"Load average {os.getloadavg()[0]:.1f} at the end, {os.cpu_count()} cores, shared with the server.\n")
        print("| step | tool | wall s | CPU s | peak MiB | requests | wall / s5cmd | CPU / s5cmd |")
        print("|---|---|--:|--:|--:|--:|--:|--:|")
        order = ["varve", "s5cmd", "rclone", "aws", "dvc"]
        # Steps stay in the order in which they were done; the tools of a step come together.
        steps = list(dict.fromkeys(row[0] for row in self.rows))
        for row in sorted(self.rows, key=lambda row: (steps.index(row[0]), order.index(row[1]))):
            what, who, wall, cpu, memory, requests = row
            ratio = "".join(f" {mine / max(peer, 0.005):.2f} |" for mine, peer in zip((wall, cpu), floor[what]))
            print(f"| {what} | {who} | {wall:.2f} | {cpu:.2f} | {memory:.0f} | {requests} |{ratio}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--varve", default="varve")
    parser.add_argument("--dvc")
    parser.add_argument("--tools", required=True)
    parser.add_argument("--size", choices=SIZES, default="small")
    words = parser.parse_args()
    varve = shutil.which(words.varve) or sys.exit(f"there is no {words.varve}")
    varve = os.path.abspath(varve)
    folder = tempfile.mkdtemp(prefix="varve-remotes-")
    server, endpoint, metrics = start_server(os.path.abspath(words.tools), folder)
    try:
        bench = Bench(folder, endpoint, metrics, os.path.abspath(words.tools))
        bench.run([f"{bench.tools}/s5cmd", "--endpoint-url", endpoint, "mb", "s3://bench"])
        for count, size in SIZES[words.size]:
            label = f"{count} x {size >> 10} KiB"
            name = f"{count}x{size}"
            data = f"{folder}/data-{name}"
            fill(data, count, size)
            wanted = fingerprint(data)
            # The server makes room for a bucket's first objects, which nobody should pay for.
            bench.run([f"{bench.tools}/s5cmd", "--endpoint-url", endpoint, "cp", f"{data}/", f"s3://bench/warm-{name}/"])
            before = len(bench.rows)
            bench.tool("varve", varve, data, wanted, name)
            bench.s5cmd(data, wanted, name)
            if os.access(f"{bench.tools}/rclone", os.X_OK):
                bench.rclone(data, wanted, name)
            if aws := shutil.which("aws", path=bench.tools) or shutil.which("aws"):
                bench.aws(aws, data, wanted, name)
            if words.dvc:
                bench.tool("dvc", os.path.abspath(shutil.which(words.dvc) or words.dvc), data, wanted, name)
            bench.rows[before:] = [(row[0].replace(name, label),) + row[1:] for row in bench.rows[before:]]
        bench.report()
    finally:
        server.kill()
        server.wait()
        subprocess.run(["chmod", "-R", "u+w", folder])
        shutil.rmtree(folder, ignore_errors=True)


main()
