"""The container image, built and started: takes minutes, so it is run by name (`pytest -m slow`) or as `make image-check`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.ops.running import tool

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_image_is_built_started_and_looked_into():
    tool("buildah")
    tool("debootstrap")
    if os.geteuid() != 0:
        pytest.skip("mounting an image needs root")
    run = subprocess.run([ROOT / "docker" / "check.sh"], capture_output=True, text=True, timeout=900, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("ok    ") == 19
