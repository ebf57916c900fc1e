"""One feed, what every consumer of it is asked, and the table of what they said.

    MIRRORHUNT_MATRIX=matrix.md pytest tests/mirrorhunt/exports/servers

writes that table, consumers by questions, so that it can be pasted.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import dns.rcode
from filelock import FileLock

from mirrorhunt.exports import Row
from tests.exported import ABOUT, export, row

# Read before the environment is cleaned of what is ours.
MATRIX = os.environ.get("MIRRORHUNT_MATRIX")
TYPES = ("A", "AAAA", "TXT")
UPSTREAM = {"A": ["127.9.9.9"], "AAAA": ["::9"], "TXT": ['"up"']}
"""What every name resolves to that nobody blocks."""
NOWHERE = frozenset({"0.0.0.0", "::"})
LATER_ABOUT = replace(ABOUT, serial=ABOUT.serial + 1)
CANARY = "serial.mirrorhunt"


def host(name: str, registrable_domain: str) -> Row:
    return row(name, registrable_domain=registrable_domain, scope="host")


WITHDRAWN = ("gone.example", "gone7.shared-host.example")
FEED = (
    row("big.example"),
    # Redundant: in a policy zone it would unblock what is between it and its parent.
    host("a.b.big.example", "big.example"),
    row("films.co.uk"),
    row("films2.example"),
    row("gone.example"),
    host("_stream.host-a.example", "host-a.example"),
    host("mirror1.pages.dev", "mirror1.pages.dev"),
    row("my_mirror.example"),
    host("cdn7.shared-host.example", "shared-host.example"),
    host("gone7.shared-host.example", "shared-host.example"),
    row("xn--bcher-kva.example"),
)
LATER = (
    *(r for r in FEED if r.host not in WITHDRAWN),
    row("zz-new.example"),
)
"""The next delivery: two names taken back, one new."""


@dataclass(frozen=True)
class Question:
    """A name to ask for, and whether the feed means it."""

    column: str
    name: str
    is_blocked: bool
    is_later: bool | None = None
    """Whether the next delivery means it, where that is not the same."""

    def blocked(self, rows: Sequence[Row]) -> bool:
        is_changed = rows is LATER and self.is_later is not None
        return bool(self.is_later) if is_changed else self.is_blocked


QUESTIONS = (
    Question("listed domain", "films2.example", True),
    Question("listed domain", "films.co.uk", True),
    Question("below a domain", "www.films2.example", True),
    Question("below a domain", "x.y.z.films2.example", True),
    Question("below a domain", "_dmarc.films.co.uk", True),
    Question("listed host", "cdn7.shared-host.example", True),
    Question("listed host", "mirror1.pages.dev", True),
    Question("listed host", "_stream.host-a.example", True),
    Question("below a host", "www.cdn7.shared-host.example", False),
    Question("below a host", "www.mirror1.pages.dev", False),
    Question("sibling", "honest.co.uk", False),
    Question("sibling", "mirror2.pages.dev", False),
    Question("sibling", "cdn8.shared-host.example", False),
    Question("parent", "co.uk", False),
    Question("parent", "pages.dev", False),
    Question("parent", "shared-host.example", False),
    Question("unrelated", "unrelated.example", False),
    Question("IDN", "xn--bcher-kva.example", True),
    Question("below an IDN", "www.xn--bcher-kva.example", True),
    Question("look-alike", "notfilms2.example", False),
    Question("look-alike", "films2.example.com", False),
    Question("look-alike", "my-mirror.example", False),
    Question("look-alike", "bcher-kva.example", False),
    Question("underscore", "my_mirror.example", True),
    Question("upper case", "FILMS2.Example", True),
    Question("shadowed", "b.big.example", True),
    Question("shadowed", "x.b.big.example", True),
    Question("shadowed", "c.a.b.big.example", True),
    Question("withdrawn", "gone.example", True, False),
    Question("withdrawn", "gone7.shared-host.example", True, False),
    Question("added", "zz-new.example", False, True),
)
COLUMNS = tuple(dict.fromkeys(question.column for question in QUESTIONS))
Says = Callable[[Question, str, Sequence[Row]], bool]
"""Whether a format can say that a name is blocked for a type: some are narrower than the feed."""


def everything(question: Question, kind: str, rows: Sequence[Row]) -> bool:
    return question.blocked(rows)


def domains_alone(question: Question, kind: str, rows: Sequence[Row]) -> bool:
    """The format has what is of scope ``domain``, and all below it."""
    name = question.name.lower()
    meant = [r.host for r in rows if r.scope == "domain"]
    return any(name == d or name.endswith(f".{d}") for d in meant)


def names_alone(question: Question, kind: str, rows: Sequence[Row]) -> bool:
    """The format has each name as it stands, for addresses."""
    return kind in {"A", "AAAA"} and question.name.lower() in {r.host for r in rows}


def write(format_name: str, file: Path, rows: Sequence[Row]) -> Path:
    """Write *rows* as *file*, whole: what reads it while it is written sees the old one."""
    data, _ = export(format_name, rows, LATER_ABOUT if rows is LATER else ABOUT)
    beside = file.with_name(f"{file.name}.new")
    beside.write_bytes(data)
    beside.chmod(0o644)
    beside.replace(file)
    return file


# ---------------------------------------------------------------- asking


def answer(port: int, name: str, kind: str, *, timeout_s: float = 2) -> dns.message.Message | None:
    """What the resolver on *port* says; None if nothing."""
    query = dns.message.make_query(name, kind)
    try:
        return dns.query.udp(query, "127.0.0.1", port=port, timeout=timeout_s)
    except (dns.exception.Timeout, OSError):
        return None


def texts(message: dns.message.Message | None) -> list[str]:
    if message is None:
        return []
    return [r.to_text() for rrset in message.answer for r in rrset]


def resolved(port: int, name: str, kind: str) -> str:
    """``blocked``, ``allowed``, or what is neither."""
    # A busy machine loses a packet now and then.
    message = answer(port, name, kind) or answer(port, name, kind, timeout_s=10)
    if message is None:
        return "no answer"
    said = texts(message)
    if said == UPSTREAM[kind]:
        return "allowed"
    is_empty = message.rcode() == dns.rcode.NOERROR and set(said) <= NOWHERE
    if message.rcode() == dns.rcode.NXDOMAIN or is_empty:
        return "blocked"
    return f"{dns.rcode.to_text(message.rcode())} {said}"


def serial_served(port: int) -> int | None:
    """What the canary says; None while there is none."""
    said = texts(answer(port, CANARY, "TXT", timeout_s=0.3))
    return int(said[0].strip('"')) if said and said != UPSTREAM["TXT"] else None


def enforces(port: int, serial: int) -> bool:
    """Whether the canary of *serial* is there."""
    said = texts(answer(port, f"{serial}.{CANARY}", "TXT", timeout_s=0.3))
    return said == [f'"{serial}"'] and serial_served(port) == serial


Ask = Callable[[str, str], str]
"""The verdict on a name, asked in one of several ways."""


def by_dns(port: int) -> Ask:
    return partial(resolved, port)


@dataclass(frozen=True)
class Wrong:
    """Where a consumer did not do what the feed says."""

    name: str
    kind: str
    said: str


def ask_all(
    ask: Ask,
    rows: Sequence[Row],
    *,
    says: Says = everything,
    kinds: Sequence[str] = TYPES,
    consumer: str = "",
) -> list[Wrong]:
    """Ask everything of a consumer that has loaded *rows*: what is not as it should be.

    With a name, its verdicts go into the table.
    """
    wrong = []
    verdicts: dict[str, dict[str, set[str]]] = {c: {k: set() for k in kinds} for c in COLUMNS}
    for question in QUESTIONS:
        for kind in kinds:
            said = ask(question.name, kind)
            verdicts[question.column][kind].add(said)
            if said != ("blocked" if says(question, kind, rows) else "allowed"):
                wrong.append(Wrong(question.name, kind, said))
    if consumer and MATRIX:
        note(Path(MATRIX), consumer, {column: cell(verdicts[column]) for column in COLUMNS})
    return wrong


# ---------------------------------------------------------------- the table


SIGNS = {"blocked": "●", "allowed": "○"}


def cell(verdicts: Mapping[str, set[str]]) -> str:
    """One cell: what was said, and for which types if not for all."""
    kinds_by_said: dict[str, list[str]] = {}
    for kind, said in verdicts.items():
        shown = "/".join(sorted(SIGNS.get(one, one) for one in said))
        kinds_by_said.setdefault(shown, []).append(kind)
    if len(kinds_by_said) == 1:
        return next(iter(kinds_by_said))
    return ", ".join(f"{said} {' '.join(kinds)}" for said, kinds in kinds_by_said.items())


def note(file: Path, consumer: str, cells: Mapping[str, str]) -> None:
    """Put the line of *consumer* into the table, beside those that are there."""
    with FileLock(f"{file}.lock"):
        there = file.read_text(encoding="utf-8").splitlines()[2:] if file.exists() else []
        lines = {line.split(" | ")[0].removeprefix("| "): line for line in there}
        lines[consumer] = f"| {' | '.join([consumer, *(cells[c] for c in COLUMNS)])} |"
        head = f"| {' | '.join(['', *COLUMNS])} |"
        table = [head, "|---" * (len(COLUMNS) + 1) + "|", *(lines[c] for c in sorted(lines))]
        file.write_text("\n".join(table) + "\n", encoding="utf-8")
