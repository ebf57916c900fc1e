"""Whether pages run in Chromium's sandbox: seen from outside, and not believed from a switch.

On Linux the sandbox of a renderer is two things that /proc shows (Chromium's
docs/linux/sandboxing.md): namespaces of its own, without a network and other processes, and a
filter of system calls (seccomp, mode 2). Elsewhere nothing is seen, and the switch has to do.
"""

import asyncio
import os
from collections.abc import Callable, Iterable
from pathlib import Path

_FILTERED = "2"
"""Of ``Seccomp`` in /proc/PID/status: system calls pass a filter (proc(5))."""
_LOOKS = 20
_BETWEEN_LOOKS_S = 0.05
_NAMESPACES = ("user", "pid", "net")
WHY_ROOT = "root has no sandbox in Chromium; run mirrorhunt as another account"
WHY_NAMESPACES = (
    "this account may make no user namespaces; allow them to it (sysctl user.max_user_namespaces, "
    "kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns; in a "
    "container its seccomp profile), or have Chromium's setuid helper (Debian: chromium-sandbox)"
)


def is_confined(pids: Iterable[int]) -> bool | None:
    """True if each renderer among *pids* is in the sandbox; None where nothing can be seen."""
    seen = [_is_confined(pid) for pid in pids if _is_renderer(pid)]
    known = [one for one in seen if one is not None]
    return all(known) if known else None


async def stays_confined(pids: Callable[[], Iterable[int]]) -> bool:
    """False if a renderer among *pids* is, and stays, outside the sandbox.

    One that was forked this very moment has its switches and not yet its filter: a single look
    that met it would call a good browser bad (seen in one start of three on a busy machine).
    """
    for _ in range(_LOOKS):
        if is_confined(pids()) is not False:
            return True
        await asyncio.sleep(_BETWEEN_LOOKS_S)
    return False


def _is_renderer(pid: int) -> bool:
    # Those that were forked have written their switches anew, with spaces between them.
    return b"--type=renderer" in _bytes(pid, "cmdline").replace(b" ", b"\0").split(b"\0")


def _is_confined(pid: int) -> bool | None:
    lines = _bytes(pid, "status").decode("ascii", errors="replace").splitlines()
    modes = [line.split()[-1] for line in lines if line.startswith("Seccomp:")]
    if not modes:
        return None
    return modes[0] == _FILTERED and _is_apart(pid)


def _is_apart(pid: int) -> bool:
    """True if it has one namespace at least that is not ours; where we may not look, it has."""
    try:
        return any(
            os.readlink(f"/proc/{pid}/ns/{kind}") != os.readlink(f"/proc/self/ns/{kind}")
            for kind in _NAMESPACES
        )
    except OSError:
        return True


def _bytes(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""
