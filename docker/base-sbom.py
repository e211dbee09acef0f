r"""The packages of a Debian base as CycloneDX, out of what dpkg tells of them; Python as well, which an image may have built by itself.

dpkg-query --show --showformat='${db:Status-Abbrev}\t${Package}\t${Version}\t${Architecture}\n' | python3 base-sbom.py >FILE
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

INSTALLED = "ii"


def bom_of(lines: Iterable[str], system: str) -> dict[str, Any]:
    """The document.

    Args:
        lines: of dpkg-query.
        system: `ID` of /etc/os-release: whose packages they are.
    """
    packages = sorted(line.rstrip("\n").split("\t") for line in lines)
    components = [
        _component("library", name, version, f"pkg:deb/{system}/{quote(name)}@{quote(version, safe='')}?arch={machine}")
        for status, name, version, machine in packages
        if status.strip() == INSTALLED
    ]
    python = platform.python_version()
    components.append(_component("platform", "python", python, f"pkg:generic/python@{python}"))
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components}


def _component(kind: str, name: str, version: str, purl: str) -> dict[str, str]:
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}


if __name__ == "__main__":
    json.dump(bom_of(sys.stdin, platform.freedesktop_os_release()["ID"]), sys.stdout, indent=2)
