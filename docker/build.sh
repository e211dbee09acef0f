#!/bin/sh
# Build the image with Docker, Podman or Buildah: `make image`.
#
#   ENGINE      docker, podman or buildah; else the first of them that can build here: Docker needs its daemon and buildx
#   BASE_IMAGE  else the one that docker/Dockerfile names
#   TAG         else baclofen-cds:VERSION
#   PIP_CERT, PIP_CONFIG_FILE   where they are set: certificates and configuration of pip, for the build only
#
# Buildah without privileges: BUILDAH_ISOLATION=chroot.
set -eu
cd "$(dirname "$0")/.."

can_build() {
    command -v "$1" >/dev/null || return 1
    [ "$1" != docker ] || { docker info && docker buildx version; } >/dev/null 2>&1
}
engine=${ENGINE:-}
if [ -z "$engine" ]; then
    for candidate in docker podman buildah; do
        if can_build "$candidate"; then engine=$candidate; break; fi
    done
    : "${engine:?neither Docker with its daemon and buildx nor Podman nor Buildah is here}"
fi

version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' cds/__init__.py)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
[ -z "$(git status --porcelain --untracked-files=no 2>/dev/null)" ] || revision="$revision-modified"
tag=${TAG:-baclofen-cds:$version}

set -- --file docker/Dockerfile --tag "$tag" --build-arg "VERSION=$version" --build-arg "REVISION=$revision"
[ -z "${SOURCE:-}" ] || set -- "$@" --build-arg "SOURCE=$SOURCE"
[ -z "${BASE_IMAGE:-}" ] || set -- "$@" --build-arg "BASE_IMAGE=$BASE_IMAGE"
[ -z "${PIP_CERT:-}" ] || set -- "$@" --secret "id=ca,src=$PIP_CERT"
[ -z "${PIP_CONFIG_FILE:-}" ] || set -- "$@" --secret "id=pip,src=$PIP_CONFIG_FILE"
case $engine in
docker) docker build "$@" . ;;
podman | buildah) "$engine" build --layers --format docker "$@" . ;; # the OCI format has no health check
*)
    echo "ENGINE=$engine: must be docker, podman or buildah" >&2
    exit 2
    ;;
esac
echo "$tag"
