"""One operator, sixty brands that do not resemble one another.

Other labels, titles and templates on each, and few of them lead to another. What ties them is what
an operator does not change: the host of the player and of the panel, where to pay and whom to
write to, the accounts with the ad networks, small certificates for several names, the contact in
the zones. As many sites of the same trade stand at the same hoster, in the same themes, with the
same ad networks, under other accounts: none of that may tie anybody.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mirrorhunt.lab.world import (
    MEMBER,
    Certificate,
    CertificateSearch,
    Content,
    Dns,
    Issuances,
    RegistrationData,
    World,
)
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.lab.worlds._background import add_background
from mirrorhunt.lab.worlds._draft import Draft, HostDraft, Hoster, icon
from mirrorhunt.lab.worlds._names import SUFFIXES, Brand, brands, invented
from mirrorhunt.lab.worlds._network import BOTH, Identity, code, identity, show
from mirrorhunt.lab.worlds._surroundings import AD_HOSTS, LIBRARIES, Surroundings

BRANDS = 60
RIVALS = 60
BACKGROUND_COUNT = 60
_TODAY = datetime(2026, 11, 24, tzinfo=UTC)
OPERATED = frozenset({"operator"})
# (template, whether it renames its classes): the families that such operators buy.
FAMILIES = (
    ("stadium", False),
    ("sportspress", False),
    ("bazaar", False),
    ("cinema", False),
    ("stadium", True),
)
# How many of the operator's brands show each tie, in percent. None shows all of them.
_TIES = {
    "player": 45,
    "panel": 45,
    "handle": 35,
    "email": 25,
    "wallet": 30,
    "zones": 50,
    "ids": 40,
    "contact": 45,
}
_ENDINGS = ("tv", "cine", "flix", "sport", "play", "stream", "live", "zone", "hub", "go", "box")


def build(seed: int = 1) -> World:
    """The world that grows from *seed*."""
    draft = Draft("brands", seed, "brands")
    main = brands(draft.rng)[0]
    hoster = draft.hoster("vantrahost.net", 5)
    machinery = f"{invented(draft.rng, 3)}-play.net"
    who = replace(
        identity(draft, invented(draft.rng), machinery, hoster), api_host=f"panel.{machinery}"
    )
    portfolio = _Portfolio(draft, who, machinery)
    own = portfolio.own_mirrors(main)
    portfolio.fill()
    portfolio.certify(own[0])
    portfolio.link(own)
    around = Surroundings(draft, main, who, portfolio.shown, hoster)
    _sources(around)
    _rivals(around)
    for name in add_background(draft, BACKGROUND_COUNT)[:10]:
        draft.lead(draft.rng.choice(portfolio.shown), name, "link")
    # Those that nothing leads to, among strangers: what a person would put before the program.
    strangers = [h.name for h in draft.hosts.values() if h.truth.kind == "same_trade"][:12]
    given = draft.rng.sample(portfolio.unled + strangers, len(portfolio.unled) + len(strangers))
    return draft.build((own[0],), tuple(sorted(around.protect)), tuple(given), {})


worlds.offer(build)


class _Portfolio:
    """The operator's hosts."""

    def __init__(self, draft: Draft, who: Identity, machinery: str) -> None:
        self.draft, self.who, self.rng = draft, who, draft.rng
        self.machinery = machinery
        self.names: list[str] = []
        self.shown: list[str] = []
        """Those with a page, the mirrors of the first brand among them."""
        self.unled: list[str] = []
        """Those that nothing leads to."""

    def own_mirrors(self, brand: Brand) -> list[str]:
        """The brand that one starts from has mirrors of the ordinary kind."""
        suffixes = self.rng.sample(SUFFIXES[:20], 4)
        names = [f"{brand.label}.{suffix}" for suffix in suffixes]
        for name in names:
            dns = self._contact(self.who.hoster)
            host = self.draft.add(name, MEMBER, dns, network=self.draft.network, relations=BOTH)
            show(self.draft, host, brand, self.who, "full")
        for name in names[1:]:
            self.draft.lead(names[0], name, "announcement")
            self.draft.lead(name, names[0], "link", region="template")
        self.shown += names
        return names

    def _contact(self, hoster: Hoster) -> Dns:
        return replace(hoster.dns(self.rng), soa_rname=f"dns-admin.{self.machinery}")

    def fill(self) -> None:
        """Add the brands, and the two hosts that all of them work with."""
        for part, template in (("player", "player"), ("panel", "panel")):
            dns = self._contact(self.who.hoster)
            host = self.draft.add(
                f"{part}.{self.machinery}", MEMBER, dns, network="brands", relations=OPERATED
            )
            self.draft.page(host, template, "/")
            self.draft.page(host, template, "/embed/*")
        homes = [self.who.hoster, self.draft.hoster("nordserve.net", 4)]
        for n in range(BRANDS):
            label = f"{invented(self.rng, self.rng.randrange(2, 4))}{self.rng.choice(_ENDINGS)}"
            name = f"{label}.{self.rng.choice(SUFFIXES)}"
            if name in self.draft.hosts:
                name = f"{label}{n}.to"
            ties = self._ties()
            home = self.rng.choice(homes)
            dns = self._contact(home) if "contact" in ties else home.dns(self.rng)
            if "contact" not in ties and self.rng.random() < 0.4:
                dns = self.rng.choice(self.who.accounts).dns(self.rng)
            host = self.draft.add(name, MEMBER, dns, network="brands", relations=OPERATED)
            dress(self.draft, host, label.capitalize(), n, self.who, ties)
            self.names.append(name)
            self.shown.append(name)

    def _ties(self) -> frozenset[str]:
        found = [tie for tie, share in _TIES.items() if self.rng.random() * 100 < share]
        # Every one of them is tied somehow, by two values at the least.
        for tie in self.rng.sample(sorted(_TIES), 2):
            if len(found) < 2 and tie not in found:
                found.append(tie)
        return frozenset(found)

    def certify(self, first: str) -> None:
        """Small certificates: some of linked ones with others, some that only a log shows."""
        groups = [self.names[start : start + 5] for start in range(0, 30, 5)]
        for group in groups:
            self.draft.shared_certificate(group)
        # One is for the first brand and six others, and is presented at the panel alone.
        logged = self.names[30:36]
        self.draft.hosts[f"panel.{self.machinery}"].certificate = Certificate(
            f"log {self.machinery}", (f"panel.{self.machinery}", first, *logged)
        )
        for name in (*logged, f"panel.{self.machinery}"):
            self.draft.logged(first, name)

    def link(self, own: Sequence[str]) -> None:
        """A few lead to a few others: *our other sites*."""
        names = self.names
        for target in (names[0], names[5], names[10], names[36], names[37]):
            self.draft.lead(own[0], target, "link", region="template")
        for target in (names[15], names[20], names[38]):
            self.draft.lead(names[2], target, "link", region="template")
        for target in (names[25], names[39], names[40]):
            self.draft.lead(names[16], target, "link")
        for n, target in enumerate(names[41:50]):
            self.draft.lead(names[n * 4], target, "link", region="template")
        for name in (*own, *names):
            for part in ("player", "panel"):
                values = getattr(self.draft.hosts[name].routes["/"], "values", {})
                if f"{part}.{self.machinery}" in values.values():
                    self.draft.framed_by(name, f"{part}.{self.machinery}")
        self.unled = names[50:]


def dress(
    draft: Draft, host: HostDraft, shown: str, number: int, who: Identity, ties: frozenset[str]
) -> None:
    """Give one brand its page: its own in all but *ties*."""
    rng = draft.rng
    template, is_renamed = FAMILIES[number % len(FAMILIES)]
    ids: tuple[str, ...] = (f"ga:G-{code(rng, 10)}",)
    if "ids" in ties:
        ids = (rng.choice(who.ids),)
    ids += who.zones if "zones" in ties else (f"zone:{rng.randrange(10**6, 10**7)}",)
    values: dict[str, object] = {
        "brand": shown,
        "site_name": shown,
        "language": rng.choice(("it", "en", "es", "pt", "fr")),
        "ids": ids,
        "build": code(rng, 6).lower(),
        "icon": "/favicon.png",
        "asset_base": f"/{code(rng, 5).lower()}",
        "class_salt": host.name if is_renamed else "",
        "player_host": who.player_host if "player" in ties else f"cdn.{host.name}",
        "api_host": who.api_host if "panel" in ties else f"api.{host.name}",
        "handle": who.handle if "handle" in ties else f"{shown.lower()}_chat",
        "email": who.email if "email" in ties else f"info@{host.name}",
        "wallet": who.wallet if "wallet" in ties else "",
    }
    draft.page(host, template, "/", **values)
    host.routes["/favicon.png"] = Content(icon(host.name), "image/png")
    host.routes["/favicon.ico"] = Content(icon(host.name), "image/png")


# ---------------------------------------------------------------- everybody else


def _sources(around: Surroundings) -> None:
    """Where one looks names up, and the hosts that everybody loads from."""
    around.site("crt.sh", "platform", "library").routes["/"] = CertificateSearch()
    around.site("api.certspotter.com", "platform", "library").routes["/v1/issuances"] = Issuances()
    around.site("rdap.org", "platform", "library").routes["/domain/*"] = RegistrationData()
    around.protect += ["crt.sh", "api.certspotter.com", "rdap.org"]
    for name in LIBRARIES:
        around.site(name, "library", "library", brand="Open CDN")
        around.protect.append(name)
    for name in AD_HOSTS:
        around.site(name, "ad_network", "corporate", sector="advertising network")
        around.from_members(name, count=3)
    for name, kind, template in (
        ("legaprimadivisione.it", "league", "corporate"),
        ("arenacalcio-tv.it", "broadcaster", "broadcaster"),
        ("federcalcio-diritti.it", "rights_holder", "corporate"),
    ):
        around.site(name, kind, template, sector="diritti")
        around.protect.append(name)
        around.from_members(name, count=2)
    for ending in ("news.it", "post.com", "gazzetta.it"):
        name = f"{invented(around.rng, 3)}-{ending}"
        around.site(name, "news_article", "article", topic=around.brand.shown, language="it")
        around.to_members(name, 5)
        around.from_members(name)


def _rivals(around: Surroundings) -> None:
    """Sites of the trade: alone, or two or three of one owner, who is not ours."""
    draft, rng = around.draft, around.rng
    made: list[str] = []
    while len(made) < RIVALS:
        domain = f"{invented(rng, 3)}-srv.net"
        own = replace(
            identity(draft, invented(rng), domain, around.hoster), api_host=f"panel.{domain}"
        )
        for _ in range(rng.choice((1, 1, 2, 3))):
            label = f"{invented(rng, rng.randrange(2, 4))}{rng.choice(_ENDINGS)}"
            name = f"{label}.{rng.choice(SUFFIXES)}"
            if name in draft.hosts:
                continue
            dns = around.hoster.dns(rng) if rng.random() < 0.7 else own.accounts[0].dns(rng)
            host = draft.add(name, "same_trade", dns, network=f"of {domain}", relations=BOTH)
            host.registered_at = _TODAY - timedelta(days=rng.randrange(20, 900), hours=7)
            kinds = frozenset(rng.sample(sorted(_TIES), 4))
            dress(draft, host, label.capitalize(), len(made), own, kinds)
            made.append(name)
    _friends(draft, rng, around.live, made)


def _friends(
    draft: Draft, rng: random.Random, members: Sequence[str], made: Sequence[str]
) -> None:
    """The trade links to itself, across owners: a link is no tie."""
    for target in made[::2]:
        for source in rng.sample(list(members), 2):
            draft.lead(source, target, "link")
    for source in made[::3]:
        draft.lead(source, rng.choice(list(members)), "link")
