"""Put a snapshot beside what stands: one pass over both, in the same order.

A million rows take no more memory than ten: they go through files of one JSON array a line, in a
folder that the delivery throws away.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from mirrorhunt.exports import DOMAIN, Row
from mirrorhunt.store.deliveries import Entry

_STRENGTH = {"confirmed": 0, "probable": 1}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A snapshot, spooled to files, and how it differs from what stands."""

    folder: Path
    entries: int
    added: int
    changed: int
    withdrawn: int
    renewed: int
    stood: int
    """How many entries stood before."""
    digest: str
    """SHA-256 of the rows."""

    def rows(self) -> Iterator[tuple[int, Row]]:
        """The rows without techniques and evidence, each with the id of its verdict."""
        return read_rows(self.folder / "rows")

    def opened(self) -> Iterator[Row]:
        """Rows that did not stand, or stood otherwise."""
        return (row for _, row in read_rows(self.folder / "opened"))

    def closed(self) -> Iterator[tuple[int, str, bool]]:
        """(id of the entry, host, whether it stands on otherwise) of what stands no more."""
        yield from _read(self.folder / "closed")

    def renewals(self) -> Iterator[tuple[int, Row]]:
        """Rows that stand on as they stood, and were verified again, with the id of the entry."""
        return read_rows(self.folder / "renewed")


def choose(found: Iterable[tuple[int, Row]], stands: Iterable[Entry], folder: Path) -> Chosen:
    """The rows of *found* beside the entries of *stands*, in files in *folder*.

    Both come by registrable domain, the domain itself first, then host. A host that stands in
    several networks is one entry, under the verdict that is strongest.
    """
    digest = hashlib.sha256()
    counts = dict.fromkeys(("rows", "opened", "closed", "renewed"), 0)
    added = changed = withdrawn = stood = 0
    with ExitStack() as stack:
        out = {
            name: stack.enter_context((folder / name).open("w", encoding="utf-8"))
            for name in counts
        }

        def write(name: str, *values: Any) -> str:
            line = json.dumps(values, separators=(",", ":")) + "\n"
            out[name].write(line)
            counts[name] += 1
            return line

        for row, id_, entry in _beside(_uncovered(_strongest(found)), stands):
            stood += entry is not None
            if row is None:
                assert entry is not None
                write("closed", entry.id, entry.host, False)
                withdrawn += 1
                continue
            digest.update(write("rows", id_, *_plain(row)).encode())
            if entry is None:
                write("opened", id_, *_plain(row))
                added += 1
            elif _words(row) != _words(entry):
                write("closed", entry.id, entry.host, True)
                write("opened", id_, *_plain(row))
                changed += 1
            elif (row.valid_until, row.last_verified) != (entry.valid_until, entry.last_verified):
                write("renewed", entry.id, *_plain(row))
    return Chosen(
        folder=folder,
        entries=counts["rows"],
        added=added,
        changed=changed,
        withdrawn=withdrawn,
        renewed=counts["renewed"],
        stood=stood,
        digest=digest.hexdigest(),
    )


def _words(of: Row | Entry) -> tuple[str, ...]:
    """What makes an entry another one where it changes."""
    return (of.scope, of.network, of.relation, of.verdict)


def _key(of: Row | Entry) -> tuple[str, bool, str]:
    return (of.registrable_domain, of.host != of.registrable_domain, of.host)


def _strongest(found: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
    for _, same in groupby(found, key=lambda pair: pair[1].host):
        yield min(
            same,
            key=lambda pair: (
                _STRENGTH.get(pair[1].verdict, 2),
                -pair[1].score_bits,
                pair[1].network,
            ),
        )


def _uncovered(found: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
    """Without what is below a domain that is there: to name it again would unblock names."""
    domain = ""
    for id_, row in found:
        if row.scope == DOMAIN:
            domain = row.host
        elif row.registrable_domain == domain:
            continue
        yield id_, row


def _beside(
    found: Iterable[tuple[int, Row]], stands: Iterable[Entry]
) -> Iterator[tuple[Row | None, int, Entry | None]]:
    """Each row with the entry of its host, in the common order; either may be missing."""
    rest = iter(stands)
    entry = next(rest, None)
    for id_, row in found:
        key = _key(row)
        while entry is not None and _key(entry) < key:
            yield None, 0, entry
            entry = next(rest, None)
        if entry is not None and _key(entry) == key:
            yield row, id_, entry
            entry = next(rest, None)
        else:
            yield row, id_, None
    while entry is not None:
        yield None, 0, entry
        entry = next(rest, None)


# ---------------------------------------------------------------- the spool


def _plain(row: Row) -> tuple[Any, ...]:
    return (
        row.host,
        row.registrable_domain,
        row.scope,
        row.network,
        row.relation,
        row.verdict,
        row.score_bits,
        row.availability,
        row.first_seen.isoformat(),
        row.last_verified.isoformat() if row.last_verified else None,
        row.valid_until.isoformat() if row.valid_until else None,
        row.reviewed_by,
    )


def read_rows(file: Path) -> Iterator[tuple[int, Row]]:
    """What was spooled to *file*."""
    instant = datetime.fromisoformat
    for id_, host, domain, scope, network, relation, verdict, bits, state, *dated, by in _read(
        file
    ):
        first_seen, last_verified, valid_until = dated
        yield (
            id_,
            Row(
                host=host,
                registrable_domain=domain,
                scope=scope,
                network=network,
                relation=relation,
                verdict=verdict,
                score_bits=bits,
                availability=state,
                first_seen=instant(first_seen),
                last_verified=instant(last_verified) if last_verified else None,
                valid_until=instant(valid_until) if valid_until else None,
                techniques=(),
                evidence=(),
                reviewed_by=tuple(by),
            ),
        )


def _read(file: Path) -> Iterator[Any]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
