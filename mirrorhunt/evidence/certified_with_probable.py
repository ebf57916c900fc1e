"""One small certificate that names both the candidate and a host that is itself probable.

On the first night nobody has confirmed anything, and the brands of one owner have no page in
common by which one could. Whoever got the certificate held all its names, so the candidate is as
sure as that host is, and no surer: it adds no more bits than the host has for being the operator's
(`mirrorhunt.hands`), so that one which is barely probable takes nobody with it. Only what the host
has without such certificates counts: a chain of guesses proves nothing.
"""

from collections.abc import Iterator
from dataclasses import replace

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._certificates import NAMED
from mirrorhunt.evidence._weights import CONTROL, age_days, faded, member_domains, shown_by
from mirrorhunt.model import BOTH, Evidence, Side

WEIGHT = replace(NAMED, source="as certificate_names, and at most what the other host has")


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """The best such host in the candidate's certificate; nothing where that names a member."""
    seen = {o.value: o for o in shown_by(case.candidate, "certificate_names")}
    if seen.keys() & member_domains(case.network).keys() - {case.candidate.registrable_domain}:
        return
    operated = case.network.operated
    named = seen.keys() & operated.keys() - {case.candidate.registrable_domain}
    if not named:
        return
    domain = max(named, key=lambda d: (operated[d], d))
    bits = min(WEIGHT.bits(0, 0), operated[domain])
    bits = faded(bits, age_days(case.now, seen[domain]), WEIGHT.half_life_days)
    sure = f"{operated[domain]:.1f} bits"
    because = f"its certificate names {domain} too, which is itself probable by {sure}"
    yield Evidence("certified_with_probable", BOTH, Side.JOINT, CONTROL, bits, because, domain)
