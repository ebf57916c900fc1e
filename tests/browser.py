"""Get a browser where there is none: ``make browser``, and before ``make test``.

In this order: one that is there; Debian's package, as root; Playwright's own Chromium. Each step
is said with the time it took. Exit code 1, and what to do by hand, where none of them worked.
"""

import asyncio
import os
import shutil
import sys

from mirrorhunt.config import Config
from mirrorhunt.errors import MirrorhuntError
from mirrorhunt.net.chromium import REMEDY, Program, look
from tests.installing import Steps

_STEPS = Steps("browser")
say, run = _STEPS.say, _STEPS.run


def found() -> Program | None:
    try:
        return asyncio.run(look(Config()))
    except MirrorhuntError:
        return None


def by_playwright() -> bool:
    return run(sys.executable, "-m", "playwright", "install", "chromium")


def by_debian() -> bool:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    install = ("apt-get", "install", "-y", "--no-install-recommends", "chromium")
    # The lists of a bare machine are old or missing; those of others need not be asked for.
    return run(*install) or (run("apt-get", "-q", "update") and run(*install))


def main() -> int:
    program = found()
    if program is None:
        say("there is none; getting one (some minutes, once)")
        for get in (by_debian, by_playwright):
            if get() and (program := found()) is not None:
                break
    if program is None:
        say(f"NONE: what needs one is skipped. By hand: {REMEDY}")
        return 1
    say(f"{program.path} ({program.origin})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
