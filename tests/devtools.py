"""A Chromium that somebody else has started, and that knows nothing of us."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator

from mirrorhunt.net.chromium import may_sandbox


@contextlib.contextmanager
def started(chromium: str, *switches: str) -> Iterator[str]:
    """The address of its DevTools, ``ws://127.0.0.1:PORT/…``; ended at the end."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [
                chromium,
                "--headless=new",
                "--remote-debugging-port=0",
                f"--user-data-dir={folder}",
                *([] if may_sandbox() else ["--no-sandbox"]),
                *switches,
            ],
            env={"PATH": "/usr/bin:/bin", "HOME": folder, "TMPDIR": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        try:
            told = (
                line.decode().partition("DevTools listening on ")[2] for line in process.stderr
            )
            yield next(filter(None, told)).strip()
        finally:
            process.kill()
            process.wait()
            process.stderr.close()
