"""The smallest world in which every technique, state and kind of decoy can be met.

For hunts that are repeated: killed and resumed, on each database, with failures of our own. It
has the parts of calcio, one or two of each, and no host that costs whoever asks a time-out.
"""

from mirrorhunt.lab.world import MEMBER, Certificate, Content, Dns, Html, Redirect, World
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.lab.worlds._background import add_background
from mirrorhunt.lab.worlds._draft import Account, Draft, Hoster, icon
from mirrorhunt.lab.worlds._names import SUFFIXES, Brand, brands, invented, numbered
from mirrorhunt.lab.worlds._network import BOTH, LANDING, Identity, identity, show
from mirrorhunt.lab.worlds._surroundings import MESSENGER, Surroundings

BACKGROUND_COUNT = 30
_GONE = (Dns(rcode="NXDOMAIN"), Dns(ns=("ns1.gone-dns.net",)), Dns(rcode="SERVFAIL"))
_BLOCKED_BY = '<https://access-order.example/>; rel="blocked-by"'


def build(seed: int = 1) -> World:
    """The world that grows from *seed*."""
    draft = Draft("hamlet", seed, "hamlet")
    main, other, *_ = brands(draft.rng)
    hoster = draft.hoster("vantrahost.net", 3)
    player_domain = f"{invented(draft.rng, 3)}play.net"
    who = identity(draft, main.shown, player_domain, hoster)
    town = _Town(draft, who)
    seed_host = town.settle(main, other)
    town.player(player_domain)
    around = Surroundings(draft, main, who, town.pages, hoster)
    _lawful(around)
    _neighbours(around)
    _pirates(around)
    _internal(around)
    _background(draft, town.pages)
    return draft.build((seed_host,), tuple(sorted(around.protect)), (), {})


worlds.offer(build)


class _Town:
    """The members, and how one leads to the next."""

    def __init__(self, draft: Draft, who: Identity) -> None:
        self.draft, self.who, self.rng = draft, who, draft.rng
        self.pages: list[str] = []
        """Members that serve a page of their own, besides those that nothing links to."""

    def settle(self, main: Brand, other: Brand) -> str:
        """Add all members, and return the one to start from."""
        label = main.label
        suffixes = self.rng.sample(SUFFIXES[:16], 6)
        counted = numbered(label, 1, 6, self.rng.choice(("xyz", "online", "site")))
        plain = [f"{label}.{suffix}" for suffix in suffixes]
        seed = counted[1]
        for name in (seed, counted[2], counted[4], plain[0], plain[1]):
            self.live(name, main)
        self.lead(seed, "announcement", counted[2], plain[0])
        self.lead(seed, "link", plain[1], region="template")
        self.lead(plain[0], "announcement", counted[4], path="/mirrors")
        self.hidden(main, counted, plain)
        self.moved(main, seed, counted[2])
        self.abroad(other, plain[0], plain[1])
        self.gone(main, [counted[0], counted[5], plain[3], plain[4]])
        # Everybody lists the seed: its own mirrors know it.
        for name in self.pages:
            self.lead(name, "link", seed, region="template")
        return seed

    def live(self, name: str, brand: Brand, style: str = "full", *, listed: bool = True) -> None:
        homes: tuple[Account | Hoster, ...] = (*self.who.accounts, self.who.hoster)
        dns = self.rng.choice(homes).dns(self.rng)
        host = self.draft.add(name, MEMBER, dns, network="hamlet", relations=BOTH)
        show(self.draft, host, brand, self.who, style)
        if listed:
            self.pages.append(name)

    def lead(
        self, source: str, how: str, *targets: str, path: str = "/", region: str = "body"
    ) -> None:
        for target in targets:
            self.draft.lead(source, target, how, path=path, region=region)

    def hidden(self, main: Brand, counted: list[str], plain: list[str]) -> None:
        """Members that only their number, suffix or certificate gives away."""
        paired = f"{invented(self.rng)}.{self.rng.choice(SUFFIXES)}"
        for name in (counted[3], plain[2], paired):
            self.live(name, main, listed=False)
        self.draft.derivable(counted[2], counted[3])
        for name in plain[:2]:
            self.draft.derivable(name, plain[2])
        self.draft.shared_certificate([plain[1], paired])
        for name in (plain[1], paired):
            self.draft.hosts[name].upgrades = False

    def moved(self, main: Brand, seed: str, source: str) -> None:
        """Older names that only send their visitors on."""
        label = main.label
        for how, old, new in (
            ("redirect", f"{label}-live.club", f"{label}tv.live"),
            ("meta_refresh", f"{label}hd.sx", f"{label}4k.me"),
            ("script_redirect", f"new-{label}.to", f"the{label}.cc"),
        ):
            self.live(new, main, "other_template" if how == "meta_refresh" else "full")
            self.draft.add(
                old, MEMBER, self.who.hoster.dns(self.rng), network="hamlet", relations=BOTH
            )
            self.draft.moves(old, new, how)
            self.lead(seed if how == "redirect" else source, "link", old)

    def abroad(self, brand: Brand, first: str, second: str) -> None:
        """The same service in another language, brought up in the rarer ways."""
        label = brand.label
        names = [f"{label}.live", f"{label}1.top", f"{label}2.top", f"{label}tv.vip"]
        for name, how, source, style in zip(
            names,
            ("alternate", "text", "frame", "canonical"),
            (first, second, first, names[0]),
            ("full", "no_ids", "money_only", "renamed"),
            strict=True,
        ):
            self.live(name, brand, style)
            self.lead(source, how, name)

    def gone(self, main: Brand, names: list[str]) -> None:
        """Members that are no longer live, in every way; live ones still list them."""
        label = main.label
        names += [f"{label}{affix}.pw" for affix in ("s", "-tv", "-hd", "gratis", "-streaming")]
        states = ("seized", "parked", "for_sale", *["dead"] * 3, "restricted", "challenge")
        gone = iter(_GONE)
        for name, state in zip(names, (*states, "blocked"), strict=True):
            dns = next(gone) if state == "dead" else self.who.hoster.dns(self.rng)
            https = state in ("restricted", "challenge", "blocked")
            self.draft.add(
                name, MEMBER, dns, state=state, network="hamlet", relations=BOTH, https=https
            )
            self.show_gone(name, state)
            self.lead(self.rng.choice(self.pages), "link", name)

    def show_gone(self, name: str, state: str) -> None:
        host = self.draft.hosts[name]
        match state:
            case "seized":
                host.routes["/*"] = Redirect(f"https://{LANDING}/watch-legally", 302)
            case "parked":
                host.dns = Dns(a=("185.53.179.7",), ns=("ns1.sedoparking.com",))
                self.draft.page(host, "parked", "/*", service="sedoparking.com")
            case "for_sale":
                self.draft.page(host, "for_sale", "/*", service="sedo.com")
            case "restricted":
                self.draft.refuse(host, "restricted", 403)
            case "challenge":
                mark = (("cf-mitigated", "challenge"), ("Server", "cloudflare"))
                self.draft.refuse(host, "challenge", 403, *mark)
            case "blocked":
                self.draft.refuse(host, "blocked", 451, ("Link", _BLOCKED_BY))

    def player(self, domain: str) -> None:
        """The network's own player: run by the operator, but no mirror."""
        for name in (domain, self.who.player_host, self.who.api_host):
            host = self.draft.add(
                name,
                MEMBER,
                self.who.hoster.dns(self.rng),
                network="hamlet",
                relations=frozenset({"operator"}),
            )
            self.draft.page(host, "player", "/*", ids=self.who.zones)
        for name in self.pages:
            front = self.draft.hosts[name].routes["/"]
            if isinstance(front, Html) and front.values.get("player_host"):
                self.draft.framed_by(name, self.who.player_host)


# ---------------------------------------------------------------- who could be taken for one


def _lawful(around: Surroundings) -> None:
    """Those it takes from, those who report on it, those who take its money off it."""
    rng, shown = around.rng, around.brand.shown
    for name, kind, template, sector in (
        ("legaprimadivisione.it", "league", "corporate", "campionato di calcio"),
        ("arenacalcio-tv.it", "broadcaster", "broadcaster", "streaming"),
    ):
        host = around.site(name, kind, template, sector=sector)
        host.certificate = Certificate(name, (name, f"www.{name}"), organization="Lega S.p.A.")
        around.protect.append(name)
        around.from_members(name, count=2)
    landing = around.site(LANDING, "seizure_landing", "corporate", sector="antipiracy")
    around.draft.page(landing, "watch_legally", "/watch-legally", brand="Alliance")
    around.protect.append(LANDING)
    for n, (kind, template) in enumerate((("news_article", "article"), ("fan_blog", "fan_blog"))):
        for ending in ("news.it", "post.com"):
            name = f"{invented(rng, 3)}-{n}{ending}"
            around.site(name, kind, template, topic=shown, language="it")
            around.to_members(name, 3)
            around.from_members(name)
    bets = f"{invented(rng, 3)}-bonus.bet"
    around.site(bets, "betting_affiliate", "affiliate")
    around.from_members(bets, count=3)
    spam = f"{invented(rng)}-casino.com"
    around.site(spam, "comment_spam", "affiliate")
    around.draft.lead(around.live[0], spam, "link", region="comments")
    victim = f"bottega-{invented(rng, 3)}.it"
    around.site(victim, "poisoned_redirect", "shop", language="it")
    around.from_members(victim, "announcement")
    card = around.site(MESSENGER, "platform", "contact_card", brand="Telegram")
    around.draft.page(card, "contact_card", "/*")
    around.draft.lead(around.live[0], MESSENGER, "link", to_path=f"/{around.who.handle}")
    around.protect.append(MESSENGER)


def _neighbours(around: Surroundings) -> None:
    """The same label, the same hoster, the same account, a copied identifier."""
    rng, who = around.rng, around.who
    free = around.free_names()
    defensive = around.draft.add(free[0], "defensive", around.offices.dns(rng))
    defensive.routes["/*"] = Redirect("https://legaprimadivisione.it/", 301)
    parked = around.draft.add(
        free[1],
        "parked_lookalike",
        Dns(a=("185.53.179.7",), ns=("ns1.sedoparking.com",)),
        state="parked",
        https=False,
    )
    around.draft.page(parked, "parked", "/*", service="sedoparking.com")
    for n, name in enumerate((free[2], f"{around.brand.label}-ristorante.it")):
        around.site(name, "same_label", "ordinary", theme=n, trade="Servizi", language="it")
    around.site(free[3], "reregistered", "ordinary", theme=5, trade="Blog", language="it")
    around.from_members(free[3], "announcement")
    around.from_members(free[3])
    for n, (kind, dns) in enumerate(
        (
            ("same_hoster", who.hoster.dns(rng)),
            ("same_cdn_pair", who.accounts[0].dns(rng)),
            ("copied_id", around.offices.dns(rng)),
        )
    ):
        name = f"{invented(rng)}.{rng.choice(SUFFIXES)}"
        ids = who.ids[:1] if kind == "copied_id" else ()
        around.site(name, kind, "ordinary", dns=dns, theme=n, trade="Agency", ids=ids)
        around.from_members(name)


def _pirates(around: Surroundings) -> None:
    """Another network in the same theme, a friend, and somebody's copy."""
    draft, rng = around.draft, around.rng
    label = f"{invented(rng, 3)}kick"
    own = identity(draft, label.capitalize(), f"{invented(rng, 3)}cast.net", around.hoster)
    rivals = [f"{label}.to", f"{label}2.club"]
    for name in rivals:
        host = draft.add(
            name, "other_network", own.accounts[0].dns(rng), network="rivale", relations=BOTH
        )
        show(draft, host, Brand(label, "it"), own, "other_template")
    draft.lead(rivals[0], rivals[1], "announcement")
    around.from_members(rivals[0])
    friend = f"{invented(rng)}flix.to"
    around.site(friend, "friend_pirate", "bazaar", language="en", handle="friendtv")
    around.from_members(friend, count=2)
    _copy(around)


def _copy(around: Surroundings) -> None:
    """Somebody else's copy: the same pages and identifiers, money and messenger of his own."""
    draft, who = around.draft, around.who
    copy = draft.add(
        f"{around.brand.label}-proxy.icu",
        "copycat",
        draft.hoster("cheapvps.net").dns(around.rng),
        network="hamlet",
        relations=frozenset({"mirror"}),
    )
    show(draft, copy, around.brand, who, "full")
    for path, page in list(copy.routes.items()):
        if isinstance(page, Html):
            values = dict(page.values) | {
                "ids": (*who.ids, "zone:7770001"),
                "handle": "unblockproxybot",
                "email": "unblock@proxybot.example",
                "wallet": "",
            }
            draft.page(copy, page.template, path, **values)
    copy.routes["/favicon.png"] = Content(icon(f"{draft.seed} {who.brand}"), "image/png")
    around.to_members(copy.name, 2)
    blog = next(h.name for h in draft.hosts.values() if h.truth.kind == "fan_blog")
    draft.lead(blog, copy.name, "link")


def _internal(around: Surroundings) -> None:
    """A name that points into the network of whoever looks: nothing may be sent there."""
    inside = around.draft.add(
        f"{around.brand.label}-srv.xyz",
        "internal_address",
        Dns(a=("127.0.0.1",), ttl_s=1),
        state="error",
    )
    around.draft.page(inside, "hosting_default", "/*")
    around.from_members(inside.name)


def _background(draft: Draft, pages: list[str]) -> None:
    """Ordinary sites, some of them linked from members."""
    for name in add_background(draft, BACKGROUND_COUNT)[:10]:
        draft.lead(draft.rng.choice(pages), name, "link")
