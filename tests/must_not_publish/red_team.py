"""Attacks beyond the forgery table, each against one victim V: a lawful service that does stream.

As in `tests.must_not_publish.forgeries` the content gate is open for V, and its values are as
telling as values get. Here the network is larger and judged as a hunt judges it, with all that
doubts members and counts strangers; and V's age is known, where the attack does not say otherwise.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from mirrorhunt import flags, judging
from mirrorhunt.facts import HostFacts
from mirrorhunt.model import Judgement, StoredObservation
from mirrorhunt.store.sharing import Sharing
from tests import make
from tests.must_not_publish.forgeries import FACE, INFRASTRUCTURE, KINDS, copyable, values

NETWORK = "films1.example"
MEMBERS = ("films1.example", "films2.test", "films3.example", "films4.test")
LURE = "films3.example"
"""The member that is given away for an attack."""
V = "emittente-locale.test"
OFFERS = ("player", "stream")
ACCOUNTS = ("ad_id", "analytics_id", "handle", "wallet", "verification_token", "icon")
PAGE = ("page_shape", "page_tags", "asset_path", "own_host", "brand")
THEME = ("page_shape", "page_tags", "asset_path")
Shows = Mapping[str, Iterable[str]]


@dataclass(frozen=True)
class Scene:
    """What an attack comes to: whose verdict is asked for, and who else is there."""

    victim: HostFacts
    members: tuple[HostFacts, ...]
    others: tuple[HostFacts, ...] = ()


def seen(kind: str, *found: str, region: str = "body") -> tuple[StoredObservation, ...]:
    return tuple(make.seen(kind, value, region) for value in found)


def mirror(name: str, more: Shows | None = None) -> dict[str, Iterable[str]]:
    """What a true mirror shows: the network's page and accounts, on a server of its own."""
    own = {kind: values(name)[kind] for kind in ("certificate_key", "address")}
    return {**values(NETWORK), **own, "offers": OFFERS, **(more or {})}


def members(*more: HostFacts) -> tuple[HostFacts, ...]:
    """The four that are known, half a year old; *more* take the place of those of their name."""
    names = {m.host for m in more}
    true = (
        make.host(name, mirror(name), since=-200, registered=-210)
        for name in MEMBERS
        if name not in names
    )
    # The first of them is the seed.
    return tuple(sorted((*true, *more), key=lambda m: (m.host != NETWORK, m.host)))


def lure(name: str, shows: Shows) -> HostFacts:
    """A new member, registered six weeks ago, which shows *shows* from its first day."""
    return make.host(name, shows, since=-30, registered=-40)


def victim(
    *more: StoredObservation,
    name: str = V,
    shows: Shows | None = None,
    without: Iterable[str] = (),
    channels: Iterable[str] = ("link",),
    registered: float | None = -3000,
) -> HostFacts:
    own = {kind: found for kind, found in values(name).items() if kind not in set(without)}
    shown = {**own, "offers": OFFERS, **(shows or {})}
    return make.host(name, shown, channels=channels, registered=registered, more=more)


def announced(known: Iterable[HostFacts], name: str) -> tuple[HostFacts, ...]:
    """*known*, all of which announce, link and redirect to *name*, and did before it was seen."""
    said = tuple(
        make.seen(f"to_{how}", name, "template", since=-100)
        for how in ("announcement", "link", "redirect")
    )
    return tuple(replace(m, observations=(*m.observations, *said)) for m in known)


def judged(scene: Scene) -> Judgement:
    """The verdict on the victim, as `mirrorhunt.judging` comes to it."""
    network = make.network(*scene.members)
    hosts = dict(enumerate((scene.victim, *scene.others)))
    shown: dict[tuple[str, str], set[int]] = {}
    for id_, host in hosts.items():
        for o in host.observations:
            if (o.kind, o.value) in network.shown and o.region != "comments":
                shown.setdefault((o.kind, o.value), set()).add(id_)
    clusters = {id_: host.registrable_domain for id_, host in hosts.items()}
    shared = Sharing(
        {key: frozenset(ids) for key, ids in shown.items() if not key[0].startswith("to_")},
        clusters,
        dict.fromkeys(KINDS, 3000),
    )
    known = flags.elsewhere(network, shared.hosts, clusters, hosts, lambda _: False)
    doubts = flags.doubts(network, known)
    network = replace(network, decoys=doubts.decoys, borrowed=doubts.borrowed)
    return judging.judge_candidates(network, hosts, shared, make.NOW)[0]


# ---------------------------------------------------------------- what has to be held


def loads_a_lure_s_widget(without: tuple[str, ...]) -> Scene:
    """A lure offers a widget, V frames it, and all members say that V is theirs."""
    widget = f"widget.{LURE}"
    who = victim(*seen("to_frame", widget), *seen("own_host", widget), without=without)
    return Scene(who, announced(members(), V))


def in_one_certificate(without: tuple[str, ...]) -> Scene:
    """A hoster's certificate of five customers names V and a lure."""
    customers = (LURE, "shop1.example", "shop2.example", "shop3.example")
    return Scene(victim(*seen("certificate_names", *customers), without=without), members())


def _taken(name: str) -> HostFacts:
    """A name below V's that was left dangling: it shows the network, in V's zone and behind V's
    certificate, and a person confirmed it."""
    zone = {kind: values(V)[kind] for kind in (*INFRASTRUCTURE, "certificate_key")}
    return make.host(name, mirror(name, zone), since=-30, registered=-3000)


def below_it_a_name_was_taken(without: tuple[str, ...]) -> Scene:
    return Scene(victim(without=without), members(_taken(f"live.{V}")))


def its_other_domain_leads_to_it(without: tuple[str, ...]) -> Scene:
    """V's name in another country redirects to V, below which a name was taken."""
    other = "emittente-locale.example"
    who = victim(*seen("to_redirect", V, region="http"), name=other, without=without)
    return Scene(who, announced(members(_taken(f"live.{V}")), other))


def a_partner_shows_its_player(without: tuple[str, ...]) -> Scene:
    """A partner of V frames V's player and announces V, below which a name was taken."""
    partner, player = "partner-locale.example", f"player.{V}"
    pointing = (*seen("to_announcement", V), *seen("to_frame", player))
    who = victim(*pointing, *seen("own_host", player), name=partner, without=without)
    return Scene(who, announced(members(_taken(f"live.{V}")), partner))


def its_neighbour_is_a_mirror(without: tuple[str, ...]) -> Scene:
    """V is a customer of a platform that no list knows, and so is a mirror."""
    zone = {
        "certificate_key": ("ab" * 32,),
        "nameserver_set": ("ns1.freesite.example ns2.freesite.example",),
        "address": ("192.0.2.7",),
    }
    name = "films.freesite.example"
    known = members(make.host(name, mirror(name, zone), since=-30))
    who = victim(name="emittente.freesite.example", shows=zone, without=without, registered=None)
    return Scene(who, announced(known, who.host))


def its_page_is_worn_from_birth(without: tuple[str, ...]) -> Scene:
    """Two lures never showed anything but V's page."""
    worn = {**copyable(V), "offers": OFFERS}
    lures = (lure(f"films7{n}.test", worn | {"address": (f"192.0.2.{n}",)}) for n in (1, 2))
    return Scene(victim(without=without), announced(members(*lures), V))


def worn_where_one_is_known(without: tuple[str, ...]) -> Scene:
    """As before, in a network of which only the seed is known: it has no core."""
    scene = its_page_is_worn_from_birth(without)
    known = tuple(m for m in scene.members if m.host not in MEMBERS[1:])
    return replace(scene, members=known)


def _mixed(kinds: Iterable[str], *, instead: bool) -> tuple[HostFacts, ...]:
    """Ten mirrors that are the network's in all but *kinds*, which are V's from their first day,
    beside the network's or instead of them."""
    theirs = {
        kind: values(V)[kind] if instead else (*values(NETWORK)[kind], *values(V)[kind])
        for kind in kinds
    }
    return tuple(lure(f"films8{n}.test", mirror(f"films8{n}.test", theirs)) for n in range(10))


def its_analytics_on_ten_mirrors(without: tuple[str, ...]) -> Scene:
    return Scene(victim(without=without), members(*_mixed(["analytics_id"], instead=False)))


def all_its_accounts_on_ten_mirrors(without: tuple[str, ...]) -> Scene:
    return Scene(victim(without=without), members(*_mixed(ACCOUNTS, instead=False)))


def its_accounts_instead_of_theirs(without: tuple[str, ...]) -> Scene:
    return Scene(victim(without=without), members(*_mixed(ACCOUNTS, instead=True)))


def its_page_beside_theirs(without: tuple[str, ...]) -> Scene:
    return Scene(victim(without=without), members(*_mixed(PAGE, instead=False)))


def their_icon_changed_to_its(without: tuple[str, ...]) -> Scene:
    """All members take V's icon and account up, and announce V."""
    later = tuple(
        make.seen(kind, values(V)[kind][0], "head", since=-2, native=False)
        for kind in ("icon", "analytics_id")
    )
    dressed = (replace(m, observations=(*m.observations, *later)) for m in members())
    return Scene(victim(without=without), announced(dressed, V))


def called_like_the_next_number(without: tuple[str, ...]) -> Scene:
    """A network of numbers that is called like a club, and the club has the next one."""
    numbered = tuple(
        make.host(
            f"telesport{n}.test",
            mirror(f"telesport{n}.test", {"brand": ("telesport",)}),
            since=-200,
            registered=-210,
        )
        for n in range(1, 7)
    )
    club = victim(
        name="telesport7.example",
        shows={"brand": ("telesport",)},
        without=set(without) - {"brand"},
        channels=("numbered", "link"),
    )
    return Scene(club, announced(numbered, club.host))


def paid_by_one_reseller(without: tuple[str, ...]) -> Scene:
    """V and the network sell their space through one reseller, under the account of that one."""
    shared = {"ad_id": values(NETWORK)["ad_id"][:1]}
    return Scene(victim(shows=shared, without=without), members())


def at_one_hoster_on_one_day(without: tuple[str, ...]) -> Scene:
    shared = {kind: values(NETWORK)[kind] for kind in INFRASTRUCTURE[:1] + INFRASTRUCTURE[2:]}
    who = victim(shows=shared, without=without, registered=-210)
    return Scene(who, announced(members(), V))


def an_advertisement_leads_away(without: tuple[str, ...]) -> Scene:
    """What V's advertiser sends sends its visitors to a member."""
    return Scene(
        victim(*seen("to_script_redirect", "films2.test"), without=without),
        announced(members(), V),
    )


def its_label_registered(without: tuple[str, ...]) -> Scene:
    """Two mirrors have V's label, and go by V's name besides their own."""
    both = {"brand": (*values(NETWORK)["brand"], *values(V)["brand"])}
    called = ("emittente-locale.example", "emittente-locale.invalid")
    known = members(*(lure(name, mirror(name, both)) for name in called))
    return Scene(victim(without=without), announced(known, V))


def a_rival_on_one_theme(without: tuple[str, ...]) -> Scene:
    """A rival bought the same theme from the same hoster; its accounts are its own."""
    kinds = (*THEME, "nameserver_set", "mail_exchanger")
    shared = {kind: values(NETWORK)[kind] for kind in kinds}
    who = victim(shows=shared, without=set(without) - set(THEME))
    return Scene(who, announced(members(), V))


HELD: tuple[Callable[[tuple[str, ...]], Scene], ...] = (
    loads_a_lure_s_widget,
    in_one_certificate,
    below_it_a_name_was_taken,
    its_other_domain_leads_to_it,
    a_partner_shows_its_player,
    its_neighbour_is_a_mirror,
    its_page_is_worn_from_birth,
    worn_where_one_is_known,
    its_analytics_on_ten_mirrors,
    all_its_accounts_on_ten_mirrors,
    its_accounts_instead_of_theirs,
    its_page_beside_theirs,
    their_icon_changed_to_its,
    called_like_the_next_number,
    paid_by_one_reseller,
    at_one_hoster_on_one_day,
    an_advertisement_leads_away,
    its_label_registered,
    a_rival_on_one_theme,
)


# ---------------------------------------------------------------- what remains


def accounts_of_one_whose_age_nobody_tells(without: tuple[str, ...]) -> Scene:
    """As `all_its_accounts_on_ten_mirrors`; no registry says how old V is."""
    who = victim(without=without, registered=None)
    return Scene(who, members(*_mixed(ACCOUNTS, instead=False)))


def page_of_one_whose_age_nobody_tells(without: tuple[str, ...]) -> Scene:
    scene = its_page_is_worn_from_birth(without)
    return replace(scene, victim=victim(without=without, registered=None))


def accounts_on_aged_names(without: tuple[str, ...]) -> Scene:
    """The mirrors stand on names that were bought with their age."""
    aged = (replace(m, registered_at=make.at(-3500)) for m in _mixed(ACCOUNTS, instead=False))
    return Scene(victim(without=without), members(*aged))


def a_page_that_a_visitor_wrote(without: tuple[str, ...]) -> Scene:
    """V puts on its front page what a visitor wrote, as its own: a channel and a wallet."""
    written = (o for kind in ("handle", "wallet") for o in seen(kind, *values(NETWORK)[kind]))
    return Scene(victim(*written, without=without), members())


REMAIN: tuple[Callable[[tuple[str, ...]], Scene], ...] = (
    accounts_of_one_whose_age_nobody_tells,
    page_of_one_whose_age_nobody_tells,
    accounts_on_aged_names,
    a_page_that_a_visitor_wrote,
)

FACES: Mapping[str, tuple[str, ...]] = {"with a face": (), "faceless": tuple(sorted(FACE))}
"""What tells V from the network at a glance. A page that is built by a script shows none of it."""
