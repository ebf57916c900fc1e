"""Registered years before anything of the network was: speaks against.

Lawful sites are old; the names of a network that changes them weekly are not. Silent unless the
registration of every member is known.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import AGAINST, DAY_S, Weight
from mirrorhunt.model import BOTH, Evidence, Side

WEIGHT = Weight(
    m=0.10,
    u=0.40,
    cap=-2.0,
    half_life_days=3650,
    group=AGAINST,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="docs/attribution.md, 2026-11",
)
LEAST_DAYS = 730


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """That the candidate was registered two years or more before the oldest member."""
    mine = case.candidate.registered_at
    theirs = [m.registered_at for m in case.network.members]
    known = [at for at in theirs if at is not None]
    if mine is None or not known or len(known) < len(theirs):
        return
    days = (min(known) - mine).total_seconds() / DAY_S
    if days >= LEAST_DAYS:
        because = f"registered {mine:%Y-%m-%d}, {days / 365:.0f} years before the oldest member"
        yield Evidence("older_than_network", BOTH, WEIGHT.side, AGAINST, WEIGHT.cap, because)
