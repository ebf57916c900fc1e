"""The candidate names a member as the real address of its page, or as a mirror.

A ``canonical`` or ``alternate`` to a member is what a mirror's template carries along, and so is
the list of official addresses. A link in the navigation is less: pirates link their friends. A
link or a mention in the text is what any newspaper writes, and counts for nothing.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._pointers import to_members
from mirrorhunt.evidence._weights import LINKS, Weight, age_days, faded, ignored, values_of
from mirrorhunt.facts import HostFacts
from mirrorhunt.model import MIRROR_ONLY, Evidence, Side
from mirrorhunt.names import registrable_domain

WEIGHT = Weight(
    m=0.25,
    u=1e-3,
    cap=5.0,
    half_life_days=90,
    group=LINKS,
    side=Side.CANDIDATE,
    relations=MIRROR_ONLY,
    source="docs/attribution.md, 2026-11",
)
BITS = {"canonical": 5.0, "alternate": 5.0, "announcement": 5.0, "frame": 3.0}
TEMPLATE_LINK_BITS = 2.0
"""Link lists of friends and directories are common among sites of one trade."""
_SAYS = {
    "canonical": "gives {} as the real address of its page",
    "alternate": "gives {} as the same page in another language",
    "announcement": "announces {} as its address",
    "frame": "shows {} in a frame",
}


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """The strongest pointer of each way from the candidate to a member."""
    for how, bits in BITS.items():
        pointers = to_members(case, how)
        if pointers:
            member, o = max(pointers, key=lambda p: (p[1].last_seen_at, p[0]))
            days = age_days(case.now, o)
            weight = faded(bits, days, WEIGHT.half_life_days)
            value = f"{how}:{member}"
            if how == "frame" and registrable_domain(o.value) in _loaded(case.candidate):
                because, why = (
                    _SAYS[how].format(member),
                    "it loads from there, and is told so once",
                )
                yield ignored(WEIGHT, "points_to_member", value, because, why)
                continue
            yield _evidence(_SAYS[how].format(member), weight, value)
    links = to_members(case, "link")
    template = [member for member, o in links if o.region == "template"]
    if template:
        because = f"links {template[0]} from its navigation or footer"
        yield _evidence(because, TEMPLATE_LINK_BITS, f"link:{template[0]}")
    elif links:
        because = f"links {links[0][0]} in its text"
        why = "newspapers and fans link pirates too"
        yield ignored(WEIGHT, "points_to_member", f"link:{links[0][0]}", because, why)


def _loaded(host: HostFacts) -> frozenset[str | None]:
    """The domains that it loads from: a frame of one of these is no second fact."""
    return frozenset(registrable_domain(value) for value in values_of(host, "own_host"))


def _evidence(because: str, bits: float, value: str) -> Evidence:
    return Evidence("points_to_member", MIRROR_ONLY, WEIGHT.side, LINKS, bits, because, value)
