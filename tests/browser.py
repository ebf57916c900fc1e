"""Get a browser where there is none: ``make browser``, and before ``make test``.

In this order: one that is there; Debian's package, as root; Playwright's own Chromium. Each step
is said with the time it took. Exit code 1, and what to do by hand, where none of them worked.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence

from mirrorhunt.config import Config
from mirrorhunt.errors import MirrorhuntError
from mirrorhunt.net.chromium import REMEDY, Program, look

STEP_TIMEOUT_S = 300


def say(text: str) -> None:
    sys.stdout.write(f"browser: {text}\n")
    sys.stdout.flush()


def found() -> Program | None:
    try:
        return asyncio.run(look(Config()))
    except MirrorhuntError:
        return None


def run(*command: str, more: Sequence[tuple[str, str]] = ()) -> bool:
    """True if it ended well; its last words are said otherwise."""
    began = time.monotonic()
    try:
        ended = subprocess.run(
            command,
            env={**os.environ, **dict(more)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=STEP_TIMEOUT_S,
            check=False,
        )
        is_well, words = ended.returncode == 0, (ended.stderr or ended.stdout)
    except (OSError, subprocess.TimeoutExpired) as e:
        is_well, words = False, str(e)
    took = f"{time.monotonic() - began:.0f} s"
    last = next((line for line in reversed(words.splitlines()) if line.strip()), "no reason given")
    say(f"{' '.join(command[-3:])}: {'done' if is_well else f'failed ({last[:160]})'}, {took}")
    return is_well


def by_playwright() -> bool:
    return run(sys.executable, "-m", "playwright", "install", "chromium")


def by_debian() -> bool:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    quiet = [("DEBIAN_FRONTEND", "noninteractive")]
    install = ("apt-get", "install", "-y", "--no-install-recommends", "chromium")
    # The lists of a bare machine are old or missing; those of others need not be asked for.
    return run(*install, more=quiet) or (
        run("apt-get", "-q", "update", more=quiet) and run(*install, more=quiet)
    )


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
