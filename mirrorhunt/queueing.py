"""The queue: which hosts a person is asked about next.

By what a decision would teach: most of them where the policy doubts, some where it is surest and
a confirmation publishes, and a tenth as chance draws them, which alone bounds how often the policy
errs (whatever else is shown was chosen, and says nothing about the rest). What somebody decided
and has to be looked at again goes before, up to half: whoever runs a network could otherwise fill
the queue by changing what was seen.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine

from mirrorhunt.errors import InputError
from mirrorhunt.model import Verdict
from mirrorhunt.store import findings, hosts, reviews
from mirrorhunt.store import queue as stored
from mirrorhunt.store.findings import Finding
from mirrorhunt.store.queue import Lost, Waiting
from mirrorhunt.store.session import storing
from mirrorhunt.verdicts import PROBABLE_BITS

UNCERTAIN_SHARE, TOP_SHARE, RANDOM_SHARE = 0.6, 0.3, 0.1
"""Of the queue (research of 2026-11)."""
AGAIN_SHARE = 0.5
"""At most so much of the queue is what was decided before."""
MAX_LIMIT = 10_000


class Slice(StrEnum):
    """Why an item is in the queue."""

    AGAIN = "again"
    UNCERTAIN = "uncertain"
    TOP = "top"
    RANDOM = "random"
    GONE = "gone"


class Waits(StrEnum):
    """What an item waits for."""

    NEW = "new"
    CHANGED = "changed"
    """Somebody decided, and what they saw has changed."""
    SECOND = "second person"
    FLAGGED = "flagged"
    """A member that does not look as it should."""
    GONE = "gone"


class Which(StrEnum):
    """What is asked for."""

    QUEUE = "queue"
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Item:
    """One host that waits for a person."""

    slice: Slice
    waits: Waits
    because: str
    """What changed, or what it is looked at for."""
    finding: Finding


@dataclass(frozen=True, slots=True)
class Queue:
    """Hosts that wait for a person, in the order in which they are worth looking at."""

    items: tuple[Item, ...]
    waiting: Mapping[Waits, int]
    """How many wait in all, by what for; those that nobody decided upon are not counted."""
    drawn_in: str
    """The network in which chance has drawn the next host, if that was not asked for; else
    empty."""


class Drawable(Protocol):
    """What chance may draw."""

    @property
    def network(self) -> str: ...
    @property
    def host(self) -> str: ...


D = TypeVar("D", bound=Drawable)


def audit_order(found: Iterable[D], salt: str) -> list[D]:
    """*found*, probable hosts that nobody decided upon, in the order in which chance draws them.

    The order is fixed by the database's secret before anybody looks, so that what is decided in
    this order is a random sample, and bounds the share of wrong ones among all.
    """
    return sorted(found, key=lambda f: _lot(salt, f.network, f.host))


def _lot(salt: str, network: str, host: str) -> str:
    return hashlib.sha256(f"{salt} {network} {host}".encode()).hexdigest()


def drawn_next(connection: Connection) -> list[Waiting]:
    """All that chance may draw, in its order: whoever passes over the next gets no credit for the
    one after it."""
    return audit_order(stored.undrawn(connection), reviews.salt(connection))


def queue(
    engine: Engine,
    which: Which = Which.QUEUE,
    network: str | None = None,
    limit: int = 20,
    since: datetime | None = None,
) -> Queue:
    """At most *limit* hosts of *network* (None: of all) that wait for a person, none twice.

    *since* leaves out what has waited for longer: what was judged as it is now before, or what was
    gone before. Raises InputError for a limit or a network that cannot be.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise InputError(f"limit {limit}: between 1 and {MAX_LIMIT}")
    with storing(), engine.begin() as connection:
        if network is not None:
            hosts.find_network_id(connection, network)
        again = stored.again(connection, network, since)
        lost = stored.lost(connection, network, since)
        gone = {row.waiting.verdict_id for row in lost}
        again = [row for row in again if row.verdict_id not in gone]
        order = drawn_next(connection)
        chosen = _chosen(connection, which, network, limit, since, again, lost, order)
        found = findings.by_id(connection, list(chosen))
    items = tuple(
        Item(slice_, waits, because, found[id_])
        for id_, (slice_, waits, because) in chosen.items()
    )
    waiting: dict[Waits, int] = {}
    for row in again:
        waiting[_waits(row)] = waiting.get(_waits(row), 0) + 1
    if lost:
        waiting[Waits.GONE] = len(lost)
    elsewhere = order[0].network if order and network not in (None, order[0].network) else ""
    return Queue(items, waiting, elsewhere)


_Chosen = dict[int, tuple[Slice, Waits, str]]


def _chosen(
    connection: Connection,
    which: Which,
    network: str | None,
    limit: int,
    since: datetime | None,
    again: Sequence[Waiting],
    lost: Sequence[Lost],
    order: Sequence[Waiting],
) -> _Chosen:
    """Verdict ids with the slice, what they wait for and why, in the queue's order."""
    chosen: _Chosen = {}
    if which in (Which.QUEUE, Which.CHANGED, Which.ALL):
        bound = max(1, int(limit * AGAIN_SHARE)) if which is Which.QUEUE else limit
        for row in again[:bound]:
            chosen[row.verdict_id] = (Slice.AGAIN, _waits(row), _changed(row))
    if which in (Which.GONE, Which.ALL):
        for gone in lost[: limit - len(chosen)]:
            chosen[gone.waiting.verdict_id] = (Slice.GONE, Waits.GONE, gone.because)
    room = limit - len(chosen)
    if room and which in (Which.QUEUE, Which.NEW, Which.ALL):
        # A member that is gone is shown as that.
        passed = {*chosen, *(row.waiting.verdict_id for row in lost)}
        chosen |= _teaching(connection, network, room, since, passed, order)
    return chosen


def _teaching(
    connection: Connection,
    network: str | None,
    room: int,
    since: datetime | None,
    passed: set[int],
    order: Sequence[Waiting],
) -> _Chosen:
    """*room* hosts that nobody decided upon, by what a decision would teach."""

    def take(rows: Iterable[Waiting], count: int, slice_: Slice) -> None:
        for row in rows:
            if count <= 0:
                return
            if row.verdict_id not in taken and row.verdict_id not in passed:
                taken[row.verdict_id] = (slice_, Waits.NEW, row.gate)
                count -= 1

    taken: _Chosen = {}
    ask = room + len(passed)
    near = stored.Range(-PROBABLE_BITS, PROBABLE_BITS)
    doubtful = stored.undecided(connection, network, since, near, limit=2 * ask, by_doubt=True)
    likely = stored.Range(0.0, math.inf)
    surest = stored.undecided(connection, network, since, likely, limit=2 * ask, by_doubt=False)
    # Chance does not look at the calendar: with a filter, its sample would be of something else.
    if since is None:
        drawn = order[: max(1, round(room * RANDOM_SHARE))]
        take([row for row in drawn if network in (None, row.network)], room, Slice.RANDOM)
    by_chance = len(taken)
    take(doubtful, min(round(room * UNCERTAIN_SHARE), room - by_chance), Slice.UNCERTAIN)
    take(surest, room - len(taken), Slice.TOP)
    # Where few are likely there is room for more that are doubtful.
    take(doubtful, room - len(taken), Slice.UNCERTAIN)
    place = (Slice.UNCERTAIN, Slice.TOP, Slice.RANDOM)
    return dict(sorted(taken.items(), key=lambda item: place.index(item[1][0])))


def _waits(row: Waiting) -> Waits:
    if row.is_reopened:
        return Waits.CHANGED
    return Waits.FLAGGED if row.verdict == Verdict.CONFIRMED.value else Waits.SECOND


def _changed(row: Waiting) -> str:
    if _waits(row) is Waits.FLAGGED:
        return f"a member, but: {row.flags.replace(',', ', ')}"
    return row.gate
