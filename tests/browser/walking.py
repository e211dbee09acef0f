"""What a walk through the pages needs: a service in a process of its own, Chromium, axe-core, screenshots."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
SERIOUS = ("serious", "critical")


def chromium_or_skip() -> str:
    """Where Chromium is. Without it the walks are skipped on a desk, and fail in CI."""
    if CHROMIUM is None:
        why = "Chromium is not installed (apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    return CHROMIUM


@dataclass
class Service:
    """A running service.

    Attributes:
        base: its address.
        said: what it printed at start.
        environment: of its process, to run a command beside it.
    """

    base: str
    said: str
    environment: dict[str, str]

    @property
    def code(self) -> str:
        """The setup code that the terminal shows."""
        match = re.search(r"setup code ([A-Z2-7-]{19})", self.said)
        assert match, self.said
        return match[1]

    def command(self, *arguments: str, told: str = "") -> str:
        """Run a command of `baclofen-cds` beside the service; what it printed."""
        done = subprocess.run(
            [*_PROGRAM, *arguments],
            env=self.environment,
            cwd=ROOT,
            input=told,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


_PROGRAM = [sys.executable, "-c", "from cds.cli import main; main()"]


@contextlib.contextmanager
def running(folder: Path, **environment: str) -> Iterator[Service]:
    """The service as `baclofen-cds serve` runs it, with its data in a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    own = {name: value for name, value in os.environ.items() if not name.startswith("CDS_")}
    own |= {"CDS_DATA_DIR": str(folder / "data"), "PORT": str(port), "PYTHONUNBUFFERED": "1", **environment}
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen([*_PROGRAM, "serve"], cwd=ROOT, env=own, stdout=output, stderr=subprocess.STDOUT)
        try:
            _await_ready(base, process, log)
            yield Service(base, log.read_text(), own)
        finally:
            process.terminate()
            process.wait(20)


def _await_ready(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{base}/readyz").status_code == httpx.codes.OK:
                return
        time.sleep(0.1)
    pytest.fail(f"the service did not start: {log.read_text()}")


@dataclass
class Walk:
    """A browser's page at one service, and what must not happen on the way.

    Attributes:
        page: Playwright's page.
        base: address of the service.
        name: of the walk, for its screenshots.
        faults: errors of scripts, refusals of the Content-Security-Policy, requests that leave the service.
    """

    page: Any
    base: str
    name: str
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note whatever a user would not see."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._request)

    def _console(self, message: Any) -> None:
        refused = message.type == "error" and "status of 4" in message.text  # a page that says no, on purpose
        if message.type in ("error", "warning") and not refused:
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.faults.append(f"request to {request.url}")

    def open(self, path: str) -> None:
        """Go to a page of the service."""
        self.page.goto(f"{self.base}{path}")

    def sound(self, shot: str) -> None:
        """The page as it stands has no serious fault for anybody, does not scroll sideways, and is photographed in both schemes."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            axe(self.page)
            self._photograph(f"{shot}-{scheme}")
        self.page.emulate_media(color_scheme="light")
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"the page is {wide} px wider than the window"

    def _photograph(self, shot: str) -> None:
        folder = os.environ.get("CDS_SCREENSHOTS")
        if folder:
            width = self.page.viewport_size["width"]
            self.page.screenshot(path=Path(folder) / f"{shot}-{width}.png", full_page=True)

    def tab_to(self, name: str, most: int = 40) -> None:
        """Press Tab until something of this name has the focus, and see that it shows."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(_NAME_OF_FOCUS) == name:
                assert self.page.evaluate(_FOCUS_SHOWS), f"the focus on {name!r} does not show"
                return
        pytest.fail(f"{name!r} cannot be reached with the keyboard")


_NAME_OF_FOCUS = """() => {
  const one = document.activeElement;
  const label = one.labels && one.labels[0];
  return (one.getAttribute("aria-label") || (label || one).textContent).replace(/\\s+/g, " ").trim();
}"""
_FOCUS_SHOWS = """() => {
  const style = getComputedStyle(document.activeElement);
  const box = document.activeElement.getBoundingClientRect();
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.width > 0 && box.right > 0;
}"""


def axe(page: Any) -> None:
    """No serious violation of WCAG that axe-core can see."""
    found = Axe().run(page).response["violations"]
    serious = [
        f"{one['id']} ({one['impact']}): {one['help']}: {[node['html'][:200] for node in one['nodes'][:5]]}"
        for one in found
        if one["impact"] in SERIOUS
    ]
    if serious:
        raise AssertionError("\n".join(serious))
