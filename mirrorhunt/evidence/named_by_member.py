"""Members redirect to the candidate, announce it, link it.

A lead and never proof: it costs a member one line to point at anybody. Operators of banned names
pointed them at banks and social networks, which were then blocked (Russia, 2017); ACE's own page
was reported as pirate because seized domains redirect there (2023). All that members say is worth
three bits together, and what they say of a host that was there before never lifts it over the
line. What visitors write in comments is not the members' word.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._pointers import Said, said_by_members
from mirrorhunt.evidence._weights import (
    COMMENTS,
    KNOWN,
    KNOWN_CAP_BITS,
    Weight,
    ignored,
    known_group,
    listed,
)
from mirrorhunt.model import BOTH, Evidence, Side

WEIGHT = Weight(
    m=0.35,
    u=5e-3,
    cap=KNOWN_CAP_BITS,
    half_life_days=90,
    group=KNOWN,
    side=Side.KNOWN,
    relations=BOTH,
    source="docs/attribution.md, 2026-11",
)
BITS = {
    "redirect": 3.0,
    "meta_refresh": 3.0,
    "script_redirect": 3.0,
    "announcement": 3.0,
    "canonical": 2.0,
    "alternate": 2.0,
    "frame": 1.0,
    "link": 1.0,
    "text": 1.0,
}
"""Other ways, certificates among them, have a kind of their own."""
TEMPLATE_BITS = 1.5
"""A link in the navigation or footer; a list of mirrors there is an ``announcement``."""


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """What members say of the candidate: one piece of evidence for each way and time."""
    said = said_by_members(case.network).get(case.candidate.registrable_domain, ())
    sorted_by: dict[tuple[str, str], list[Said]] = {}
    for s in said:
        if s.how not in BITS or s.by == case.candidate.host:
            continue
        group = known_group(case.candidate, s.observation.first_seen_at, s.observation.is_native)
        where = COMMENTS if s.observation.region == COMMENTS else group
        sorted_by.setdefault((s.how, where), []).append(s)
    for (how, where), of_how in sorted(sorted_by.items()):
        hosts = tuple(sorted({s.by for s in of_how}))
        because = f"named by {listed(hosts)} ({how.replace('_', ' ')})"
        if where == COMMENTS:
            yield ignored(WEIGHT, "named_by_member", how, because, "written by visitors")
            continue
        if where != KNOWN:
            because += ", after it was already there"
        bits = BITS[how]
        if how == "link" and any(s.observation.region == "template" for s in of_how):
            bits = TEMPLATE_BITS
        yield Evidence("named_by_member", BOTH, Side.KNOWN, where, bits, because, how)
