"""What an adversary can make look guilty: one function for each row of the forgery table.

The table is that of docs/attribution.md (K: who runs a known member; X: an outsider; U: a visitor;
V: the victim). Each function dresses the case of one V as far as the adversary of its row can:
V is a lawful service that does stream (the content gate is open), no registry says how old it is,
and K said all it says before V was ever looked at. What V shows is its own but where the row says
that its owner, or who broke in, put it there.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from mirrorhunt.evidence import Case
from mirrorhunt.facts import HostFacts, NetworkFacts, Rarity
from mirrorhunt.model import StoredObservation
from mirrorhunt.names import parts, registrable_domain, skeleton
from tests import make

SEED, SECOND, THIRD = MEMBERS = ("films1.example", "films2.test", "filmhaus.test")
CHANNELS = ("link", "text", "redirect", "announcement", "canonical", "certificate", "comment")
"""The ways in which members bring a host up."""
KINDS = (
    "ad_id",
    "analytics_id",
    "handle",
    "wallet",
    "verification_token",
    "own_host",
    "icon",
    "brand",
    "asset_path",
    "page_shape",
    "page_tags",
    "certificate_key",
    "nameserver_set",
    "address",
    "mail_exchanger",
    "soa_contact",
)
"""Those that hosts can share, pointers aside."""
FACE = frozenset({"icon", "brand", "page_shape", "page_tags"})
"""What tells V from the network at a glance. A page that is built by a script shows none of it."""
INFRASTRUCTURE = ("nameserver_set", "address", "mail_exchanger", "soa_contact")
LINKED = ("link", "text", "frame")
MOVED = ("redirect", "meta_refresh", "script_redirect", "canonical", "alternate", "announcement")
RARE = Rarity({}, dict.fromkeys(KINDS, 3000))
"""Thousands of sites are known, and none shows what is compared: as telling as values get."""
_LONG_AGO, _NOW_AND_THEN = -400, -5


@dataclass(frozen=True)
class Forgery:
    """What a row adds to the case of V."""

    shown: tuple[StoredObservation, ...] = ()
    """On V's own pages."""
    said: Mapping[str, tuple[StoredObservation, ...]] = field(default_factory=dict)
    """On the pages of each member of K's."""
    channels: tuple[str, ...] = ()
    registered: float | None = None
    """When V and all members were registered, with one registrar; None: no registry says."""
    relabelled: str = ""
    """The name that K registers instead of that of its second member."""

    def __or__(self, other: "Forgery") -> "Forgery":
        hosts = {*self.said, *other.said}
        return Forgery(
            self.shown + other.shown,
            {host: self.said.get(host, ()) + other.said.get(host, ()) for host in hosts},
            tuple(dict.fromkeys(self.channels + other.channels)),
            self.registered if self.registered is not None else other.registered,
            self.relabelled or other.relabelled,
        )


def _digest(text: str, length: int = 64) -> str:
    return hashlib.shake_256(text.encode()).hexdigest(length // 2)


def values(name: str) -> dict[str, tuple[str, ...]]:
    """What a host called *name* shows of its own, in every kind."""
    own = registrable_domain(name) or name
    return {
        "ad_id": (f"adsense:{_digest(own, 16)}", f"zone:{own}"),
        "analytics_id": (f"ga:G-{own}", f"gtm:GTM-{own}", f"metrika:{own}"),
        "handle": (f"telegram:{own}", f"email:info@{own}"),
        "wallet": (f"btc:{_digest(own, 40)}",),
        "verification_token": (f"google:{_digest(own, 30)}",),
        "own_host": (f"player.cdn-of-{own.replace('.', '-')}.test",),
        "icon": (f"sha256:{_digest(own)}",),
        "brand": (skeleton(parts(name).label) or own,),
        "asset_path": tuple(f"/{own}/{n}.js" for n in range(8)),
        "page_shape": (_digest(f"shape {own}", 128),),
        "page_tags": (_digest(f"tags {own}", 16),),
        "certificate_key": (_digest(f"key {own}"),),
        "nameserver_set": (f"{own}-a.ns.cloudflare.com {own}-b.ns.cloudflare.com",),
        "address": (f"2001:db8::{_digest(own, 4)}:{_digest(f'{own} host', 4)}",),
        "mail_exchanger": (f"mx.{own}",),
        "soa_contact": (f"hostmaster.{own}",),
    }


def copyable(name: str) -> dict[str, tuple[str, ...]]:
    """As `values`, but for the key, which nobody presents without holding it."""
    return {kind: found for kind, found in values(name).items() if kind != "certificate_key"}


def case(name: str, forged: Forgery, *, rare: Rarity = RARE, faceless: bool = False) -> Case:
    """V, which is called *name*, before the court of a network of three that forged *forged*."""
    return Case(victim(name, forged, faceless=faceless), network(forged), rare, make.NOW)


def victim(name: str, forged: Forgery, *, faceless: bool = False) -> HostFacts:
    """What is known of V."""
    found = {k: v for k, v in values(name).items() if not (faceless and k in FACE)}
    own = _seen(found, since=-10)
    offers = _seen({"offers": ("player", "stream", "schedule")}, since=-10)
    own_name = make.seen("certificate_names", registrable_domain(name) or name, "tls")
    host = make.host(
        name,
        channels=forged.channels or ("link",),
        registered=forged.registered,
        more=(*own, *offers, own_name, *forged.shown),
    )
    return replace(host, registrar="A Registrar" if forged.registered is not None else "")


def network(forged: Forgery) -> NetworkFacts:
    """The three members, the first of which is the seed."""
    own = values(SEED) | {"offers": ("player", "stream")}
    members = []
    for host in MEMBERS:
        called = forged.relabelled if forged.relabelled and host == SECOND else host
        own_name = make.seen("certificate_names", registrable_domain(called) or called, "tls")
        member = make.host(
            called,
            registered=forged.registered,
            more=(*_seen(own, since=_LONG_AGO), own_name, *forged.said.get(host, ())),
        )
        registrar = "A Registrar" if forged.registered is not None else ""
        members.append(replace(member, registrar=registrar))
    return make.network(*members)


def _seen(
    found: Mapping[str, Iterable[str]],
    region: str = "body",
    *,
    since: float = _LONG_AGO,
    native: bool = True,
) -> tuple[StoredObservation, ...]:
    return tuple(
        make.seen(kind, value, region, since=since, native=native)
        for kind, of_kind in found.items()
        for value in of_kind
    )


def _pointing(
    hows: Iterable[str], to: str, *regions: str, since: float = _LONG_AGO, native: bool = True
) -> tuple[StoredObservation, ...]:
    return tuple(
        make.seen(f"to_{how}", to, region, since=since, native=native)
        for how in hows
        for region in regions
    )


def _everywhere(said: tuple[StoredObservation, ...]) -> dict[str, tuple[StoredObservation, ...]]:
    return dict.fromkeys(MEMBERS, said)


# ---------------------------------------------------------------- the rows


def linked_by_members(name: str) -> Forgery:
    """K links V from its pages, body and navigation, and frames it."""
    said = _pointing(LINKED, name, "body", "template")
    return Forgery(said=_everywhere(said), channels=("link", "text"))


def redirected_by_members(name: str) -> Forgery:
    """K redirects to V in every way, and announces it as its new address."""
    said = _pointing(MOVED, name, "http", "head", "template", "body")
    return Forgery(said=_everywhere(said), channels=("redirect", "announcement", "canonical"))


def resolved_to_by_members(name: str) -> Forgery:
    """K's A, NS, MX and SOA are V's, and K's certificate, signed by K, names V."""
    theirs = {kind: values(name)[kind] for kind in INFRASTRUCTURE}
    named = _seen({"certificate_names": (registrable_domain(name) or name,)}, "tls")
    pointed = _pointing(("certificate",), name, "tls")
    said = (*_seen(theirs, "dns"), *named, *pointed)
    return Forgery(said=_everywhere(said), channels=("certificate",))


def copied_to_members(name: str) -> Forgery:
    """K puts all that V shows on known members, and on one new mirror from its first day."""
    later = _seen(copyable(name), since=_NOW_AND_THEN, native=False)
    return Forgery(said={SEED: later, SECOND: later, THIRD: _seen(copyable(name))})


def tokens_copied(name: str) -> Forgery:
    """V's token stands on K's pages, and K's in V's comments."""
    kind = "verification_token"
    later = _seen({kind: values(name)[kind]}, since=_NOW_AND_THEN, native=False)
    return Forgery(
        shown=_seen({kind: values(SEED)[kind]}, "comments"), said={SEED: later, SECOND: later}
    )


def broken_into(name: str) -> Forgery:
    """Whoever broke into V links, frames, announces and redirects to members from it."""
    shown = tuple(
        o
        for member in MEMBERS
        for o in _pointing((*LINKED, *MOVED), member, "body", "template", since=-10)
    )
    return Forgery(shown=shown)


def same_nameservers(name: str) -> Forgery:
    """K came by V's pair of nameservers, by trying or by chance."""
    shown = _seen({"nameserver_set": values(SEED)["nameserver_set"]}, "dns", since=-10)
    return Forgery(shown=shown, channels=("same_nameservers",))


def same_hoster(name: str) -> Forgery:
    """K moved in beside V: address, nameservers, mail and zone contact are the same."""
    shown = _seen({kind: values(SEED)[kind] for kind in INFRASTRUCTURE}, "dns", since=-10)
    return Forgery(shown=shown, channels=("same_address",))


def registered_together(name: str) -> Forgery:
    """K bought its names where, and on the day on which, V did."""
    return Forgery(registered=-500)


def listed_by_others(name: str) -> Forgery:
    """Lists that anybody may write name V, and an operator took one over."""
    return Forgery(channels=("listed",))


def commented(name: str) -> Forgery:
    """Visitors wrote K's handles, accounts and addresses below V's pages, and V's below K's."""
    own = copyable(SEED)
    pointed = tuple(o for m in MEMBERS for o in _pointing((*LINKED, *MOVED), m, "comments"))
    said = (*_seen(copyable(name), "comments"), *_pointing(LINKED, name, "comments"))
    return Forgery(
        shown=(*_seen(own, "comments", since=-10), *pointed),
        said=_everywhere(said),
        channels=("comment",),
    )


def label_taken(name: str) -> Forgery:
    """K registers V's label below another suffix: a rule that makes names then proposes V."""
    label = parts(name).label or name.replace(".", "-")
    channels: tuple[str, ...] = ("other_suffix", "ct_label")
    if any(c.isdigit() for c in label):
        channels += ("numbered",)
    return Forgery(relabelled=f"{label}.example", channels=channels)


def label_taken_and_linked(name: str) -> Forgery:
    """K registers V's label, names V, and no rule that makes names has looked at V."""
    return replace(label_taken(name), channels=("link",)) | redirected_by_members(name)


ROWS: Mapping[str, Callable[[str], Forgery]] = {
    row.__name__: row
    for row in (
        linked_by_members,
        redirected_by_members,
        resolved_to_by_members,
        copied_to_members,
        tokens_copied,
        broken_into,
        same_nameservers,
        same_hoster,
        registered_together,
        listed_by_others,
        commented,
        label_taken,
        label_taken_and_linked,
    )
}
"""What the policy has to hold alone: each row, and any of them together but for `APART`."""
APART = "broken_into"
"""Nobody lawful redirects to a member by accident: V's own doing and one word more convict it."""


# ---------------------------------------------------------------- what the table calls residual


def dressed_from_birth(name: str) -> Forgery:
    """Two new mirrors show all that V shows from their first day, and both were confirmed."""
    said = _seen(copyable(name))
    return Forgery(said={SECOND: said, THIRD: said})


def one_certificate(name: str) -> Forgery:
    """A hoster's certificate of few names, and its one key, are V's and K's."""
    own = {"certificate_key": values(SEED)["certificate_key"]}
    named = {"certificate_names": tuple(registrable_domain(m) or m for m in MEMBERS)}
    return Forgery(shown=_seen(own | named, "tls", since=-10))


def serves_a_copy(name: str) -> Forgery:
    """V, a proxy or archive for anybody, serves K's very page."""
    return Forgery(shown=_seen(copyable(SEED), since=-10))


def broken_into_and_named(name: str) -> Forgery:
    """V was broken into, and K, which had named it before, says that it is its own."""
    return broken_into(name) | redirected_by_members(name)


RESIDUAL: Mapping[str, Callable[[str], Forgery]] = {
    row.__name__: row
    for row in (
        dressed_from_birth,
        one_certificate,
        serves_a_copy,
        broken_into_and_named,
    )
}
"""What no weighing can tell from a mirror: protection, and a person, have to."""


def together(name: str, rows: Iterable[str]) -> Forgery:
    """Several rows at once."""
    found = Forgery()
    for row in rows:
        found |= (ROWS.get(row) or RESIDUAL[row])(name)
    return found
