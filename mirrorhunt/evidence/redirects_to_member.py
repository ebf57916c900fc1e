"""The candidate sends its visitors to a member.

Nobody lawful does that by accident, though a hacked site or an open redirect might; one member
that it leads to says as much as ten. What a seized, blocked or parked host redirects to is not its
doing, and is not weighed: `mirrorhunt.verdicts` hears nothing from a page that is not live.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._pointers import REDIRECT, REDIRECT_BITS, to_members
from mirrorhunt.evidence._weights import LINKS, age_days, faded
from mirrorhunt.model import BOTH, Evidence

WEIGHT = REDIRECT


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """The redirect to a member, if there is one: the strongest of each way."""
    for how, bits in REDIRECT_BITS.items():
        pointers = to_members(case, how)
        if pointers:
            member, o = max(pointers, key=lambda p: (p[1].last_seen_at, p[0]))
            days = age_days(case.now, o)
            because = f"sends its visitors to {member} ({how.replace('_', ' ')})"
            weight = faded(bits, days, WEIGHT.half_life_days)
            yield Evidence(
                "redirects_to_member", BOTH, WEIGHT.side, LINKS, weight, because, f"{how}:{member}"
            )
