#!/bin/sh
# A base image of Debian with Python, made by debootstrap: for places from which no image registry can be reached.
#
#   docker/base-from-debootstrap.sh [NAME]      default: localhost/debian-python:bookworm
#
# Needs root, debootstrap, and Docker, Podman or Buildah (the first found of buildah, podman, docker; ENGINE chooses).
# DEBIAN_MIRROR names the mirror, SUITE the release.
set -eu

name=${1:-localhost/debian-python:bookworm}
suite=${SUITE:-bookworm}
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
for candidate in ${ENGINE:-buildah podman docker}; do
    if command -v "$candidate" >/dev/null; then engine=$candidate; break; fi
done
: "${engine:?neither buildah nor podman nor docker is installed}"

root=$(mktemp -d "${TMPDIR:-/var/tmp}/base.XXXXXX")
trap 'rm -rf "$root"' EXIT INT TERM
chmod 755 "$root" # it becomes / of the image

debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv "$suite" "$root" "$mirror" >&2

# What no process of the service reads: caches, documentation, other languages' messages; copyright notices stay.
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* "$root"/usr/share/man "$root"/usr/share/info "$root"/usr/share/locale
find "$root/usr/share/doc" -type f ! -name copyright -delete
find "$root" -name __pycache__ -type d -prune -exec rm -rf {} +

case $engine in
buildah)
    container=$(buildah from scratch)
    buildah add --quiet "$container" "$root" / >/dev/null
    buildah config --cmd bash --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
    buildah commit --quiet --rm "$container" "$name" >/dev/null
    ;;
podman | docker) tar -C "$root" -c . | "$engine" import - "$name" >/dev/null ;;
*)
    echo "ENGINE=$engine: must be buildah, podman or docker" >&2
    exit 2
    ;;
esac
echo "$name"
