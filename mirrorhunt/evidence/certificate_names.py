"""One small certificate that names both.

A certificate authority has seen the control of every name in it. The candidate has to present it
itself: what a member presents may be signed by the member, and name anybody. A member that
somebody else runs shares its certificates with what *he* runs.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._certificates import NAMED
from mirrorhunt.evidence._pointers import is_members
from mirrorhunt.evidence._weights import (
    CONTROL,
    KNOWN_CAP_BITS,
    age_days,
    faded,
    holdings,
    known_group,
    listed,
    member_domains,
)
from mirrorhunt.model import BOTH, Evidence, Side
from mirrorhunt.names import registrable_domain

WEIGHT = NAMED


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """Each member named in the candidate's certificate, or the word of a member's certificate."""
    guests = {registrable_domain(host) for host in case.network.guests}
    domains = member_domains(case.network)
    kind = "certificate_names"
    mine: dict[str, float] = {}
    for o in case.candidate.by_kind.get(kind, ()):
        days = age_days(case.now, o)
        mine[o.value] = min(days, mine.get(o.value, days))
    named = sorted(
        d
        for d in mine.keys() - guests - {case.candidate.registrable_domain}
        if d in domains and is_members(case.network, d)
    )
    for domain in named:
        bits = faded(WEIGHT.bits(0, 0), mine[domain], WEIGHT.half_life_days)
        because = f"its certificate names {domain} of the network too"
        yield Evidence(kind, BOTH, Side.JOINT, CONTROL, bits, because, domain)
    held = holdings(case.network).get((kind, case.candidate.registrable_domain))
    if held and not named:
        group = known_group(case.candidate, held.since, held.native is not None)
        because = f"the certificate of {listed(held.hosts)} names it, its own names nobody"
        yield Evidence(kind, BOTH, Side.KNOWN, group, KNOWN_CAP_BITS, because)
