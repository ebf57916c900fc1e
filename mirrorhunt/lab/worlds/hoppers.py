"""A network that moves faster than it says: four brands, each with a habit, and most of their
mirrors named nowhere.

A few addresses are linked, as such networks announce a new one only once the old one is blocked.
The others can be found by their names alone: by number, suffix, word, hyphen, or two of these at
once. There is no certificate search here, only registries. Between the names stand those that a
guess must not be trusted about: suffixes and hosters where every name resolves, strangers of the
same label, names parked, for sale, without an address, or broken; and the nameservers that can be
asked are one that is honest, one that makes addresses up, one that hides what was blocked, and one
that never answers.
"""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from mirrorhunt.lab.world import (
    MEMBER,
    Dns,
    Redirect,
    RegistrationData,
    Serving,
    World,
)
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.lab.worlds._background import add_background
from mirrorhunt.lab.worlds._draft import Account, Draft, HostDraft, Hoster
from mirrorhunt.lab.worlds._hops import LIVE, NOBODY, Hop, Series, all_series
from mirrorhunt.lab.worlds._names import SUFFIXES, Brand, brands, invented, numbered
from mirrorhunt.lab.worlds._network import BOTH, LANDING, Identity, identity, show
from mirrorhunt.lab.worlds._surroundings import Surroundings

BACKGROUND_COUNT = 60
STOP_PAGE = "185.230.7.8"
"""Where the filtering nameserver sends those who ask for some of what it hides."""
_TODAY = datetime(2026, 11, 24, tzinfo=UTC)
# What a live host shows, in percent: finding a name is the point here, judging it is not.
_STYLES = ("full",) * 60 + ("new_ids",) * 15 + ("no_ids",) * 10 + ("renamed",) * 15
_PARKED = Dns(a=("185.53.179.7",), ns=("ns1.sedoparking.com", "ns2.sedoparking.com"))
_FOR_SALE = Dns(a=("185.230.63.9",), ns=("ns1.brandbourse.net", "ns2.brandbourse.net"))
# The resolver of whoever asks can tell no more of these than that.
_BROKEN = {
    "dead": Dns(rcode="NXDOMAIN"),
    "no_address": Dns(ns=("ns1.vantrahost.net", "ns2.vantrahost.net")),
    # Delegated to servers that know nothing of it, or to some that are gone.
    "lame": Dns(ns=("ns1.gone-dns.net",), rcode="SERVFAIL"),
    "servfail": Dns(ns=("ns1.vantrahost.net",), rcode="SERVFAIL"),
    "no_answer": Dns(ns=("ns1.gone-dns.net",), rcode="SILENT"),
}


def build(seed: int = 1) -> World:
    """The world that grows from *seed*."""
    draft = Draft("hoppers", seed, "hoppers")
    found = brands(draft.rng)
    hoster = draft.hoster("vantrahost.net", 5)
    who = identity(draft, found[0].shown, f"{invented(draft.rng, 3)}play.net", hoster)
    trail = _Trail(draft, who)
    for series in all_series(draft.rng, found):
        trail.follow(series)
    trail.link()
    around = Surroundings(draft, found[0], who, trail.listed, hoster)
    _lawful(around)
    for brand in found[:4]:
        _namesakes(around, brand)
    _others(around, found[0])
    suffixes = _wildcards(around, found)
    near = add_background(draft, BACKGROUND_COUNT)[:20]
    for name in near:
        draft.lead(draft.rng.choice(trail.listed), name, "link")
    return draft.build(
        (trail.listed[0],), tuple(sorted(around.protect)), (), suffixes, trail.nameservers()
    )


worlds.offer(build)


class _Trail:
    """The members, in the order in which the network took them."""

    def __init__(self, draft: Draft, who: Identity) -> None:
        self.draft, self.who, self.rng = draft, who, draft.rng
        self.listed: list[str] = []
        """Live members that others link to."""
        self.hidden: list[str] = []
        """Live members that nothing but their name gives away."""

    def follow(self, series: Series) -> None:
        """Add the names of *series*, dated, and let each live one lead to the next."""
        age_days = series.every_days * len(series.hops) + self.rng.randrange(4, 30)
        for hop in series.hops:
            age_days -= series.every_days
            if hop.fate != NOBODY:
                host = self._add(hop)
                host.registered_at = _TODAY - timedelta(
                    days=max(2, age_days + self.rng.randrange(-2, 3)),
                    seconds=self.rng.randrange(86_400),
                )
        live = series.live
        for hop in live:
            (self.listed if hop.is_listed else self.hidden).append(hop.name)
        self._derive(series)

    def _derive(self, series: Series) -> None:
        names = [hop.name for hop in series.live]
        if series.habit == "numbered":
            for a, b in pairwise(names):
                self.draft.derivable(a, b)
            return
        for known in names:
            for name in names:
                if name != known:
                    self.draft.derivable(known, name)

    def _add(self, hop: Hop) -> HostDraft:
        if hop.fate == "stranger":
            dns = self.draft.hoster("bottegaweb.net", 2).dns(self.rng)
            host = self.draft.add(hop.name, "same_label", dns)
            shown = {"brand": hop.brand.shown, "trade": "Servizi", "language": "it"}
            self.draft.page(host, "ordinary", theme=3, **shown)
            return host
        homes: tuple[Account | Hoster, ...] = (*self.who.accounts, self.who.hoster)
        home = self.rng.choice(homes).dns(self.rng)
        state = "dead" if hop.fate in _BROKEN or hop.fate == "loop" else hop.fate
        host = self.draft.add(
            hop.name,
            MEMBER,
            _BROKEN.get(hop.fate, home),
            state=state,
            network=self.draft.network,
            relations=BOTH,
            https=state == LIVE,
        )
        match hop.fate:
            case "live":
                style = "full" if hop.is_listed else self.rng.choice(_STYLES)
                show(self.draft, host, hop.brand, self.who, style)
            case "parked":
                host.dns = _PARKED
                self.draft.page(host, "parked", "/*", service="sedoparking.com")
            case "for_sale":
                host.dns = _FOR_SALE
                self.draft.page(host, "for_sale", "/*", service="sedo.com")
            case "seized":
                host.routes["/*"] = Redirect(f"https://{LANDING}/watch-legally", 302)
            case "loop":
                host.dns = replace(home, cname=hop.name)
        return host

    def link(self) -> None:
        """Let the seed announce what is announced, and everybody the seed."""
        seed = self.listed[0]
        for name in self.listed[1:]:
            self.draft.lead(seed, name, "announcement")
        for name in (*self.listed[1:], *self.hidden):
            self.draft.lead(name, seed, "link", region="template")

    def nameservers(self) -> tuple[Serving, ...]:
        """One of each manner. What is hidden are known addresses, and some that were taken since;
        half of them by NXDOMAIN."""
        rng = random.Random(f"hidden {self.draft.name}:{self.draft.seed}")
        blocked = rng.sample(self.listed[1:], 2)
        blocked += rng.sample(self.hidden, len(self.hidden) * 2 // 5)
        hidden = {name: STOP_PAGE if n % 2 else None for n, name in enumerate(blocked)}
        return (
            Serving("honest"),
            Serving("rewriting"),
            Serving("filtering", hidden),
            Serving("silent"),
        )


# ---------------------------------------------------------------- who could be taken for one


def _lawful(around: Surroundings) -> None:
    """Those it takes from, where seized names lead, and the registries."""
    for name, kind, template, sector in (
        ("legaprimadivisione.it", "league", "corporate", "campionato di calcio"),
        ("arenacalcio-tv.it", "broadcaster", "broadcaster", "streaming"),
        (LANDING, "seizure_landing", "corporate", "antipiracy"),
    ):
        around.site(name, kind, template, sector=sector)
        around.protect.append(name)
    around.from_members("legaprimadivisione.it", count=2)
    around.draft.page(
        around.draft.hosts[LANDING], "watch_legally", "/watch-legally", brand="Alliance"
    )
    around.site("rdap.org", "platform", "library").routes["/domain/*"] = RegistrationData()
    around.protect.append("rdap.org")
    for ending in ("news.it", "post.com"):
        name = f"{invented(around.rng, 3)}-{ending}"
        around.site(name, "news_article", "article", topic=around.brand.shown, language="it")
        around.to_members(name, 3)
        around.from_members(name)


def _namesakes(around: Surroundings, brand: Brand) -> None:
    """Names that the same rules make, and that are others': by chance, in defence, or to sell."""
    draft, rng = around.draft, around.rng
    label = brand.label
    free = [f"{label}.{suffix}" for suffix in (*SUFFIXES, "blog", "store", "app", "dev")]
    free += [f"{label}{word}.{suffix}" for word in ("shop", "tv", "1") for suffix in SUFFIXES[:3]]
    free = [name for name in free if name not in draft.hosts]
    rng.shuffle(free)
    for n, name in enumerate(free[:3]):
        around.site(name, "same_label", "ordinary", theme=n + 4, trade="Servizi", language="it")
    holding = draft.add(free[3], "defensive", around.offices.dns(rng))
    holding.routes["/*"] = Redirect("https://legaprimadivisione.it/", 301)
    around.site(free[4], "defensive", "holding", owner="Lega")
    parked = draft.add(free[5], "parked_lookalike", _PARKED, state="parked", https=False)
    draft.page(parked, "parked", "/*", service="sedoparking.com")
    sold = draft.add(free[6], "for_sale_lookalike", _FOR_SALE, state="for_sale", https=False)
    draft.page(sold, "for_sale", "/*", service="sedo.com")
    for name, fate in zip(free[7:9], ("no_address", "lame"), strict=True):
        draft.add(name, "idle_lookalike", _BROKEN[fate], state="dead", https=False)


def _others(around: Surroundings, brand: Brand) -> None:
    """Two networks that hop the same way and bought the same theme; one is named like ours."""
    draft, rng = around.draft, around.rng
    for network, label in (
        ("rivale", f"{brand.label}kick"),
        ("altro", f"{invented(rng, 3)}sport"),
    ):
        own = identity(draft, label.capitalize(), f"{invented(rng, 3)}cast.net", around.hoster)
        names = [*numbered(label, 3, 4, "club"), f"{label}.to", f"{label}.sx"]
        for name in names:
            host = draft.add(
                name,
                "other_network",
                rng.choice(own.accounts).dns(rng),
                network=network,
                relations=BOTH,
            )
            show(draft, host, Brand(label, "it"), own, "other_template")
        draft.lead(names[0], names[1], "announcement")
        around.from_members(names[0])


def _wildcards(around: Surroundings, found: tuple[Brand, ...]) -> dict[str, str]:
    """Suffixes where every name resolves (by address, by alias, by addresses in turns), and a
    hoster's zone that does."""
    draft = around.draft
    park = draft.add("nicparkpool.net", "wildcard_suffix", _PARKED, state="parked", https=False)
    draft.page(park, "parked", "/*", service="sedoparking.com")
    park.is_wildcard = True
    pool = draft.hoster("nic.vg", 6).addresses
    for name, dns in (
        ("registry-default.ws", Dns(a=(pool[0],), ns=("ns1.nic.ws",))),
        ("registry-default.ph", Dns(cname="*.nicparkpool.net")),
        ("registry-default.vg", Dns(turns=(pool[:2], pool[2:4], pool[4:]), ttl_s=5)),
    ):
        host = draft.add(name, "wildcard_suffix", dns, state="parked", https=False)
        draft.page(host, "parked", "/*", service="sedoparking.com")
    # A platform whose customers' names are below it, and which answers for those it has not.
    free = around.site("no-such-site.netlify.app", "platform", "hosting_default", brand="Sites")
    tenant = draft.add(
        f"{found[1].label}.netlify.app",
        MEMBER,
        free.dns,
        network=draft.network,
        relations=BOTH,
    )
    show(draft, tenant, found[1], around.who, "full")
    draft.lead(around.live[0], tenant.name, "announcement")
    return {
        "ws": "registry-default.ws",
        "ph": "registry-default.ph",
        "vg": "registry-default.vg",
        "netlify.app": free.name,
    }
