"""The hosts of one network: who shows which values, and how one leads to the next."""

import random
from dataclasses import dataclass, replace

from mirrorhunt.lab.templates.states import SCRIPTS
from mirrorhunt.lab.world import MEMBER, Content, Dns, Redirect
from mirrorhunt.lab.worlds._draft import Account, Draft, HostDraft, Hoster, icon
from mirrorhunt.lab.worlds._names import Brand

BOTH = frozenset({"mirror", "operator"})
LANDING = "alliance-for-lawful-viewing.org"
KNOWN_LANDING = "alliance4creativity.com"

# Shares of the states, by how long such networks are known to keep their names: about 70 % live.
_STATES = (
    ("dead", 15),
    ("parked", 8),
    ("for_sale", 5),
    ("seized", 11),
    ("restricted", 6),
    ("challenge", 6),
    ("blocked", 3),
)
# What a live host shows, in percent: no mirror shares everything.
_STYLES = (
    ("full", 40),
    ("new_ids", 14),
    ("other_template", 14),
    ("no_ids", 10),
    ("renamed", 10),
    ("bare", 6),
    ("money_only", 6),
)


@dataclass(frozen=True, slots=True)
class Identity:
    """The values an operator has: identifiers, handles, hosts, files."""

    brand: str
    ids: tuple[str, ...]
    newer_ids: tuple[str, ...]
    zones: tuple[str, ...]
    newer_zones: tuple[str, ...]
    handle: str
    other_handle: str
    email: str
    wallet: str
    player_host: str
    api_host: str
    build: str
    icon: bytes
    accounts: tuple[Account, ...]
    hoster: Hoster


def identity(draft: Draft, brand: str, player_domain: str, hoster: Hoster) -> Identity:
    """A new operator's values."""
    rng = draft.rng
    return Identity(
        brand=brand,
        ids=(
            f"ga:G-{code(rng, 10)}",
            f"gtm:GTM-{code(rng, 7)}",
            f"metrika:{rng.randrange(10**7, 10**8)}",
            f"histats:{rng.randrange(10**6, 10**7)}",
        ),
        newer_ids=(f"ga:G-{code(rng, 10)}", f"ua:UA-{rng.randrange(10**7, 10**8)}-1"),
        zones=_zones(rng),
        newer_zones=_zones(rng),
        handle=f"{brand.lower()}_ufficiale",
        other_handle=f"{brand.lower()}_oficial",
        email=f"{brand.lower()}.info@protonmail.com",
        wallet="bc1q" + "".join(rng.choices("023456789acdefghjklmnpqrstuvwxyz", k=38)),
        player_host=f"player.{player_domain}",
        api_host=f"api.{player_domain}",
        build=code(rng, 8).lower(),
        icon=icon(f"{draft.seed} {brand}"),
        accounts=(draft.account(), draft.account()),
        hoster=hoster,
    )


def _zones(rng: random.Random) -> tuple[str, ...]:
    return (f"zone:{rng.randrange(10**6, 10**7)}", f"pop:{rng.randrange(10**6, 10**7)}")


def code(rng: random.Random, length: int) -> str:
    """*length* letters and digits, as identifiers are made of."""
    return "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=length))


def _weighted(rng: random.Random, table: tuple[tuple[str, int], ...]) -> str:
    return rng.choices([name for name, _ in table], [weight for _, weight in table])[0]


def add_members(
    draft: Draft, names: dict[str, Brand], who: Identity, *, keep_live: frozenset[str]
) -> list[str]:
    """Add the hosts of *names*, and return the live ones that serve a page.

    *keep_live* are names that other parts of the world rely on.
    """
    rng = draft.rng
    free = [name for name in names if name not in keep_live]
    rng.shuffle(free)
    states = dict.fromkeys(names, "live")
    for state, count in _STATES:
        for _ in range(count):
            states[free.pop()] = state
    live = []
    for name, brand in names.items():
        host = draft.add(
            name,
            MEMBER,
            _member_dns(rng, who),
            state=states[name],
            network=draft.network,
            relations=BOTH,
            https=rng.random() < 0.85,
        )
        if states[name] == "live":
            style = "full" if name in keep_live else _weighted(rng, _STYLES)
            show(draft, host, brand, who, style)
            live.append(name)
        else:
            _STATE_MAKERS[states[name]](draft, host, brand)
    return live


def _member_dns(rng: random.Random, who: Identity) -> Dns:
    if rng.random() < 0.7:
        return rng.choice(who.accounts).dns(rng)
    return who.hoster.dns(rng)


def show(draft: Draft, host: HostDraft, brand: Brand, who: Identity, style: str) -> None:
    """Give a live host its pages, with the values that *style* lets it share."""
    rng = draft.rng
    # Whoever runs it keeps books by region: one has its own channel, one its own ad account.
    zones = who.newer_zones if brand.language in ("fr", "de") else who.zones
    handle = who.other_handle if brand.language in ("es", "pt") else who.handle
    if style == "full" and rng.random() < 0.2:
        zones = ()
    ids = {
        "new_ids": who.newer_ids + zones,
        "no_ids": (),
        "bare": (),
        "money_only": zones,
    }.get(style, tuple(rng.sample(who.ids, rng.randrange(1, 5))) + zones)
    values: dict[str, object] = {
        "brand": brand.shown if style != "other_template" else f"{brand.shown} Live",
        "language": brand.language,
        "site_name": who.brand if rng.random() < 0.7 else brand.shown,
        "ids": ids,
        "build": who.build,
        "icon": "/favicon.png",
        "class_salt": host.name if style == "renamed" else "",
    }
    if style != "bare":
        values |= {"player_host": who.player_host, "api_host": who.api_host}
        if rng.random() < 0.85:
            values["handle"] = handle
        if rng.random() < 0.5:
            values["email"] = who.email
        if rng.random() < 0.3:
            values["wallet"] = who.wallet
    template = "sportspress" if style == "other_template" else "stadium"
    draft.page(host, template, "/", **values)
    for path in ("/mirrors", "/contact", "/channels", "/match/*", "/channel/*"):
        draft.page(host, "inner", path, **values)
    own_icon = who.icon if style not in ("other_template", "bare") else icon(host.name)
    host.routes["/favicon.png"] = Content(own_icon, "image/png")
    host.routes["/favicon.ico"] = Content(own_icon, "image/png")
    host.routes["/assets/*"] = Content(f"/* {who.build} */".encode(), "text/css")
    host.upgrades = host.certificate is not None and rng.random() < 0.6
    if rng.random() < 0.1 and host.certificate is not None:
        kind = rng.choice(("self_signed", "expired"))
        host.certificate = replace(host.certificate, kind=kind)
        host.upgrades = False


# ---------------------------------------------------------------- hosts that are no longer live


def _dead(draft: Draft, host: HostDraft, brand: Brand) -> None:
    fate = draft.rng.choice(("NXDOMAIN", "NXDOMAIN", "SERVFAIL", "no address", "SILENT"))
    host.certificate = None
    if fate == "no address":
        host.dns = Dns(ns=host.dns.ns)
    else:
        host.dns = Dns(rcode=fate)


def _parked(draft: Draft, host: HostDraft, brand: Brand) -> None:
    service, server = draft.rng.choice(
        (
            ("sedoparking.com", "ns1.sedoparking.com"),
            ("bodis.com", "ns1.bodis.com"),
            ("parkingcrew.net", "ns1.parkingcrew.net"),
            ("namesquare-parking.com", "ns1.dnsquiet.net"),
        )
    )
    host.dns = Dns(a=("185.53.179.7",), ns=(server, server.replace("ns1", "ns2")))
    host.certificate = None
    draft.page(host, "parked", "/*", service=service)


def _for_sale(draft: Draft, host: HostDraft, brand: Brand) -> None:
    host.dns = Dns(a=("185.230.63.9",), ns=("ns1.brandbourse.net", "ns2.brandbourse.net"))
    draft.page(host, "for_sale", "/*", service=draft.rng.choice(("sedo.com", "dan.com")))


def _seized(draft: Draft, host: HostDraft, brand: Brand) -> None:
    host.dns = Dns(a=("185.199.12.4",), ns=("ns1.lawful-viewing-dns.org",))
    draw = draft.rng.random()
    if draw < 0.25:
        draft.page(host, "seizure_banner", "/*")
    elif draw < 0.5:
        host.routes["/*"] = Redirect(f"https://www.{KNOWN_LANDING}/watch-it-legally/", 302)
    else:
        host.routes["/*"] = Redirect(f"https://{LANDING}/watch-legally", 302)


def _restricted(draft: Draft, host: HostDraft, brand: Brand) -> None:
    draft.refuse(host, "restricted", 403)


def _challenge(draft: Draft, host: HostDraft, brand: Brand) -> None:
    headers = (("cf-mitigated", "challenge"), ("Server", "cloudflare"))
    draft.refuse(host, "challenge", 403, *headers)


def _blocked(draft: Draft, host: HostDraft, brand: Brand) -> None:
    link = '<https://access-order.example/>; rel="blocked-by"'
    draft.refuse(host, "blocked", 451, ("Link", link))


_STATE_MAKERS = {
    "dead": _dead,
    "parked": _parked,
    "for_sale": _for_sale,
    "seized": _seized,
    "restricted": _restricted,
    "challenge": _challenge,
    "blocked": _blocked,
}


# ---------------------------------------------------------------- how one leads to the next

_PLAIN = (
    ("announcement", 38),
    ("link", 26),
    ("text", 8),
    ("frame", 5),
    ("canonical", 4),
    ("alternate", 6),
    ("redirect", 6),
    ("meta_refresh", 3),
    ("script_redirect", 4),
)
_MOVING = frozenset({"redirect", "meta_refresh", "script_redirect"})


def connect(
    draft: Draft, names: dict[str, Brand], live: list[str], seed: str, only: dict[str, str]
) -> None:
    """Make every live member reachable from *seed*, over several rounds, by mixed techniques.

    *only* are members that nothing but their name (value ``dns_name``) or their certificate
    (``certificate``) gives away, with the member that does.
    """
    rng = draft.rng
    order = [n for n in live if n != seed and n not in only]
    rng.shuffle(order)
    deck = _deck(rng, len(order))
    placed, frontier = [seed], [seed]
    while order:
        # Each round hangs up to 14 new hosts under those of the last one: about ten rounds.
        batch, order = order[:14], order[14:]
        sources = frontier[:]
        frontier = []
        for name in batch:
            technique = deck.pop()
            source = rng.choice(sources)
            if technique in _MOVING and order:
                # An older name that only sends visitors on: what it sends them to is found
                # through it alone.
                target = order.pop()
                _point(draft, source, name, rng.choice(("announcement", "link")))
                draft.hosts[name].routes.clear()
                draft.hosts[name].leads.clear()
                draft.moves(name, target, technique, rng.choice(tuple(SCRIPTS)))
                frontier.append(target)
                placed.append(target)
                continue
            _point(draft, source, name, "link" if technique in _MOVING else technique)
            frontier.append(name)
            placed.append(name)
    _add_more(draft, list(names), placed, only)


def _deck(rng: random.Random, count: int) -> list[str]:
    """At least *count* techniques in their shares, each a few times, shuffled.

    Taken from the end: moves come in the first rounds, as each needs a host to move to.
    """
    moves = [t for t, share in _PLAIN if t in _MOVING for _ in range(max(4, share * count // 100))]
    rest = [t for t, share in _PLAIN if t not in _MOVING for _ in range(share * count // 100 + 3)]
    rng.shuffle(rest)
    first = moves + rest[: len(moves)]
    rng.shuffle(first)
    return rest[len(moves) :] + first


def _point(draft: Draft, source: str, target: str, technique: str) -> None:
    inner = technique in ("announcement", "link", "text") and draft.rng.random() < 0.4
    region = "template" if technique == "link" else "body"
    path = "/mirrors" if inner else "/"
    draft.lead(source, target, technique, path=path, region=region)


def _add_more(draft: Draft, names: list[str], placed: list[str], only: dict[str, str]) -> None:
    """Further leads: most members are listed on several others, dead and seized ones too."""
    rng = draft.rng
    listed = [name for name in names if name not in only]
    for name in placed:
        for target in rng.sample(listed, rng.randrange(0, 3)):
            technique = rng.choice(("announcement", "link", "link", "text"))
            _point(draft, name, target, technique)
    for name in listed:
        if draft.hosts[name].truth.state != "live":
            _point(draft, rng.choice(placed), name, rng.choice(("announcement", "link", "text")))
