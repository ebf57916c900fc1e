"""What a host is to its network beside its relation: proxy, redirector, hub or successor.

A role is a word for the people who read a verdict and for those who act on it: a proxy may belong
to a farm with a hundred other networks' copies, a redirector has to be blocked with its target. It
changes no score and no verdict.
"""

from collections.abc import Callable, Collection, Mapping

from mirrorhunt.facts import HostFacts, NetworkFacts, once_per_network
from mirrorhunt.model import Availability, Evidence, Judgement, Relation, Side, StoredObservation
from mirrorhunt.names import parts, registrable_domain, skeleton

PROXY, REDIRECTOR, HUB, SUCCESSOR = "proxy", "redirector", "hub", "successor"
LEAST_LISTED = 3
"""Members whose addresses a page lists, to be a hub."""
STANDS_BITS = 3.3
"""As `mirrorhunt.verdicts.PROBABLE_BITS`: below it a relation does not hold."""
TEMPLATE_BITS = 3.5
_REDIRECTS = ("redirect", "meta_refresh", "script_redirect")
_LISTING = ("announcement", "alternate", "link")
_GONE = frozenset(
    {
        Availability.DEAD,
        Availability.PARKED,
        Availability.FOR_SALE,
        Availability.SEIZED,
        Availability.SINKHOLED,
        Availability.UNRESOLVED,
        Availability.BLOCKED,
        Availability.ERROR,
    }
)
_FARM_WORDS = ("proxy", "unblock", "desbloque", "sblocca", "debloque", "entsperr", "bypass")
"""How farms of proxies name themselves: part of a label or of the site's own name."""
_HELD = ("control",)
_HELD_KINDS = ("ad_id", "created_together", "nameserver_set", "soa_contact")
"""What a proxy, which belongs to somebody else, does not share with the network."""
_SHOWN_KINDS = ("ad_id", "certificate_key", "certificate_names", "nameserver_set", "soa_contact")
"""Of these, those whose value says with whom."""
_COPIED = ("money", "handles")
"""Groups that come along with a page that is fetched, accounts with ad networks aside."""
_NAMING_KINDS = ("brand", "icon")
VOUCHING_BITS = 1.5
"""Of what members say: an announcement, a redirect, a link in the navigation; less is a link in
the text, where the trade and its visitors link proxies too."""


def role_of(judgement: Judgement, host: HostFacts, network: NetworkFacts) -> str:
    """The role of *host*; empty where it is just what its relation says. Pure."""
    if host.availability is not Availability.LIVE:
        return ""
    if _is_redirector(judgement, host):
        return REDIRECTOR
    if _is_hub(host, network):
        return HUB
    if _stands(judgement, Relation.MIRROR) and _is_proxy(judgement, host, network):
        return PROXY
    if max(bits for _, bits in judgement.scores) >= STANDS_BITS and _is_successor(
        judgement, host, network
    ):
        return SUCCESSOR
    return ""


def _stands(judgement: Judgement, relation: Relation) -> bool:
    return dict(judgement.scores).get(relation, 0.0) >= STANDS_BITS


def _counted(judgement: Judgement) -> list[Evidence]:
    return [e for e in judgement.evidence if not e.ignored and e.side is not Side.KNOWN]


def _own(host: HostFacts, kind: str) -> list[StoredObservation]:
    return [o for o in host.by_kind.get(kind, ()) if o.region != "comments"]


def _is_redirector(judgement: Judgement, host: HostFacts) -> bool:
    """Its front page leads on to members, and since it does, nothing else was offered there."""
    if not any(
        e.kind in {"redirects_to_member", "redirects_to_probable"} and e.bits > 0
        for e in _counted(judgement)
    ):
        return False
    led = [o.last_seen_at for how in _REDIRECTS for o in _own(host, f"to_{how}")]
    return not any(o.last_seen_at >= max(led) for o in _own(host, "offers"))


def _is_hub(host: HostFacts, network: NetworkFacts) -> bool:
    """It offers nothing, and its template or its announcements list three members."""
    if _own(host, "offers"):
        return False
    members = {m.registrable_domain for m in network.members} | network.probable.keys()
    listed = {
        registrable_domain(o.value) or o.value
        for how in _LISTING
        for o in _own(host, f"to_{how}")
        if how != "link" or o.region == "template"
    }
    return len(listed & members - {host.registrable_domain}) >= LEAST_LISTED


def _is_proxy(judgement: Judgement, host: HostFacts, network: NetworkFacts) -> bool:
    """The network's page under somebody else's hand: other money, or a farm's name on it."""
    counted = [e for e in _counted(judgement) if e.bits > 0]
    if not any(e.group == "content" and e.bits >= TEMPLATE_BITS for e in counted):
        return False
    if any(_is_held(e, network) for e in counted):
        return False
    if not any(e.group in _COPIED for e in counted):
        is_paid = any(e.kind == "different_money" and e.bits < 0 for e in _counted(judgement))
        return not _stands(judgement, Relation.OPERATOR) and (
            is_paid or _names_farm(host, network)
        )
    # A page that is fetched brings its handles along, and an operator's next address may have
    # another label, other numbers of the ad network and nobody yet who speaks for it: so a farm's
    # name besides.
    return (
        any(e.kind in _NAMING_KINDS for e in counted)
        and not _is_vouched_for(judgement)
        and _names_farm(host, network)
        and _is_paid_elsewhere(host, network)
    )


def _is_held(evidence: Evidence, network: NetworkFacts) -> bool:
    """Whether *evidence* shows the operator's own hand, and not that of another proxy's owner."""
    if evidence.group not in _HELD and evidence.kind not in _HELD_KINDS:
        return False
    return evidence.kind not in _SHOWN_KINDS or any(
        evidence.value in (m.registrable_domain, *m.values(evidence.kind))
        for m in _own_hands(network)
    )


def _is_paid_elsewhere(host: HostFacts, network: NetworkFacts) -> bool:
    theirs = {value for m in _own_hands(network) for value in m.values("ad_id")}
    mine = {o.value for o in _own(host, "ad_id")}
    return bool(mine and theirs) and mine.isdisjoint(theirs)


def _own_hands(network: NetworkFacts) -> list[HostFacts]:
    """The members that surely are the operator's: seeds, and who is paid through their accounts.

    Proxies that were confirmed are members too, and would make their farms' names and accounts
    the network's.
    """
    seeds = [m for m in network.members if m.host in network.seeds]
    paid = {value for m in seeds for value in m.values("ad_id")}
    if not paid:
        return list(network.members)
    return [
        m
        for m in network.members
        if m.host in network.seeds or not paid.isdisjoint(m.values("ad_id"))
    ]


def _is_vouched_for(judgement: Judgement) -> bool:
    """A member announces it, leads to it, or has it in its navigation."""
    return any(
        e.kind == "named_by_member" and not e.ignored and e.bits >= VOUCHING_BITS
        for e in judgement.evidence
    )


def _names_farm(host: HostFacts, network: NetworkFacts) -> bool:
    mine = {skeleton(parts(host.host).label), *(o.value for o in _own(host, "brand"))}
    words = [word for word in _FARM_WORDS if any(word in name for name in mine)]
    if not words:
        return False
    own = _own_hands(network)
    theirs = {skeleton(parts(m.host).label) for m in own}
    theirs |= {o.value for m in own for o in _own(m, "brand") if o.is_native}
    return any(not any(word in name for name in theirs) for word in words)


def _is_successor(judgement: Judgement, host: HostFacts, network: NetworkFacts) -> bool:
    """A member that is gone, or leads on, named it; and it is of the network by name or page."""
    stem = skeleton(parts(host.host).label)
    is_kin = _has_other(host, network, _kin, stem)
    is_alike = any(
        e.kind in {"page_shape", "page_tags"} and e.bits >= TEMPLATE_BITS
        for e in _counted(judgement)
    )
    return (is_kin or is_alike) and _has_other(
        host, network, _having_made_way, host.registrable_domain
    )


def _has_other(
    host: HostFacts,
    network: NetworkFacts,
    of: Callable[[NetworkFacts], Mapping[str, Collection[HostFacts]]],
    key: str,
) -> bool:
    """Whether *of* has a member of *network* for *key* on another domain than *host*."""
    whole, left_out = network.rest_of or (network, "")
    return any(
        m.registrable_domain != host.registrable_domain and m.host != left_out
        for m in of(whole).get(key, ())
    )


@once_per_network
def _kin(network: NetworkFacts) -> Mapping[str, Collection[HostFacts]]:
    """Members by the stem of their label."""
    found: dict[str, list[HostFacts]] = {}
    for member in network.members:
        found.setdefault(skeleton(parts(member.host).label), []).append(member)
    return found


@once_per_network
def _having_made_way(network: NetworkFacts) -> Mapping[str, Collection[HostFacts]]:
    """Registrable domain to the members that made way for it."""
    found: dict[str, list[HostFacts]] = {}
    for member in network.members:
        for domain in _made_way(member):
            found.setdefault(domain, []).append(member)
    return found


def _made_way(member: HostFacts) -> set[str]:
    """The registrable domains that *member* made way for."""
    leads = _named(member, _REDIRECTS)
    if member.availability in _GONE:
        return leads | _named(member, ("announcement",))
    # One that still offers something has not made way: it may send its visitors there by turns.
    led = [o.last_seen_at for how in _REDIRECTS for o in _own(member, f"to_{how}")]
    if leads and any(o.last_seen_at >= max(led) for o in _own(member, "offers")):
        return set()
    return leads


def _named(member: HostFacts, ways: tuple[str, ...]) -> set[str]:
    return {
        registrable_domain(o.value) or o.value for how in ways for o in _own(member, f"to_{how}")
    }
