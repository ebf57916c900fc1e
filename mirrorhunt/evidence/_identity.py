"""Whether a candidate is somebody in its own right: its own name, icon, accounts.

Two pirate sites on one bought theme have the same page, the same assets and often the same hoster.
What tells them apart is whose name stands on the page (measured 2026-11: two random manga sites
share a theme in 5.4 % of cases).
"""

from mirrorhunt.evidence import Case
from mirrorhunt.evidence._weights import member_domains, once_per_network, own_values, values_of
from mirrorhunt.facts import NetworkFacts
from mirrorhunt.names import parts, skeleton

PERSONAL = ("ad_id", "analytics_id", "handle", "wallet", "verification_token", "certificate_key")
"""Kinds whose values belong to one person or account; a theme brings none of them along."""
_COMPARED = ("icon", "analytics_id", "handle", "wallet")
"""Not advertising IDs: one publisher has another zone for each of his sites."""
_MIN_CONTAINED_CHARS = 5
_THEME_CLUSTERS = 3
"""An icon that so many strangers have came with a theme or system."""


@once_per_network
def network_names(network: NetworkFacts) -> frozenset[str]:
    """What the network calls itself: its established brands and the stems of its labels."""
    stems = {skeleton(parts(domain).label) for domain in member_domains(network)}
    return own_values(network).get("brand", frozenset()) | stems


def is_foreign(case: Case, kind: str) -> bool:
    """True if both sides show values of *kind* and share none of the network's own.

    A side that shows none disagrees with nobody. Compared with established values only, so that
    no member can be dressed up to make a stranger look less strange.
    """
    theirs = own_values(case.network).get(kind, frozenset())
    mine = values_of(case.candidate, kind)
    return bool(mine and theirs) and not mine & theirs


def is_foreign_brand(case: Case) -> bool:
    """As `is_foreign`, for names: one inside the other is no other name."""
    if not is_foreign(case, "brand"):
        return False
    theirs = network_names(case.network)
    mine = values_of(case.candidate, "brand") | {skeleton(parts(case.candidate.host).label)}
    return not any(_overlap(a, b) for a in mine for b in theirs)


def _overlap(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return short == long or (len(short) >= _MIN_CONTAINED_CHARS and short in long)


def shares_personal(case: Case) -> bool:
    """True if an account, handle or key of the network's own is the candidate's too."""
    own = own_values(case.network)
    return any(values_of(case.candidate, kind) & own.get(kind, frozenset()) for kind in PERSONAL)


def shares_icon(case: Case) -> bool:
    """True if it has an icon of the network's own that hardly anybody else has."""
    shared = values_of(case.candidate, "icon") & own_values(case.network).get("icon", frozenset())
    return any(case.rarity.count("icon", value) < _THEME_CLUSTERS for value in shared)


def has_own_identity(case: Case) -> bool:
    """True if it goes by another name, has another icon or other accounts, and shares none."""
    return (
        is_foreign_brand(case)
        and any(is_foreign(case, kind) for kind in _COMPARED)
        and not shares_personal(case)
        and not shares_icon(case)
    )
