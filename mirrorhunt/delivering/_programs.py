"""Ask the programs that load a file whether they would: where they are on this machine.

Without a shell, with an empty environment, in a folder of their own, and stopped when their time
is over. What they say is read as a stream: some say a line for each name.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from mirrorhunt.exports import About

# Where only root has them on its path.
_SBIN = "/usr/local/sbin:/usr/sbin:/sbin"
_ENVIRONMENT = {"LC_ALL": "C", "PATH": f"{_SBIN}:/usr/local/bin:/usr/bin:/bin"}
_MAX_SHOWN_CHARS = 200
_MAX_LINE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Said:
    """What a program said of a file."""

    program: str
    problem: str
    """Empty if it would load the file, whole."""


@dataclass(frozen=True, slots=True)
class _Program:
    """How a program is asked."""

    name: str
    arguments: Callable[[Path, About], list[str]]
    """From the folder that it is run in, where the file is called `_FEED`."""
    complaint: re.Pattern[str]
    """What it says of a file that it does not load as it stands, whatever it ends with."""
    counts_records: bool = False
    """Whether it writes the records that it took to its output."""


# A file of ours in the folder it is run in: a path may hold what a configuration takes for more.
_FEED = "feed"


def _checkzone(folder: Path, about: About) -> list[str]:
    # -i local: no name servers are looked up. -k fail: an owner that `named` refuses on loading.
    return ["-k", "fail", "-i", "local", "-D", "-o", "-", about.rpz_origin, _FEED]


def _checkconf(folder: Path, about: About) -> list[str]:
    wrapper = folder / "unbound.conf"
    wrapper.write_text(
        'server:\n chroot: ""\n username: ""\n directory: ""\n module-config: "iterator"\n'
        f'include: "{_FEED}"\n'
    )
    return [wrapper.name]


def _dnsmasq(folder: Path, about: About) -> list[str]:
    # As a configuration: with --test, a servers-file is not even opened (2.90).
    return ["--test", f"--conf-file={_FEED}"]


def _squid(folder: Path, about: About) -> list[str]:
    wrapper = folder / "squid.conf"
    wrapper.write_text(
        f'acl listed dstdomain -n "{_FEED}"\nhttp_access deny listed\n'
        "http_port 127.0.0.1:3128\npid_filename none\ncache_log cache.log\n"
        "coredump_dir .\naccess_log none\nvisible_hostname localhost\n"
    )
    return ["-k", "parse", "-f", wrapper.name]


_PROGRAMS: Mapping[str, _Program] = {
    "rpz": _Program(
        "named-checkzone",
        _checkzone,
        re.compile("out-of-zone|bad owner|ignoring|error|fail"),
        counts_records=True,
    ),
    "unbound": _Program("unbound-checkconf", _checkconf, re.compile("error:|warning:|fatal")),
    "dnsmasq": _Program("dnsmasq", _dnsmasq, re.compile("bad |error|illegal")),
    "squid": _Program("squid", _squid, re.compile("ERROR|FATAL|WARNING|Bungled")),
}
# SOA, NS and two canaries.
_RECORDS_OF_A_ZONE = 4


def ask(format_name: str, file: Path, about: About, lines: int, timeout_s: float) -> Said | None:
    """What the consumer of the format says of *file*, of which *lines* are entries; None where it
    is not on this machine, or nobody but ourselves can check the format."""
    program = _PROGRAMS.get(format_name)
    if program is None:
        return None
    path = _find(program.name)
    if path is None:
        return None
    try:
        with tempfile.TemporaryDirectory(prefix="mirrorhunt-check-") as made:
            folder = Path(made)
            (folder / _FEED).symlink_to(file.resolve())
            ran = _run([path, *program.arguments(folder, about)], folder, program, timeout_s)
    except OSError as e:
        return Said(program.name, f"{program.name} cannot be run: {e.strerror}")
    return Said(program.name, _problem(ran, program, lines, timeout_s))


def _find(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=_SBIN)


@dataclass(frozen=True, slots=True)
class _Ran:
    code: int
    records: int
    complaint: str
    """The first line that is one."""
    last_words: str
    is_late: bool


def _problem(ran: _Ran, program: _Program, lines: int, timeout_s: float) -> str:
    if ran.is_late:
        return f"{program.name} did not end within {timeout_s:g} s"
    if ran.complaint or ran.code != 0:
        words = ran.complaint or ran.last_words or f"ended with {ran.code}"
        return f"{program.name}: {words}"
    if program.counts_records and ran.records != lines + _RECORDS_OF_A_ZONE:
        there = lines + _RECORDS_OF_A_ZONE
        return f"{program.name} took {ran.records} records of {there}"
    return ""


def _run(command: list[str], folder: Path, program: _Program, timeout_s: float) -> _Ran:
    with tempfile.TemporaryFile(dir=folder) as words:
        process = subprocess.Popen(  # noqa: S603 - No shell, and no word of it is from outside.
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program.counts_records else words,
            stderr=words,
            env=_ENVIRONMENT,
            cwd=folder,
            start_new_session=True,
        )
        late = threading.Event()
        timer = threading.Timer(timeout_s, _stop, (process, late))
        timer.start()
        try:
            records = _count(process.stdout) if process.stdout else 0
            code = process.wait()
        finally:
            timer.cancel()
            _kill(process)
        complaint, last = _listen(words, program.complaint)
    return _Ran(code, records, complaint, last, late.is_set())


def _stop(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill it with its children; nothing if it has ended."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _count(records: IO[bytes]) -> int:
    """How many lines are no comments."""
    count, is_start = 0, True
    with records:
        while part := records.readline(_MAX_LINE_BYTES):
            count += is_start and not part.startswith(b";")
            is_start = part.endswith(b"\n")
    return count


def _listen(words: IO[bytes], complaint: re.Pattern[str]) -> tuple[str, str]:
    """The first complaint, and the last line."""
    words.seek(0)
    last = ""
    while line := words.readline(_MAX_LINE_BYTES):
        text = line.decode("ascii", "replace").strip()
        if complaint.search(text):
            return _shown(text), _shown(text)
        last = text or last
    return "", _shown(last)


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:_MAX_SHOWN_CHARS]
