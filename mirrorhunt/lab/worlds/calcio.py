"""A network for sports streaming, its neighbours, and a thousand sites that have nothing to do
with it.

Modelled on what was published of a network of 134 names that an alliance took over in 2025:
names by pattern under many suffixes, several languages, mirrors that announce one another, names
seized, parked, sold and blocked among them. The brand and every name of it are invented.
"""

from dataclasses import replace

from mirrorhunt.lab.templates.words import LANGUAGES
from mirrorhunt.lab.world import (
    MEMBER,
    Certificate,
    CertificateSearch,
    Content,
    Html,
    Issuances,
    RegistrationData,
    World,
)
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.lab.worlds._background import add_background, bring_near
from mirrorhunt.lab.worlds._draft import Draft, HostDraft, Hoster, icon
from mirrorhunt.lab.worlds._hostile import add_hostile
from mirrorhunt.lab.worlds._names import Brand, brands, invented, member_names, numbered
from mirrorhunt.lab.worlds._network import BOTH, Identity, add_members, connect, identity, show
from mirrorhunt.lab.worlds._surroundings import MESSENGER, Surroundings

BACKGROUND_COUNT = 1050
_OPERATOR = frozenset({"operator"})
# Names that an own-failure check may ask for: they are well everywhere, so they are well here.
_CONTROLS = (
    "example.com",
    "example.net",
    "example.org",
    "iana.org",
    "icann.org",
    "wikipedia.org",
    "cloudflare.com",
    "google.com",
    "one.one.one.one",
    "dns.google",
    "quad9.net",
)


def build(seed: int = 1) -> World:
    """The world that grows from *seed*."""
    draft = Draft("calcio", seed, "calcio")
    rng = draft.rng
    found = brands(rng)
    hoster = draft.hoster("vantrahost.net", 5)
    player_domain = f"{invented(rng, 3)}play.net"
    who = identity(draft, found[0].shown, player_domain, hoster)
    names = member_names(rng, found)
    only = _hidden(draft, names, found[0])
    # The names that give a hidden one away stay live, and so do the hidden ones.
    keep = frozenset(only) | frozenset(only.values()) - {MESSENGER}
    live = add_members(draft, names, who, keep_live=keep)
    seed_host = next(n for n in live if n in only.values())
    connect(draft, names, live, seed_host, only)
    _reveal(draft, only)
    pages = [n for n in live if n not in only and _serves_page(draft.hosts[n])]
    _player(draft, player_domain, who, pages)
    around = Surroundings(draft, found[0], who, pages, hoster)
    around.add_all()
    for name in (n for n, known in only.items() if known == MESSENGER):
        draft.lead(MESSENGER, name, "announcement", path=f"/s/{who.handle}")
    add_hostile(around)
    _other_networks(draft, around, hoster, who)
    _copycat(draft, found[0], who, pages)
    background = add_background(draft, BACKGROUND_COUNT)
    bring_near(draft, background, pages, _page_decoys(draft))
    suffixes = _wildcard_suffix(draft)
    _sources(around)
    for name in _CONTROLS:
        if name not in draft.hosts:
            around.site(name, "platform", "platform")
    candidates = _candidates(draft, background)
    _logged(around, found, seed_host)
    return draft.build(
        seeds=(seed_host,),
        protect=tuple(sorted(around.protect)),
        candidates=candidates,
        wildcard_suffixes=suffixes,
    )


worlds.offer(build)


def _serves_page(host: HostDraft) -> bool:
    front = host.routes.get("/")
    return isinstance(front, Html) and front.template in ("stadium", "sportspress")


def _hidden(draft: Draft, names: dict[str, Brand], main: Brand) -> dict[str, str]:
    """Members that only their name, certificate or channel gives away, and who does so."""
    rng = draft.rng
    label = main.label
    counted = [n for n in names if n.removeprefix(label).partition(".")[0].isdigit()]
    first = next(n for n in counted if n.startswith(f"{label}1."))
    suffix = first.partition(".")[2]
    plain = [n for n in names if n.startswith(f"{label}.")]
    hidden = {
        name: f"{label}{n - 1}.{suffix}"
        for n, name in ((n, f"{label}{n}.{suffix}") for n in (4, 9, 14, 19, 23))
    }
    hidden |= dict.fromkeys(plain[2:5], plain[0])
    labels = {brand.label for brand in names.values()}
    others = [n for n in names if not any(taken in n for taken in labels)]
    rng.shuffle(others)
    hidden |= {others[i]: others[i + 5] for i in range(5)}
    hidden |= dict.fromkeys(others[10:13], MESSENGER)
    return hidden


def _reveal(draft: Draft, only: dict[str, str]) -> None:
    """Let names be derived and certificates be shared."""
    for name, known in only.items():
        if known == MESSENGER:
            continue
        a, b = name.partition(".")[0], known.partition(".")[0]
        if a.rstrip("0123456789") == b.rstrip("0123456789"):
            draft.derivable(known, name)
        else:
            draft.shared_certificate([known, name])
    _derive_all(draft)


def _derive_all(draft: Draft) -> None:
    """Note every name that a neighbour in number, or one of equal label, gives away."""
    members = [n for n, h in draft.hosts.items() if h.truth.kind == MEMBER]
    taken = set(members)
    for name in members:
        label, _, suffix = name.partition(".")
        stem = label.rstrip("0123456789")
        if stem != label:
            following = numbered(stem, int(label[len(stem) :]) + 1, 1, suffix)[0]
            if following in taken:
                draft.derivable(name, following)
        for other in members:
            if other != name and other.partition(".")[0] == label:
                draft.derivable(name, other)


def _player(draft: Draft, domain: str, who: Identity, pages: list[str]) -> None:
    """The network's own player: run by the operator, but no mirror."""
    for name in (domain, who.player_host, who.api_host):
        host = draft.add(
            name, MEMBER, who.hoster.dns(draft.rng), network=draft.network, relations=_OPERATOR
        )
        draft.page(host, "player", "/*", ids=who.zones)
    for name in pages:
        front = draft.hosts[name].routes["/"]
        if isinstance(front, Html) and front.values.get("player_host"):
            draft.framed_by(name, who.player_host)


def _other_networks(draft: Draft, around: Surroundings, hoster: Hoster, who: Identity) -> None:
    """Two more pirate networks: same hoster, same CDN account pair, one in the same theme."""
    rng = draft.rng
    for network, template in (("rivale", "sportspress"), ("altro", "bazaar")):
        label = invented(rng, 3) + rng.choice(("calcio", "sport", "kick"))
        own = identity(draft, label.capitalize(), f"{invented(rng, 3)}cast.net", hoster)
        members = [f"{label}.{s}" for s in ("to", "me", "live", "xyz", "sx")]
        members += [*numbered(label, 1, 6, "club"), f"{label}-tv.com"]
        for name in members:
            account = rng.choice((*own.accounts, who.accounts[0]))
            dns = account.dns(rng) if rng.random() < 0.6 else hoster.dns(rng)
            host = draft.add(
                name,
                "other_network",
                dns,
                network=network,
                relations=frozenset({"mirror", "operator"}),
            )
            draft.page(
                host,
                template,
                "/",
                brand=label.capitalize(),
                site_name=label.capitalize(),
                language=rng.choice(tuple(LANGUAGES)),
                ids=own.ids[:2] + own.zones,
                handle=own.handle,
                email=own.email,
                player_host=own.player_host,
                icon="/favicon.png",
            )
            host.routes["/favicon.png"] = Content(own.icon, "image/png")
        for name in members:
            for target in rng.sample(members, 3):
                draft.lead(name, target, "announcement")
        around.from_members(members[0], count=3)
        around.from_members(members[1], count=1)
        draft.lead(members[0], rng.choice(around.live), "link")


def _copycat(draft: Draft, brand: Brand, who: Identity, pages: list[str]) -> None:
    """Somebody else's copy: the same pages and identifiers, money and messenger of his own."""
    rng = draft.rng
    name = f"{brand.label}-proxy.{rng.choice(('icu', 'buzz', 'cyou'))}"
    host = draft.add(
        name,
        "copycat",
        draft.hoster("cheapvps.net").dns(rng),
        network=draft.network,
        relations=frozenset({"mirror"}),
    )
    show(draft, host, brand, who, "full")
    for path, page in host.routes.items():
        if isinstance(page, Html):
            values = dict(page.values) | {
                "ids": (*who.ids, "zone:7770001"),
                "handle": "unblockproxybot",
                "email": "unblock@proxybot.example",
                "wallet": "",
            }
            draft.page(host, page.template, path, **values)
    host.routes["/favicon.png"] = Content(icon(f"{draft.seed} {who.brand}"), "image/png")
    for target in rng.sample(pages, 4):
        draft.lead(name, target, "link", region="template")
    # A fan site lists it; the network does not.
    fan = next(h.name for h in draft.hosts.values() if h.truth.kind == "fan_blog")
    draft.lead(fan, name, "link")


def _page_decoys(draft: Draft) -> list[str]:
    kinds = {"news_article", "fan_blog", "league", "friend_pirate", "betting_affiliate"}
    return [n for n, h in draft.hosts.items() if h.truth.kind in kinds]


def _wildcard_suffix(draft: Draft) -> dict[str, str]:
    """A suffix whose registry answers for every name, with a page of its own."""
    host = draft.add(
        "registry-default.ws",
        "wildcard_suffix",
        draft.hoster("nic.ws").dns(draft.rng),
        state="parked",
        https=False,
    )
    draft.page(host, "parked", "/*", service="sedoparking.com")
    return {"ws": host.name}


def _sources(around: Surroundings) -> None:
    """Where one looks names up: certificate search and registration data."""
    around.site("crt.sh", "platform", "library").routes["/"] = CertificateSearch()
    around.site("rdap.org", "platform", "library").routes["/domain/*"] = RegistrationData()
    around.protect += ["crt.sh", "rdap.org"]


def _logged(around: Surroundings, found: tuple[Brand, ...], seed_host: str) -> None:
    """Members that nothing but the logs of their certificates gives away, and who searches logs
    by domain. After all else, so that it shifts nothing that is drawn."""
    draft, rng = around.draft, around.rng
    around.site("api.certspotter.com", "platform", "library").routes["/v1/issuances"] = Issuances()
    around.protect.append("api.certspotter.com")
    # By a label that no rule makes of another: a search for the brand shows it.
    for brand in found[:2]:
        name = f"{brand.label}-{''.join(rng.sample('bcdfghjkpqvwxz', 5))}.{rng.choice(_UNUSUAL)}"
        _add_logged(around, brand, name)
        known = seed_host if brand is found[0] else _known(draft, around, brand)
        draft.logged(known, name)
    # By a certificate that it has together with a known one, which presents another by now.
    known = _known(draft, around, found[0])
    name = f"{invented(rng)}.{rng.choice(_UNUSUAL)}"
    _add_logged(around, found[0], name)
    draft.hosts[name].certificate = Certificate(f"logged {name}", (name, known))
    draft.logged(known, name)


_UNUSUAL = ("stream", "monster", "rocks", "mom", "quest")


def _known(draft: Draft, around: Surroundings, brand: Brand) -> str:
    """A live member that shows *brand* under a label of it."""
    return next(n for n in around.live if n.startswith(brand.label) and draft.hosts[n].certificate)


def _add_logged(around: Surroundings, brand: Brand, name: str) -> None:
    host = around.draft.add(
        name, MEMBER, around.who.hoster.dns(around.rng), network="calcio", relations=BOTH
    )
    show(around.draft, host, brand, around.who, "full")
    assert host.certificate is not None
    # Signed and logged: the broken ones are for others.
    host.certificate = replace(host.certificate, kind="trusted")


def _candidates(draft: Draft, background: list[str]) -> tuple[str, ...]:
    """A list as somebody might bring it along: right, wrong and dead names, shuffled."""
    rng = draft.rng
    kinds = (MEMBER, "background")
    members = [n for n, h in draft.hosts.items() if h.truth.kind == MEMBER]
    decoys = [n for n, h in draft.hosts.items() if h.truth.kind not in kinds]
    names = rng.sample(members, 50) + rng.sample(decoys, 50) + rng.sample(background, 50)
    names += [f"{invented(rng)}-gone.xyz" for _ in range(20)]
    rng.shuffle(names)
    return tuple(names)
