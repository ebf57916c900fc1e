"""Files of decisions: a table or one JSON object a line, as people and programs write them.

What `mirrorhunt export csv` and `mirrorhunt review list --json` write is read back with two
columns more, ``decision`` and ``reason``; other columns are passed over.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from mirrorhunt.decisions import Decision
from mirrorhunt.errors import InputError
from mirrorhunt.reviewing import Wish

MAX_LINES = 1_000_000
MAX_LINE_CHARS = 100_000
"""As one object of `mirrorhunt review list --json` with all its evidence may have."""
SHOWN_MISTAKES = 5
NEEDED = ("host", "decision")
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a line says that does not say it."""

    author: str
    reason: str
    network: str | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a file asks for."""

    wishes: tuple[Wish, ...]
    lines: tuple[int, ...]
    """The line of each, from 1 on."""
    undecided: int
    """Lines with a host and no decision."""


def read(file: str, defaults: Defaults) -> Wishes:
    """The wishes in *file* (``-``: standard input).

    Raises InputError if it cannot be read or any line is wrong: it counts them and shows the first
    few with their numbers.
    """
    shown = "standard input" if file == "-" else repr(file)
    found: list[tuple[int, Wish]] = []
    mistakes: list[str] = []
    wrong = undecided = 0
    with _opened(file) as text:
        for number, said in _lines(text, shown):
            if isinstance(said, str):
                problem: str | None = said
            elif not _text(said, "decision"):
                undecided += 1
                continue
            else:
                wish = _wish(said, defaults)
                problem = wish if isinstance(wish, str) else None
                if isinstance(wish, Wish):
                    found.append((number, wish))
            if problem is not None:
                wrong += 1
                if len(mistakes) < SHOWN_MISTAKES:
                    mistakes.append(f"line {number}: {problem}")
    if wrong:
        more = f" (and {wrong - len(mistakes)} more)" if wrong > len(mistakes) else ""
        noun = "line is" if wrong == 1 else "lines are"
        raise InputError(
            f"{shown}: {wrong} {noun} wrong, so nothing was kept: {'; '.join(mistakes)}{more}"
        )
    if not found:
        raise InputError(
            f"{shown}: no line has a decision ({', '.join(Decision)} in the column 'decision')"
        )
    return Wishes(tuple(w for _, w in found), tuple(n for n, _ in found), undecided)


@contextmanager
def _opened(file: str) -> Iterator[TextIO]:
    """*file* as text. What is no UTF-8 stays visible as a lone surrogate, and is refused later."""
    try:
        if file == "-":
            sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]  # A text stream has it.
            yield sys.stdin
            return
        with Path(file).open(encoding="utf-8", errors="surrogateescape", newline="") as text:
            yield text
    except OSError as e:
        raise InputError(f"cannot read the decisions in {file!r}: {e.strerror}") from None


_Said = Mapping[str, Any] | str
"""What a line says, or what is wrong with it."""


def _lines(text: Iterable[str], shown: str) -> Iterator[tuple[int, _Said]]:
    bounded = _bounded(text, shown)
    first = next(bounded, "").removeprefix("\ufeff")
    if first.lstrip().startswith("{"):
        yield from _objects(chain([first], bounded))
    else:
        yield from _table(first, bounded, shown)


def _bounded(text: Iterable[str], shown: str) -> Iterator[str]:
    for number, line in enumerate(text, 1):
        if number > MAX_LINES:
            raise InputError(f"{shown} has more than {MAX_LINES:,} lines: split it")
        yield line[: MAX_LINE_CHARS + 1]


def _objects(lines: Iterable[str]) -> Iterator[tuple[int, _Said]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if len(line) > MAX_LINE_CHARS:
            yield number, f"longer than {MAX_LINE_CHARS:,} characters"
            continue
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            yield number, f"no JSON object: {line.strip()[:40]!r}"
            continue
        yield number, said if isinstance(said, dict) else f"no JSON object: {line.strip()[:40]!r}"


def _table(first: str, rest: Iterable[str], shown: str) -> Iterator[tuple[int, _Said]]:
    delimiter = max(_DELIMITERS, key=first.count)
    columns = [name.strip().strip('"').strip().lower() for name in first.split(delimiter)]
    for name in NEEDED:
        if columns.count(name) != 1:
            there = ", ".join(c for c in columns if c)[:200] or "nothing"
            raise InputError(
                f"{shown}: the first line has to name the columns, {' and '.join(NEEDED)} among "
                f"them, each once; it has: {there}"
            )
    reader = csv.reader(rest, delimiter=delimiter, strict=True)
    while True:
        # The header is the first line; a quoted cell may hold line ends.
        number = reader.line_num + 2
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as e:
            yield number, f"no row of a table: {e}"
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns):
            yield number, f"{len(cells)} cells under {len(columns)} columns"
            continue
        yield number, dict(zip(columns, cells, strict=False))


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    return value.strip() if isinstance(value, str) else ""


def _wish(said: Mapping[str, Any], defaults: Defaults) -> Wish | str:
    """The wish of one line, or what is wrong with it."""
    for key in ("host", "decision", "reason", "network", "role", "author", "seen", "until"):
        value = said.get(key)
        if value is not None and not isinstance(value, str):
            return f"{key} is no text: {str(value)[:40]!r}"
        if value and any("\ud800" <= c <= "\udfff" for c in value):
            return f"{key} is no UTF-8"
    named = _text(said, "decision").lower()
    if named not in set(Decision):
        return f"decision {named[:40]!r}; there are: {', '.join(Decision)}"
    decision = Decision(named)
    try:
        until = instant(_text(said, "until"))
    except InputError as e:
        return str(e)
    return Wish(
        host=_text(said, "host"),
        decision=decision,
        author=_text(said, "author") or defaults.author,
        reason=_text(said, "reason") or defaults.reason,
        network=_text(said, "network") or defaults.network,
        role=_text(said, "role").lower() if decision is Decision.RELATE else "",
        digest=_text(said, "seen") or None,
        until=until if decision is Decision.PROTECT else None,
    )


def instant(text: str) -> datetime | None:
    """The instant that *text* (ISO 8601; UTC where it names no zone) means; None if it is empty.

    Raises InputError.
    """
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text[:40]!r} is no date: write 2027-03-01") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
