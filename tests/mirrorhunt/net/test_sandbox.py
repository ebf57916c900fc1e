"""Chromium's sandbox: asked for where it can be, and seen to be there."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from aiohttp import web

from mirrorhunt.net._sandbox import WHY_NAMESPACES, WHY_ROOT, is_confined
from mirrorhunt.net.browser import BrowserFailedError
from tests.mirrorhunt.net.test_browser import staged
from tests.needs import lacking
from tests.site import TEXT

ROOT = Path(__file__).parents[3]
NOBODY = 65534
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def switches(folder: Path, monkeypatch: pytest.MonkeyPatch, user: int, says: str) -> list[bool]:
    """Whether ``--no-sandbox`` was passed at each start of a browser that ends with *says*."""
    program, noted = folder / "browser", folder / "noted"
    program.write_text(f"#!/bin/sh\necho \"$*\" >> '{noted}'\necho '{says}' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    with pytest.raises(BrowserFailedError), staged(browser_path=str(program)):
        pass
    return ["--no-sandbox" in line.split() for line in noted.read_text().splitlines()]


# Each start is tried twice.
def test_root_is_given_no_sandbox(
    chromium: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert switches(tmp_path, monkeypatch, 0, "no") == [True, True]


def test_any_other_account_is_given_one(
    chromium: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert switches(tmp_path, monkeypatch, 1000, "no display") == [False, False]


def test_where_the_system_allows_none_it_is_done_without(
    chromium: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "No usable sandbox! If you are running on Ubuntu 23.10+ or another Linux distro"
    assert switches(tmp_path, monkeypatch, 1000, said) == [False, True, False, True]


def test_where_nothing_can_be_seen_nothing_is_claimed() -> None:
    assert is_confined([]) is None
    assert is_confined([os.getpid(), 2**22 + 1]) is None


def test_what_is_said_of_the_sandbox_is_what_is_seen(chromium: str) -> None:
    with staged() as stage:
        seen: list[bool | None] = []

        def look(_: web.BaseRequest) -> str:
            seen.append(is_confined(stage.browser.pids))
            return "0"

        stage.show(f"{TEXT}<script src=/while></script>", **{"while": look})
        stage.draw()
        assert seen == [stage.browser.is_sandboxed]
        if IS_ROOT:
            assert not stage.browser.is_sandboxed
            assert stage.browser.why_unsandboxed == WHY_ROOT


PLAIN = f"""
import asyncio, json, os
from mirrorhunt.net._sandbox import is_confined
from tests.mirrorhunt.net.test_browser import staged
from tests.site import TEXT

# Not before, as a plain account may not be allowed to read this checkout, or this Python.
asyncio.run(asyncio.to_thread(int))
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
"""
PLAIN += """
def confined(browser):
    looks = (is_confined(browser.pids) for _ in range(10_000))
    return next((look for look in looks if look), False)

with staged() as stage:
    seen = []
    stage.show(
        TEXT + "<script src=/while></script>",
        # One that is being forked has no filter yet.
        **{"while": lambda _: (seen.append(confined(stage.browser)), "0")[1]},
    )
    drawn = stage.draw(with_picture=True)
    print(json.dumps({
        "ended": drawn.ended,
        "picture": len(drawn.screenshot),
        "sandboxed": stage.browser.is_sandboxed,
        "why": stage.browser.why_unsandboxed,
        "confined": seen,
    }))
"""


def test_a_plain_account_draws_in_the_sandbox(chromium: str) -> None:
    """In a process of its own, as nobody where the tests run as root."""
    started = subprocess.run(
        [sys.executable, "-c", PLAIN],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": tempfile.gettempdir(),
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if "Permission denied" in started.stderr or "PermissionError" in started.stderr:
        lacking("a Python and a driver of Playwright's that a plain account may read")
    assert started.returncode == 0, started.stderr
    found = json.loads(started.stdout.splitlines()[-1])
    assert (found["ended"], found["picture"] > 0) == ("", True)
    if found["why"] == WHY_NAMESPACES:
        lacking("user namespaces for plain accounts, without which Chromium has no sandbox")
    assert found["sandboxed"]
    assert found["confined"] == [True]
