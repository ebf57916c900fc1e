"""When a host is looked at again: often where it may be gone tomorrow, rarely where not. Pure.

A network that moves every week loses an address the day after it was seen; one that has stood for
years will stand tomorrow. In the public histories of four indexes (docs/attribution.md, 2026-11)
half of one network's addresses lived 6 days, half of another's 46: so the pace is each network's
own, read from the dates of its members.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from itertools import pairwise
from statistics import median

from mirrorhunt.model import Availability
from mirrorhunt.names import parts, skeleton
from mirrorhunt.settling import AWAY, SILENT, State, time_needed

HOPPER_DWELL_DAYS = 10.0
"""A network whose members last no longer moves weekly."""
LATEST_MOVES = 10
"""How a network moved years ago says little about how it moves now."""
MIN_MOVES = 2
MIN_NUMBERED = 3
TWICE_A_DAY, DAILY, WEEKLY = timedelta(hours=12), timedelta(days=1), timedelta(days=7)
RARELY, HARDLY = timedelta(days=30), timedelta(days=60)
STABLE_AFTER = timedelta(days=60)
SILENT_DAYS = (1, 3, 7, 30)
"""After it fell silent; from then on every `RARELY`."""
SLACK = 0.9
"""Of an interval has to be over: else a job that starts every night would find what it looked at a
minute later than the night before not due yet."""


class Role(IntEnum):
    """What a host is to the network; who is looked at first."""

    MEMBER = 1
    """Stands: a seed, confirmed or probable."""
    STOOD = 2
    """Stood once."""
    NEAR = 3
    """A candidate that speaks for itself a little."""
    FAR = 4


@dataclass(frozen=True, slots=True)
class Subject:
    """A host whose turn is to be found."""

    host: str
    role: Role
    state: State


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a network moves."""

    is_hopper: bool
    because: str


@dataclass(frozen=True, slots=True)
class Turn:
    """When a host is looked at next, and why then."""

    host: str
    role: Role
    at: datetime | None
    """None: not here, but when a hunt gets to it."""
    because: str


def pace(starts: Iterable[tuple[str, datetime]]) -> Pace:
    """The pace of a network with these registrable domains, each since when it is known to be."""
    dated = sorted(starts, key=lambda start: (start[1], start[0]))
    moves = _moves([at for _, at in dated])
    if len(moves) >= MIN_MOVES:
        days = median(moves[-LATEST_MOVES:])
        return Pace(days <= HOPPER_DWELL_DAYS, f"the network moves every {days:.0f} days")
    numbers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for domain, _ in dated:
        named = parts(domain)
        if digits := re.sub(r"[^0-9]", "", named.label):
            numbers[skeleton(named.label), named.suffix].add(digits)
    if any(len(found) >= MIN_NUMBERED for found in numbers.values()):
        return Pace(True, "the network numbers its addresses")
    return Pace(False, "how fast the network moves is not known")


def _moves(starts: Sequence[datetime]) -> list[float]:
    """The days between *starts*, sorted; what came within one was prepared together."""
    gaps = ((later - before) / DAILY for before, later in pairwise(starts))
    return [days for days in gaps if days >= 1]


def turn(subject: Subject, pace: Pace, now: datetime, valid_for: timedelta) -> Turn:
    """When *subject* is looked at next; *valid_for* is how long a published entry stands."""
    state = subject.state
    if state.visited_at is None:
        if subject.role is Role.MEMBER:
            return _turn(subject, now, "it was never looked at")
        return _turn(subject, None, "a hunt looks at it first")
    at, because = _by_interval(subject, state.visited_at, pace, valid_for)
    if state.pending is not None and state.pending_since is not None:
        soon = _next_counting(state.pending, state.pending_since, state.pending_looks)
        if soon < at:
            at, because = soon, f"it was seen {state.pending.value}, which does not count yet"
    if state.visited_at > now + (at - state.visited_at):
        at, because = now, "its last look is dated in the future: the clock was wrong"
    return _turn(subject, at, because)


def _turn(subject: Subject, at: datetime | None, because: str) -> Turn:
    return Turn(subject.host, subject.role, at, because)


def _next_counting(pending: Availability, since: datetime, looks: int) -> datetime:
    """When the next look at what is pending counts."""
    if pending not in SILENT:
        return since + time_needed(pending)
    return since + (DAILY if looks < 2 else time_needed(pending))


def _by_interval(
    subject: Subject, visited_at: datetime, pace: Pace, valid_for: timedelta
) -> tuple[datetime, str]:
    state = subject.state
    if subject.role is Role.FAR or (subject.role is Role.NEAR and state.live_at is None):
        if state.live_at is None:
            return visited_at + SLACK * HARDLY, "it was never live: every 60 days"
        return visited_at + SLACK * RARELY, "far from any verdict: every 30 days"
    if state.availability in SILENT and state.since is not None:
        return _backing_off(state.since, visited_at)
    interval, because = _interval(subject, pace)
    if subject.role is Role.MEMBER and state.availability is Availability.LIVE:
        # Two looks within the life of a published entry: one may fail.
        interval = min(interval, valid_for / 2)
    return visited_at + SLACK * interval, because


def _interval(subject: Subject, pace: Pace) -> tuple[timedelta, str]:
    state = subject.state
    if subject.role is not Role.MEMBER:
        what = "it stood once" if subject.role is Role.STOOD else "a live candidate"
        return WEEKLY, f"{what}: weekly"
    if state.availability in AWAY:
        return WEEKLY, f"{state.availability.value}: weekly"
    if pace.is_hopper:
        return TWICE_A_DAY, f"{pace.because}: twice a day"
    if (
        state.availability is Availability.LIVE
        and state.since is not None
        and state.visited_at is not None
        and state.visited_at - state.since >= STABLE_AFTER
    ):
        return WEEKLY, "unchanged for more than 60 days: weekly"
    return DAILY, "a member: daily"


def _backing_off(silent_since: datetime, visited_at: datetime) -> tuple[datetime, str]:
    for days in SILENT_DAYS:
        at = silent_since + timedelta(days=days)
        if at - timedelta(hours=2) > visited_at:
            return at, f"silent since {silent_since:%Y-%m-%d}: looked at after {days} days"
    return visited_at + SLACK * RARELY, f"silent since {silent_since:%Y-%m-%d}: every 30 days"
