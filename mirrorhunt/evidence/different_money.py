"""Another account of the same advertising network: speaks against the same operator.

A clone keeps the page and changes who is paid.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import AGAINST, Weight, own_values, shown, values_of
from mirrorhunt.model import OPERATOR_ONLY, Evidence, Side

WEIGHT = Weight(
    m=0.12,
    u=0.96,
    cap=-3.0,
    half_life_days=730,
    group=AGAINST,
    side=Side.CANDIDATE,
    relations=OPERATOR_ONLY,
    source="docs/attribution.md, 2026-11",
)
_KINDS = ("ad_id", "wallet")
_PER_PUBLISHER = frozenset({"adsense", "popcash"})
"""Systems whose ID names who is paid. Others number the places on a page, and one publisher has
as many as he has sites."""


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """That both are paid through one advertising network, and no account is shared."""
    own = own_values(case.network)
    mine = {kind: values_of(case.candidate, kind) for kind in _KINDS}
    if any(mine[kind] & own.get(kind, frozenset()) for kind in _KINDS):
        return
    systems = _systems(mine["ad_id"]) & _systems(own.get("ad_id", frozenset()))
    if systems:
        because = f"is paid through {shown(min(systems))} under another account than the network"
        yield Evidence("different_money", OPERATOR_ONLY, WEIGHT.side, AGAINST, WEIGHT.cap, because)


def _systems(values: frozenset[str]) -> set[str]:
    return {value.partition(":")[0] for value in values} & _PER_PUBLISHER
