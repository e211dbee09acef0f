"""The container image, built and started: takes minutes, so it is run by name (`pytest -m slow`) or as `make image-check`."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ops.running import tool

ROOT = Path(__file__).resolve().parents[2]


def built_by(folder: Path, engines: dict[str, str], **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `docker/build.sh` where only these engines are installed; each is a script that notes what it is asked."""
    folder.mkdir()
    for name in ("dirname", "sed", "git"):
        (folder / name).symlink_to(tool(name))
    for name, script in engines.items():
        (folder / name).write_text(f'#!/bin/sh\necho "{name} $1" >>"$NOTES"\n{script}\n')
        (folder / name).chmod(0o755)
    return subprocess.run(
        ["/bin/sh", ROOT / "docker" / "build.sh"],
        env={"PATH": str(folder), "NOTES": str(folder / "notes"), **settings},
        capture_output=True,
        text=True,
        check=False,
    )


WHOLE, NO_DAEMON, NO_BUILDX = "exit 0", '[ "$1" != info ]', '[ "$1" != buildx ]'


@pytest.mark.parametrize(
    ("engines", "settings", "builds"),
    [
        ({"docker": WHOLE, "podman": WHOLE, "buildah": WHOLE}, {}, "docker"),
        ({"docker": NO_DAEMON, "podman": WHOLE, "buildah": WHOLE}, {}, "podman"),
        ({"docker": NO_BUILDX, "buildah": WHOLE}, {}, "buildah"),
        ({"docker": WHOLE, "podman": WHOLE}, {"ENGINE": "podman"}, "podman"),
        ({"docker": NO_DAEMON, "podman": WHOLE}, {"ENGINE": "docker"}, "docker"),
    ],
)
def test_the_first_engine_that_can_build_does(tmp_path, engines, settings, builds):
    run = built_by(tmp_path / "bin", engines, **settings)
    assert run.returncode == 0, run.stderr
    notes = (tmp_path / "bin" / "notes").read_text().splitlines()
    assert [note for note in notes if note.endswith(" build")] == [f"{builds} build"]


def test_without_an_engine_it_says_what_is_missing(tmp_path):
    run = built_by(tmp_path / "bin", {"docker": NO_DAEMON})
    assert run.returncode != 0
    assert "neither Docker with its daemon and buildx nor Podman nor Buildah is here" in run.stderr


def test_the_packages_of_the_base_are_told_as_cyclonedx():
    lines = "ii \ttzdata\t2026a-0+deb12u1\tall\nrc \tgone\t1\tall\nii \tlibstdc++6\t1:12.2.0~14\tamd64\n"
    run = subprocess.run(
        [sys.executable, ROOT / "docker" / "base-sbom.py"], input=lines, capture_output=True, text=True, check=True
    )
    bom = json.loads(run.stdout)
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    first, second, python = bom["components"]
    assert (first["name"], first["version"]) == ("libstdc++6", "1:12.2.0~14")
    assert first["purl"].endswith("/libstdc%2B%2B6@1%3A12.2.0~14?arch=amd64")
    assert second["purl"].endswith("/tzdata@2026a-0%2Bdeb12u1?arch=all")
    assert (python["name"], python["version"]) == ("python", platform.python_version())


@pytest.mark.slow
def test_the_image_is_built_started_and_looked_into():
    tool("buildah")
    tool("debootstrap")
    if os.geteuid() != 0:
        pytest.skip("mounting an image needs root")
    run = subprocess.run([ROOT / "docker" / "check.sh"], capture_output=True, text=True, timeout=900, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("ok    ") == 21
