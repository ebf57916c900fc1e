"""When a state changes: what one more look makes of the state that a host stands in. Pure.

One look is one look: pages break, nameservers stumble, and a name that was taken for dead an hour
ago is back. A host that was ever live leaves its state only when several looks, hours or days
apart, saw another one; it is back at once (decision 12). While another state is *pending*, the one
that stands is not borne out either: the last time it was seen live does not move, so that what was
published of it runs out by itself.

What stands is one state a host, and states are seen from somewhere: it is that of the vantage that
saw it last, its *home*. Looks from elsewhere change it only where they find the host live, or when
its home has not looked for `HOME_SILENCE`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mirrorhunt.model import Availability

APART = timedelta(hours=1)
"""Between two looks that both count; for each further one as much again."""
SOON = timedelta(minutes=10)
"""A look so soon after another one says no more than that one did."""
SILENT_FOR = timedelta(hours=72)
"""So long nothing may be heard before a host is held to be gone (docs/attribution.md: three looks
over three days)."""
HOME_SILENCE = timedelta(days=7)
"""After that, a vantage that saw a host in its state has no say in it any more."""

SILENT = frozenset({Availability.UNRESOLVED, Availability.ERROR, Availability.DEAD})
"""Nothing was heard, or nothing that makes sense."""
AWAY = frozenset(
    {
        Availability.PARKED,
        Availability.FOR_SALE,
        Availability.SEIZED,
        Availability.SINKHOLED,
    }
)
"""Somebody else holds the name: whoever is live on it afterwards is held to be another one."""
_FAMILIES = (
    SILENT,
    frozenset({Availability.PARKED, Availability.FOR_SALE}),
    frozenset({Availability.CHALLENGE, Availability.RESTRICTED}),
)
"""States that one cause shows as the one or the other: looks at either count together."""
_NO_LOOK = frozenset({"unresolved:own", "unresolved:unseen"})
"""Rulings on looks that never reached the host: they say nothing about it."""
_NO_ANSWER = frozenset(
    {"error:unresolved", "error:timeout", "error:refused", "error:reset", "error:no_page"}
)
_WORDS = {
    Availability.PARKED: "parked it",
    Availability.FOR_SALE: "offered it for sale",
    Availability.SEIZED: "said that it was seized",
    Availability.SINKHOLED: "was a sinkhole's",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a front page came to."""

    availability: Availability
    rule: str
    because: str
    at: datetime
    run: int
    vantage: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """The vantage that saw a host last in the state it stands in."""

    vantage: str
    looked_at: datetime
    """When it looked last, whatever it saw."""


@dataclass(frozen=True, slots=True)
class State:
    """The state that a host stands in, and the other one that is pending."""

    availability: Availability = Availability.UNRESOLVED
    rule: str = ""
    because: str = ""
    since: datetime | None = None
    """When it was first seen in it; None: it was never looked at."""
    visited_at: datetime | None = None
    live_at: datetime | None = None
    """When it was last seen live; None: never."""
    first_live_run: int | None = None
    """The run that first saw it live in the hands it is in."""
    pending: Availability | None = None
    pending_since: datetime | None = None
    pending_looks: int = 0
    epoch_since: datetime | None = None
    epoch_because: str = ""


def looks_needed(availability: Availability) -> int:
    """How many looks take a host that was ever live to *availability*."""
    if availability is Availability.LIVE:
        return 1
    return 3 if availability in SILENT else 2


def time_needed(availability: Availability) -> timedelta:
    """Between the first and the last of those looks."""
    if availability is Availability.LIVE:
        return timedelta(0)
    return SILENT_FOR if availability in SILENT else APART


def is_kin(a: Availability, b: Availability) -> bool:
    """Whether looks at *a* and at *b* count together."""
    return a is b or any(a in family and b in family for family in _FAMILIES)


def settle(state: State, look: Look, home: Home | None = None) -> State:
    """*state* after *look*. *home* is not needed where there is one vantage only."""
    if state.since is not None and look.rule in _NO_LOOK:
        return state
    # As it is dated, even before the one before: where a clock went back, one of the two is wrong,
    # and the earlier date keeps nothing published for longer.
    visited = replace(state, visited_at=look.at)
    if look.availability is Availability.LIVE:
        return _live(visited, look, is_new_owner=_is_away(state) and not _is_afar(look, home))
    if state.live_at is None or _seen(state, look) is state.availability:
        return _standing(visited, look, _seen(state, look))
    if _is_afar(look, home):
        return visited
    return _pending(visited, look, is_soon=_is_soon(state, look))


def _is_soon(state: State, look: Look) -> bool:
    return state.visited_at is not None and abs(look.at - state.visited_at) < SOON


def _seen(state: State, look: Look) -> Availability:
    """What *look* saw. Of a host that is gone already, silence is nothing new."""
    is_gone = state.live_at is not None and state.availability is Availability.DEAD
    return Availability.DEAD if is_gone and _is_silence(look) else look.availability


def _is_silence(look: Look) -> bool:
    return (
        look.availability in {Availability.DEAD, Availability.UNRESOLVED}
        or look.rule in _NO_ANSWER
    )


def _is_afar(look: Look, home: Home | None) -> bool:
    """Whether *look* was made from elsewhere than the host's home, which still looks."""
    if home is None or home.vantage == look.vantage:
        return False
    return look.at - home.looked_at < HOME_SILENCE


def _is_away(state: State) -> bool:
    """Whether somebody else is settled to hold the name, not by one look that may have erred."""
    if state.availability not in AWAY or state.since is None:
        return False
    if state.live_at is not None:
        return True
    return state.visited_at is not None and state.visited_at - state.since >= APART


def _standing(state: State, look: Look, availability: Availability) -> State:
    """*state* in *availability*, with nothing pending."""
    is_same = state.since is not None and state.availability is availability
    return replace(
        state,
        availability=availability,
        rule=look.rule,
        because=look.because,
        since=state.since if is_same else look.at,
        pending=None,
        pending_since=None,
        pending_looks=0,
    )


def _live(state: State, look: Look, *, is_new_owner: bool) -> State:
    lived = replace(
        _standing(state, look, Availability.LIVE),
        live_at=look.at,
        first_live_run=state.first_live_run or look.run,
    )
    if not is_new_owner:
        return lived
    assert state.since is not None
    because = (
        f"live again on {look.at:%Y-%m-%d} after a page that {_WORDS[state.availability]}, seen "
        f"from {state.since:%Y-%m-%d} on: held to be in other hands"
    )
    # What the owner before showed was seen before that page, whatever the clock says now.
    since = max(at for at in (look.at, state.since, state.epoch_since) if at is not None)
    return replace(lived, first_live_run=look.run, epoch_since=since, epoch_because=because)


def _pending(state: State, look: Look, *, is_soon: bool) -> State:
    """*state* after a look that saw another one."""
    since, looks = look.at, 1
    if state.pending is not None and is_kin(state.pending, look.availability):
        assert state.pending_since is not None
        since, looks = state.pending_since, state.pending_looks
        # One dated before the first tells of a clock that went back, and of no time that passed.
        looks += not is_soon and look.at - since >= looks * APART
    if looks < looks_needed(look.availability) or look.at - since < time_needed(look.availability):
        return replace(state, pending=look.availability, pending_since=since, pending_looks=looks)
    settled = replace(_standing(state, look, look.availability), since=since)
    if not _is_silence(look) or look.availability is Availability.DEAD:
        return settled
    return replace(
        settled,
        availability=Availability.DEAD,
        rule="dead:no_answer",
        because=f"no answer from {since:%Y-%m-%d} to {look.at:%Y-%m-%d}; at last {look.because}",
    )
