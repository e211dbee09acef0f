"""Scripts of others are the files that the lock names."""

import base64
import hashlib
import json
import re
from pathlib import Path

import cds.web

WEB = Path(cds.web.__file__).parent
VENDOR = WEB / "assets/vendor"


def test_every_script_of_others_is_the_recorded_one():
    scripts = sorted(VENDOR.glob("*.js"))
    assert [script.name for script in scripts] == ["chart.umd.js"]
    for script in scripts:
        recorded, name = (VENDOR / f"{script.name}.sha256").read_text().split()
        assert name == script.name
        assert hashlib.sha256(script.read_bytes()).hexdigest() == recorded


def test_the_script_is_of_the_version_that_the_lock_names():
    lock = json.loads((WEB / "package-lock.json").read_text())
    wanted = json.loads((WEB / "package.json").read_text())["dependencies"]["chart.js"]
    assert lock["packages"]["node_modules/chart.js"]["version"] == wanted
    assert re.search(r"Chart\.js v([0-9.]+)", (VENDOR / "chart.umd.js").read_text("utf-8"))[1] == wanted
    for name, package in lock["packages"].items():
        if name:
            kind, _, digest = package["integrity"].partition("-")
            assert (kind, len(base64.b64decode(digest))) == ("sha512", 64)


def test_every_script_of_others_comes_with_its_licence():
    for name in ("chart", "color"):
        assert "MIT" in (VENDOR / f"{name}.LICENSE.md").read_text("utf-8")


def test_no_script_needs_what_the_policy_forbids():
    for script in WEB.glob("assets/**/*.js"):
        text = script.read_text("utf-8")
        assert not re.search(
            r"\beval\(|new Function|setAttribute\(.style|cssText|insertRule|createElement\(.style", text
        ), script.name
