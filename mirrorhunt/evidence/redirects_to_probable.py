"""The candidate sends its visitors to a host that is itself probable.

Old addresses of a network redirect to its newest one, which nobody has confirmed yet. Where the
redirect leads is as sure as the host there is, so it adds no more bits than that host has, and
only hosts that are probable without such a redirect count: a chain of guesses proves nothing.
"""

from collections.abc import Iterator
from dataclasses import replace

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._pointers import REDIRECT, REDIRECT_BITS, to_domains
from mirrorhunt.evidence._weights import LINKS, age_days, faded
from mirrorhunt.model import BOTH, Evidence

WEIGHT = replace(REDIRECT, source="as redirects_to_member, and at most what its end has")


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """The redirect to the best such host of each way."""
    for how, bits in REDIRECT_BITS.items():
        pointers = to_domains(case.candidate, how, case.network.probable)
        if pointers:
            domain, o = max(pointers, key=lambda p: (case.network.probable[p[0]], p[0]))
            end_bits = case.network.probable[domain]
            weight = faded(min(bits, end_bits), age_days(case.now, o), WEIGHT.half_life_days)
            yield Evidence(
                "redirects_to_probable",
                BOTH,
                WEIGHT.side,
                LINKS,
                weight,
                f"sends its visitors to {o.value} ({how.replace('_', ' ')}), which is itself "
                f"probable by {end_bits:.1f} bits",
                f"{how}:{domain}",
            )
