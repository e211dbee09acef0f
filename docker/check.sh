#!/bin/bash
# Build the image, start it as a cluster would (not root, root file system read-only, nothing writable but /data and /tmp), and look into it.
#
#   BASE_IMAGE   else one made by docker/base-from-debootstrap.sh, so that no image registry is needed
#
# Needs root, Buildah and, without BASE_IMAGE, debootstrap; no container runtime: the image is mounted, and the service started in it by chroot.
set -euo pipefail
cd "$(dirname "$0")/.."

export ENGINE=buildah BUILDAH_ISOLATION=chroot TAG=localhost/baclofen-cds:check
if [ -z "${BASE_IMAGE:-}" ]; then
    BASE_IMAGE=localhost/debian-python:bookworm
    buildah inspect --type image "$BASE_IMAGE" >/dev/null 2>&1 || docker/base-from-debootstrap.sh "$BASE_IMAGE" >/dev/null
fi
export BASE_IMAGE
docker/build.sh >/dev/null

failed=0
check() { # WHAT COMMAND…
    local what=$1
    shift
    local told
    if told=$("$@" 2>&1); then echo "ok    $what"; else
        echo "FAIL  $what: $told"
        failed=1
    fi
}
not() { ! "$@"; }
no_lines() { [ "$("$@" | wc -l)" = 0 ]; }

config() { buildah inspect --type image --format "{{$1}}" "$TAG"; }
label() { config "index .Docker.Config.Labels \"org.opencontainers.image.$1\""; }
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' cds/__init__.py)
check "the user is a number, and not root" test "$(config .Docker.Config.User)" = 10001:10001
check "a health check is declared" test "$(config .Docker.Config.Healthcheck.Test)" = "[CMD baclofen-cds health]"
check "label: version" test "$(label version)" = "$version"
check "label: licence" test "$(label licenses)" = Apache-2.0
check "label: revision" test "$(label revision)" != unknown

container=$(buildah from "$TAG")
root=$(buildah mount "$container")
state=$(mktemp -d "${TMPDIR:-/var/tmp}/image-check.XXXXXX")
trap 'buildah rm "$container" >/dev/null; rm -rf "$state"' EXIT

tools=$(find "$root" -type f -perm /111 -regextype posix-extended \
    -regex '.*/(gcc|cc|c\+\+|g\+\+|clang|ld|as|make|pip[0-9.]*|uv|git|curl|wget)(-[0-9.]+)?' -printf '%P ')
check "no compiler, linker, pip or downloader inside${tools:+: $tools}" test -z "$tools"
installers=$(find "$root" -xdev -regextype posix-extended -regex '.*/(ensurepip|python-wheels|(site|dist)-packages/(pip|setuptools|wheel)(-[^/]*)?)' -printf '%P ')
check "nothing else that installs Python packages${installers:+: $installers}" test -z "$installers"
check "the service's files belong to root, and only to root" no_lines find "$root/opt" \( ! -user root -o -perm /022 \) ! -type l

# In a mount namespace of its own: the root read-only, /data and /tmp of their own, and the user of the image.
port=$((20000 + RANDOM % 20000))
printf 'issuers:\n  - {name: check, iss: https://ehr.example, jku: [https://ehr.example/jwks], fhir_servers: [https://ehr.example/fhir]}\n' >"$state/issuers.yaml"
enter() {
    exec unshare --mount --propagation private bash -euc '
        root=$1; state=$2; shift 2
        mount --bind "$root" "$root"
        mount --bind "$state/data" "$root/data"
        mount -t tmpfs tmpfs "$root/tmp"
        mount --rbind /dev "$root/dev"
        mount --rbind /proc "$root/proc"
        mount -o remount,ro,bind "$root"
        exec chroot --userspec=10001:10001 "$root" /usr/bin/env -i "$@"' - "$root" "$state" \
        PATH=/opt/baclofen-cds/bin:/usr/local/bin:/usr/bin:/bin HOME=/data PYTHONDONTWRITEBYTECODE=1 \
        CDS_HOST=0.0.0.0 CDS_DATA_DIR=/data CDS_LOG_FORMAT=json CDS_PORT="$port" \
        CDS_WORKERS=2 CDS_PUBLIC_URL=https://cds.example CDS_ISSUERS=/data/issuers.yaml "$@"
}
inside() { (enter "$@"); }
mkdir -m 700 "$state/data"
mv "$state/issuers.yaml" "$state/data"
chown -R 10001:10001 "$state/data"

check "the root file system is read-only" not inside sh -c 'echo >/opt/x'
check "/data and /tmp can be written" inside sh -c 'echo >/data/x && rm /data/x && echo >/tmp/x'
check "TZ sets the time zone" inside env TZ=America/New_York python3 -c '
import datetime
assert datetime.datetime(2026, 7, 1, 12).astimezone().utcoffset() == datetime.timedelta(hours=-4)'
check "a stored call is answered" inside sh -c \
    'baclofen-cds evaluate "$(python3 -c "from cds.examples import ORDER_SIGN; print(ORDER_SIGN)")" --today 2026-11-23 | grep RenalSevere'
check "the SBOM is CycloneDX and lists every distribution" inside python3 -c '
import importlib.metadata, json
bom = json.load(open("/usr/share/sbom/baclofen-cds.cdx.json"))
key = lambda name, version: (name.lower().replace("_", "-").replace(".", "-"), version)
listed = {key(c["name"], c["version"]) for c in [*bom["components"], bom["metadata"]["component"]]}
found = {key(d.metadata["Name"], d.version) for d in importlib.metadata.distributions()}
assert bom["bomFormat"] == "CycloneDX" and found <= listed and len(found) > 40, found - listed'
check "a second SBOM lists every package of the base" inside python3 -c '
import json, platform, subprocess
bom = json.load(open("/usr/share/sbom/base.cdx.json"))
listed = {(c["name"], c["version"]) for c in bom["components"]}
told = subprocess.run(["dpkg-query", "--show", "--showformat", "${Package} ${Version}\\n"], capture_output=True, text=True, check=True).stdout
found = {tuple(line.split()) for line in told.splitlines()} | {("python", platform.python_version())}
assert listed == found and len(found) > 50, listed ^ found'

enter baclofen-cds serve >"$state/output" 2>&1 &
service=$!
trap 'kill -KILL "$service" 2>/dev/null || true; wait; buildah rm "$container" >/dev/null; rm -rf "$state"' EXIT
started=$(date +%s%N)
until inside baclofen-cds health >/dev/null 2>&1; do
    if ! kill -0 "$service" 2>/dev/null || [ $(($(date +%s%N) - started)) -gt 60000000000 ]; then
        cat "$state/output"
        exit 1
    fi
    sleep 0.2
done
check "the health check passes" inside baclofen-cds health
check "no process of it is root" test "$(ps -o uid= -p "$service" --ppid "$service" | sort -u | tr -d ' ')" = 10001
check "two workers answer" test "$(ps -o pid= --ppid "$service" | wc -l)" = 2
check "who is not known gets 401" test "$(python3 -c '
import sys, urllib.error, urllib.request
try: print(urllib.request.urlopen(sys.argv[1]).status)
except urllib.error.HTTPError as error: print(error.code)' "http://127.0.0.1:$port/cds-services")" = 401
check "the secret is nobody else's" test "$(stat -c '%a %u' "$state/data/secret")" = "600 10001"
kill -TERM "$service"
status=0
wait "$service" || status=$?
check "SIGTERM ends it with status 0" test "$status" = 0
check "then the health check fails" not inside baclofen-cds health
[ "$failed" = 0 ] || cat "$state/output"

echo "size: $(buildah images --format '{{.Size}}' "$TAG"), of which base $(buildah images --format '{{.Size}}' "$BASE_IMAGE")"
exit "$failed"
