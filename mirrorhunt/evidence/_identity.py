"""Whether a candidate is somebody in its own right: its own name, icon, accounts.

Two pirate sites on one bought theme have the same page, the same assets and often the same hoster.
What tells them apart is whose name stands on the page (measured 2026-11: two random manga sites
share a theme in 5.4 % of cases).
"""

from collections.abc import Collection, Iterable

from mirrorhunt.evidence import Case
from mirrorhunt.evidence._first import had_it_first
from mirrorhunt.evidence._weights import (
    member_domains,
    member_stems,
    own_values,
    shown_by,
    values_of,
)
from mirrorhunt.facts import NetworkFacts, once_per_network
from mirrorhunt.names import parts, skeleton

PERSONAL = ("ad_id", "analytics_id", "handle", "wallet", "verification_token", "certificate_key")
"""Kinds whose values belong to one person or account; a theme brings none of them along."""
_COMPARED = ("icon", "analytics_id", "handle", "wallet")
"""Not advertising IDs: one publisher has another zone for each of his sites."""
_MIN_CONTAINED_CHARS = 5
_THEME_CLUSTERS = 3
"""An icon or a name that so many strangers have came with a theme, a system or the trade."""


@once_per_network
def network_names(network: NetworkFacts) -> frozenset[str]:
    """What the network calls itself: its established brands and the stems of its labels."""
    return own_values(network).get("brand", frozenset()).union(member_stems(network))


def is_foreign(case: Case, kind: str) -> bool:
    """True if both sides show values of *kind* and share none of the network's own.

    A side that shows none disagrees with nobody. Compared with established values only, so that
    no member can be dressed up to make a stranger look less strange.
    """
    theirs = own_values(case.network).get(kind, frozenset())
    mine = values_of(case.candidate, kind)
    return bool(mine and theirs) and not _shared(case, kind)


def _shared(case: Case, kind: str) -> frozenset[str]:
    """The network's own values of *kind* that the candidate shows and did not have first."""
    both = values_of(case.candidate, kind) & own_values(case.network).get(kind, frozenset())
    return frozenset(v for v in both if not had_it_first(case.candidate, case.network, kind, v))


def is_foreign_brand(case: Case) -> bool:
    """As `is_foreign`, for names: one inside the other is no other name.

    What the trade calls itself, three strangers call themselves: no name, on neither side.
    """
    own = own_values(case.network).get("brand", frozenset())
    shown = values_of(case.candidate, "brand")
    everybodys = {name for name in shown & own if _is_everybodys(case, name)}
    if not shown - everybodys or not own - everybodys:
        return False
    return not shares_name(case, network_names(case.network) - everybodys)


def shares_name(case: Case, names: Collection[str]) -> bool:
    """True if a name of the candidate's is one of *names*, or one is inside the other."""
    told = _told_names(case)
    return not told.isdisjoint(names) or any(_overlap(a, b) for a in told for b in names)


def is_namesake(case: Case) -> bool:
    """True if it goes by one of the network's names, to the letter: of fifty names one is inside
    another by chance."""
    return not _told_names(case).isdisjoint(network_names(case.network))


def _told_names(case: Case) -> set[str]:
    mine = values_of(case.candidate, "brand") | {skeleton(parts(case.candidate.host).label)}
    return {name for name in mine if not _is_everybodys(case, name)}


def goes_by_names(case: Case, members: Iterable[str], least: int) -> bool:
    """True if *members* of the network go by *least* names or more that are not one another's.

    By what they were called from their first day: no later edit of a member makes its name that
    of another, and a stranger look less strange (I3).
    """
    known = first_names(case.network)
    groups: list[set[str]] = []
    for host in members:
        mine = {name for name in known.get(host, ()) if not _is_everybodys(case, name)}
        if not mine or any(not mine.isdisjoint(group) for group in groups):
            continue
        if not any(_overlap(a, b) for group in groups for a in mine for b in group):
            groups.append(mine)
            if len(groups) >= least:
                return True
    return False


@once_per_network
def first_names(network: NetworkFacts) -> dict[str, frozenset[str]]:
    """Member to what it called itself from its first day, and the stem of its label."""
    if network.rest_of is not None:
        return first_names(network.rest_of[0])
    return {
        m.host: frozenset(
            {o.value for o in shown_by(m, "brand") if o.is_native}
            | {skeleton(parts(m.host).label)}
        )
        for m in network.members
    }


def _is_everybodys(case: Case, name: str) -> bool:
    return case.rarity.count("brand", name) >= _THEME_CLUSTERS


def _overlap(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return short == long or (len(short) >= _MIN_CONTAINED_CHARS and short in long)


def shares_personal(case: Case) -> bool:
    """True if an account, handle, key or certificate of the network's own is the candidate's too.

    A certificate is one for both where the candidate presents it and it names a member, or a host
    that is the operator's as far as anybody can tell.
    """
    if any(_shared(case, kind) for kind in PERSONAL):
        return True
    named = values_of(case.candidate, "certificate_names") - {case.candidate.registrable_domain}
    members, operated = member_domains(case.network), case.network.operated
    return any(domain in members or domain in operated for domain in named)


def shares_icon(case: Case) -> bool:
    """True if it has an icon of the network's own that hardly anybody else has."""
    shared = _shared(case, "icon")
    return any(case.rarity.count("icon", value) < _THEME_CLUSTERS for value in shared)


def has_own_identity(case: Case) -> bool:
    """True if it goes by another name, has another icon or other accounts, and shares none.

    Where it has no name at all, as a page that a script builds, two kinds of accounts of its own
    say the same.
    """
    if shares_personal(case) or shares_icon(case):
        return False
    foreign = sum(is_foreign(case, kind) for kind in _COMPARED)
    if is_foreign_brand(case):
        return foreign >= 1
    is_nameless = not values_of(case.candidate, "brand")
    return is_nameless and foreign >= 2 and not shares_name(case, network_names(case.network))
