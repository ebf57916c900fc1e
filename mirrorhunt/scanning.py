"""New names against all networks: which look like a member's next, written down as candidates.

A name is a lead and no more: what looks alike is looked at by the next hunt, and judged by what it
serves. A scan that was stopped is started again from the beginning. The same names are the same
candidates, a feed takes minutes at most, and a note of how far it came would be wrong as soon as a
network has a new label.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from sqlalchemy import Engine

from mirrorhunt.errors import InputError
from mirrorhunt.likeness import Match, Patterns
from mirrorhunt.model import Candidate
from mirrorhunt.name_lists import MAX_LINE_BYTES, Block, Junk, NameList, Reader
from mirrorhunt.sieve import Sieve, lines_at, longer_lines
from mirrorhunt.store import candidates, runs, standing
from mirrorhunt.store.runs import RunRecord
from mirrorhunt.store.session import storing

TECHNIQUE = "name_feeds"
MAX_PER_NETWORK = 1_000
"""Matches of one rule that a scan keeps for one network: a label may be a common word."""
MAX_MATCHES = 500_000
"""Matches that a scan keeps at all, for their memory."""
SHRUNK = 0.5
"""A feed with less than this share of its usual names is late or cut (opensquat issues 33, 40, 59:
feeds that stood still or shrank, and nobody noticed)."""
_USUAL_SCANS = 5


@dataclass
class Tally:
    """What a scan has read and passed over."""

    lines: int = 0
    names: int = 0
    """Lines that hold a name; a zone file says a name several times."""
    junk: Counter[Junk] = field(default_factory=Counter)
    """Lines that should hold a name and do not, by kind."""
    matches: int = 0
    out: int = 0
    """Matches that are protected or infrastructure."""
    over: Counter[str] = field(default_factory=Counter)
    """Matches beyond a bound, by network; lines, as names past a bound are not kept apart."""

    @property
    def is_full(self) -> bool:
        """True if the scan has kept as many matches as it may."""
        return self.matches >= MAX_MATCHES


class Scan:
    """One list, block by block."""

    def __init__(self, patterns: Patterns, is_out: Callable[[str], bool]) -> None:
        self.tally = Tally()
        self._patterns = patterns
        self._sieve = Sieve(patterns)
        self._is_out = is_out
        self._reader = Reader()
        self._seen: set[tuple[str, str]] = set()
        self._kept: Counter[tuple[str, str]] = Counter()

    def of(self, names: NameList) -> Iterator[list[Match]]:
        """The new matches in *names*, once for each block, empty or not."""
        for text in names.blocks():
            yield self.block(text)

    def block(self, text: bytes) -> list[Match]:
        """The matches in *text*, whole lines, that no earlier block had."""
        block = self._reader.block(text)
        sifted = self._sieve.sift(
            block.names, single_labels=block.has_origin, blanks=block.is_reduced
        )
        to_read: Sequence[int] = sifted.to_read
        if block.is_reduced:
            # What the first field does not show.
            to_read = sorted({*to_read, *longer_lines(text, MAX_LINE_BYTES)})
        self.tally.lines += sifted.lines
        self.tally.names += sifted.lines - sifted.blank - len(to_read)
        return [match for name in self._read(block, to_read) for match in self._new(name)]

    def _read(self, block: Block, numbers: Sequence[int]) -> Iterator[str]:
        for number, line in zip(numbers, lines_at(block.text, numbers), strict=True):
            name = block.read(number, line)
            if isinstance(name, Junk):
                self.tally.junk[name] += 1
            elif name is not None:
                self.tally.names += 1
                yield name

    def _new(self, name: str) -> Iterator[Match]:
        for match in self._patterns.match(name):
            key = (match.network, match.host)
            if key in self._seen:
                continue
            bound = (match.network, match.rule)
            if self._is_out(match.host):
                self.tally.out += 1
            elif self.tally.is_full or self._kept[bound] >= MAX_PER_NETWORK:
                self.tally.over[match.network] += 1
            else:
                self._seen.add(key)
                self._kept[bound] += 1
                self.tally.matches += 1
                yield match


# ---------------------------------------------------------------- what is known, what is kept


@dataclass(frozen=True)
class Networks:
    """The networks that names are compared with."""

    ids: Mapping[str, int]
    patterns: Patterns


def networks(engine: Engine, only: str | None = None) -> Networks:
    """All networks, or the one called *only*.

    Raises InputError where there is nothing to compare with, UnknownNameError for no such network.
    """
    with storing(), engine.begin() as connection:
        found = standing.everywhere(connection, only)
    patterns = Patterns({network: domains for network, (_, domains) in found.items()})
    if not len(patterns):
        which = f"network {only!r} has" if only else "the networks have"
        raise InputError(
            f"{which} no label long enough to be looked for (6 letters, or 5 and a number); "
            "a first hunt finds more: `mirrorhunt hunt SEED`"
        )
    return Networks({network: id_ for network, (id_, _) in found.items()}, patterns)


@dataclass(frozen=True, slots=True)
class Stored:
    """A scan as it is written down."""

    run: RunRecord
    crawl: int
    usual_names: int | None
    """How many names the feed of this name had in its last scans; None for a new feed."""


def begin(engine: Engine, feed: str, now: datetime) -> Stored:
    """Open a scan of *feed*, or go on with the run that was killed."""
    with storing(), engine.begin() as connection:
        run = runs.open_run(connection, "scan", None, now)
        before = [
            int(stats["names"])
            for stats in runs.crawl_stats(connection, TECHNIQUE)
            if stats.get("feed") == _series(feed) and "names" in stats
        ]
        crawl = runs.open_crawl(connection, run.id, TECHNIQUE, now)
    return Stored(run, crawl, int(median(before[:_USUAL_SCANS])) if before else None)


def store(
    engine: Engine,
    stored: Stored,
    known: Networks,
    feed: str,
    matches: Sequence[Match],
    now: datetime,
) -> int:
    """Write *matches* down as candidates, which the next hunt of their network looks at; returns
    how many are new to it. One transaction."""
    by_network: dict[str, list[Candidate]] = defaultdict(list)
    for match in matches:
        by_network[match.network].append(candidate(match, feed))
    with storing(), engine.begin() as connection:
        return sum(
            candidates.propose(connection, known.ids[network], stored.run, found, now)
            for network, found in sorted(by_network.items())
        )


def finish(
    engine: Engine, stored: Stored, feed: str, tally: Tally, cut: str, now: datetime
) -> None:
    """Close a scan, with its numbers. Those of a feed that was cut are no measure of the next."""
    stats: dict[str, int | str] = {
        "lines": tally.lines,
        "matches": tally.matches,
        **{f"junk/{kind}": count for kind, count in sorted(tally.junk.items())},
    }
    if not cut:
        stats |= {"feed": _series(feed), "names": tally.names}
    with storing(), engine.begin() as connection:
        runs.finish_crawl(connection, stored.crawl, now, cut or "finished", stats)
        runs.finish_run(connection, stored.run.id, now, None)


def candidate(match: Match, feed: str) -> Candidate:
    """*match*, found in *feed*, as it is proposed."""
    because = f"{match.because}; in {feed[:80]}"
    return Candidate(match.host, match.network, TECHNIQUE, None, because, match.rule)


def has_shrunk(tally: Tally, stored: Stored) -> bool:
    """True if the feed has far fewer names than it usually has."""
    usual = stored.usual_names
    return usual is not None and tally.names < usual * SHRUNK


def _series(feed: str) -> str:
    """What *feed* is called whatever its date.

    >>> _series("new-2026-11-24.txt.gz")
    'new-0-0-0.txt.gz'
    """
    return re.sub(r"[0-9]+", "0", feed)[:100]
