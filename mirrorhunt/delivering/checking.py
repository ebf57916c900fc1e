"""Read a written file again before it is published: by ourselves, then by who is to load it.

One bad line stops Unbound and Squid, makes PowerDNS run unfiltered and Knot load half a list. The
programs' own checkers let much of it pass (named-checkzone ends well with names lost), so their
words are read and their records counted too.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from mirrorhunt import names
from mirrorhunt.delivering import _programs
from mirrorhunt.exports import About, Written

OURSELVES = "re-reading"
_MAX_LINE_BYTES = 1024
_MAX_SHOWN_CHARS = 80
_NAME = r"(?P<name>[a-z0-9_][a-z0-9_.-]*[a-z0-9])"


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a check."""

    by: str
    """Who checked, such as ``re-reading, named-checkzone``; empty if nothing on this machine
    checks the format."""
    problem: str
    """One line that says what is wrong; empty if nothing is."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """How an entry is written: its first line, and what follows for the same name."""

    first: re.Pattern[str]
    follows: tuple[str, ...] = ()
    """Lines with ``{name}`` in them, in their order."""
    may_lack: bool = False
    """Whether the entry may do without them."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the lines of a file are written."""

    entries: tuple[_Entry, ...]
    head: Callable[[About], tuple[str, ...]] = lambda about: ()
    """Lines that stand before the first entry."""
    comment: str = ""
    """How further lines before the first entry start; empty if there are none."""


def _entry(first: str, *follows: str, may_lack: bool = False) -> _Entry:
    return _Entry(re.compile(first.replace("NAME", _NAME, 1) + r"\Z"), follows, may_lack)


def _rpz_head(about: About) -> tuple[str, ...]:
    expire_s = about.valid_days * 86_400
    return (
        f"$ORIGIN {about.rpz_origin}.",
        "$TTL 60",
        f"@ SOA localhost. hostmaster.localhost. {about.serial} 300 60 {expire_s} 60",
        "@ NS localhost.",
        f'serial.mirrorhunt TXT "{about.serial}"',
        f'{about.serial}.serial.mirrorhunt TXT "{about.serial}"',
    )


_SHAPES: Mapping[str, _Shape] = {
    "rpz": _Shape((_entry(r"NAME CNAME \.", "*.{name} CNAME .", may_lack=True),), _rpz_head),
    "plain_domains": _Shape((_entry("NAME"),)),
    "plain_hosts": _Shape((_entry("NAME"),)),
    "unbound": _Shape(
        (
            _entry(r'local-zone: "NAME\." always_nxdomain'),
            _entry(
                r'local-zone: "NAME\." transparent',
                'local-data: "{name}. 60 IN A 0.0.0.0"',
                'local-data: "{name}. 60 IN AAAA ::"',
            ),
        ),
        lambda about: ("server:",),
        comment="#",
    ),
    "dnsmasq": _Shape((_entry("server=/NAME/"),), comment="#"),
    "hosts": _Shape((_entry(r"0\.0\.0\.0 NAME", ":: {name}"),), comment="#"),
    "squid": _Shape((_entry(r"\.?NAME"),), comment="#"),
    "adblock_dns": _Shape((_entry(r"\|\|?NAME\^"),), comment="!"),
    "adblock_browser": _Shape(
        (_entry(r"\|\|NAME\^\$all"), _entry(r"\|http://NAME\^\$all", "|https://{name}^$all")),
        comment="!",
    ),
}


class _ProblemError(Exception):
    """What is wrong with the file, in one line."""


def check(
    format_name: str, file: Path, about: About, written: Written, *, timeout_s: float = 120
) -> Checked:
    """Whether *file*, of the format *format_name*, is what was written and can be loaded.

    *written* is what the writer counted. A checker that takes longer than *timeout_s* is stopped,
    and that is a problem too. Raises nothing for any file.
    """
    shape = _SHAPES.get(format_name)
    if shape is None:
        return Checked("", "")
    try:
        with file.open("rb") as data:
            entries, lines = _read(data, shape, about)
    except OSError as e:
        return Checked(OURSELVES, f"{file.name} cannot be read: {e.strerror}")
    except _ProblemError as e:
        return Checked(OURSELVES, f"{file.name}: {e}")
    if entries != written.entries:
        problem = f"{file.name} has {entries} entries, and {written.entries} were written"
        return Checked(OURSELVES, problem)
    said = _programs.ask(format_name, file, about, lines, timeout_s)
    if said is None:
        return Checked(OURSELVES, "")
    return Checked(f"{OURSELVES}, {said.program}", said.problem)


# ---------------------------------------------------------------- re-reading


def _read(data: BinaryIO, shape: _Shape, about: About) -> tuple[int, int]:
    """How many entries, in how many lines. Raises _ProblemError."""
    lines = _lines(data)
    number = 0
    due: list[str] = list(shape.head(about))
    entries = first_at = 0
    name, may_lack = "", False
    for number, line in enumerate(lines, start=1):
        if due and line == due[0]:
            due.pop(0)
            continue
        if not entries and shape.comment and line.startswith(shape.comment):
            continue
        if due and not may_lack:
            raise _ProblemError(f"line {number} is {_shown(line)}, not {due[0]!r}")
        entry, found = _match(shape, line, number)
        if found == name:
            raise _ProblemError(f"line {number}: {_shown(found)} stands there twice")
        if names.find_host(found) != found or names.registrable_domain(found) is None:
            raise _ProblemError(f"line {number}: {_shown(found)} is no name to block")
        first_at = first_at or number
        name, may_lack = found, entry.may_lack
        due = [text.format(name=name) for text in entry.follows]
        entries += 1
    if due and not may_lack:
        raise _ProblemError(f"it ends without {due[0]!r}")
    return entries, number - first_at + 1 if entries else 0


def _match(shape: _Shape, line: str, number: int) -> tuple[_Entry, str]:
    for entry in shape.entries:
        if found := entry.first.match(line):
            return entry, found["name"]
    raise _ProblemError(f"line {number} is no entry: {_shown(line)}")


def _lines(data: BinaryIO) -> Iterator[str]:
    """The lines of *data* without their ends. Raises _ProblemError."""
    number = 0
    while line := data.readline(_MAX_LINE_BYTES):
        number += 1
        if not line.endswith(b"\n"):
            is_long = len(line) == _MAX_LINE_BYTES
            what = f"is longer than {_MAX_LINE_BYTES} bytes" if is_long else "has no end"
            raise _ProblemError(f"line {number} {what}")
        if not line.isascii():
            raise _ProblemError(f"line {number} is not ASCII: {_shown(line.decode('latin-1'))}")
        yield line[:-1].decode("ascii")


def _shown(text: str) -> str:
    return ascii("".join(islice(text, _MAX_SHOWN_CHARS)))
