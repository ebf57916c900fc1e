"""A torrent index, its own few mirrors, and the many who serve it without being it.

Its operator has the seed, three mirrors and two more that are announced. Twenty-five others fetch
its pages and serve them with identifiers, a banner and sometimes a contact of their own: they are
mirrors and not the operator's. Some of them are farms: one owner who does the same to six
indexes. Around them are lists of proxies, lawful uses of the same trade, and the other indexes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mirrorhunt.lab.world import MEMBER, Content, RegistrationData, World
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.lab.worlds._background import add_background
from mirrorhunt.lab.worlds._draft import Account, Draft, HostDraft, Hoster, icon
from mirrorhunt.lab.worlds._names import SUFFIXES, Brand, invented
from mirrorhunt.lab.worlds._network import BOTH, Identity, code, identity
from mirrorhunt.lab.worlds._surroundings import LIBRARIES, Surroundings

PROXIES = 25
FARMS = 3
OTHER_INDEXES = 5
BACKGROUND_COUNT = 60
_TODAY = datetime(2026, 11, 24, tzinfo=UTC)
MIRROR = frozenset({"mirror"})
# What a proxy leaves of the page it fetches, and how many of ten do so.
_MANNERS = ("keeps",) * 5 + ("strips",) * 3 + ("replaces",) * 2
_WORDS = ("proxy", "-proxy", "unblocked", "-unblock", "-mirror", "mirror", "-access", "bypass")


@dataclass(frozen=True, slots=True)
class _Index:
    """One index: what its pages show wherever they are served from."""

    label: str
    network: str
    who: Identity
    build: str

    def values(self) -> dict[str, object]:
        return {
            "brand": self.label.capitalize(),
            "ids": self.who.ids[:2] + self.who.zones,
            "build": self.build,
            "icon": "/favicon.png",
            "handle": self.who.handle,
            "email": self.who.email,
            "wallet": self.who.wallet,
        }


@dataclass(frozen=True, slots=True)
class _Proxyist:
    """Somebody who runs proxies."""

    name: str
    hoster: Hoster
    zones: tuple[str, ...]
    handle: str


def build(seed: int = 1) -> World:
    """The world that grows from *seed*."""
    draft = Draft("proxies", seed, "proxies")
    rng = draft.rng
    hoster = draft.hoster("vantrahost.net", 3)
    indexes = [_index(draft, "proxies", hoster)]
    indexes += [
        _index(draft, f"index{n}", draft.hoster(f"index{n}-host.net", 2))
        for n in range(OTHER_INDEXES)
    ]
    ours = indexes[0]
    own = _mirrors(draft, ours)
    for other in indexes[1:]:
        _serve(
            draft,
            draft.add(
                f"{other.label}.to",
                "other_network",
                other.who.accounts[0].dns(rng),
                network=other.network,
                relations=BOTH,
            ),
            other,
            {},
        )
    proxies, others = _proxies(draft, indexes)
    around = Surroundings(draft, Brand(ours.label, "en"), ours.who, own, hoster)
    hubs = _hubs(around, proxies, [*others, *(f"{i.label}.to" for i in indexes[1:])], own)
    _link(draft, own, proxies, hubs, [f"{i.label}.to" for i in indexes[1:]])
    _lawful(around, proxies)
    for name in add_background(draft, BACKGROUND_COUNT)[:8]:
        draft.lead(rng.choice(own), name, "link")
    return draft.build((own[0],), tuple(sorted(around.protect)), tuple(proxies), {})


worlds.offer(build)


def _index(draft: Draft, network: str, hoster: Hoster) -> _Index:
    rng = draft.rng
    label = f"{invented(rng, 2)}{rng.choice(('torrents', 'tor', 'bay', 'leech', 'seeds'))}"
    who = identity(draft, label, f"{invented(rng, 3)}api.net", hoster)
    return _Index(label, network, who, code(rng, 6).lower())


def _serve(draft: Draft, host: HostDraft, index: _Index, changed: Mapping[str, object]) -> None:
    """Let *host* show the pages of *index*, *changed* by whoever serves them."""
    values = index.values() | dict(changed)
    for path in ("/", "/torrent/*", "/top"):
        draft.page(host, "torrents", path, **values)
    drawn = icon(f"{draft.seed} {index.label}")
    host.routes["/favicon.png"] = host.routes["/favicon.ico"] = Content(drawn, "image/png")
    assets = f"/{index.label}-{index.build}/*"
    host.routes[assets] = Content(f"/* {index.build} */".encode(), "text/css")


def _mirrors(draft: Draft, index: _Index) -> list[str]:
    """The seed, three mirrors in its navigation, two that it announces."""
    suffixes = draft.rng.sample(SUFFIXES[:20], 6)
    names = [f"{index.label}.{suffix}" for suffix in suffixes[:4]]
    names += [f"{index.label}2.{suffixes[4]}", f"new-{index.label}.{suffixes[5]}"]
    for name in names:
        homes: tuple[Account | Hoster, ...] = (*index.who.accounts, index.who.hoster)
        dns = draft.rng.choice(homes).dns(draft.rng)
        host = draft.add(name, MEMBER, dns, network=draft.network, relations=BOTH)
        _serve(draft, host, index, {})
    return names


def _proxies(draft: Draft, indexes: Sequence[_Index]) -> tuple[list[str], list[str]]:
    """Proxies of ours, and what the farms serve besides."""
    rng = draft.rng
    names: list[str] = []
    others: list[str] = []
    for n in range(FARMS):
        word = f"{invented(rng, 2)}{rng.choice(('unblock', 'proxy', 'access'))}"
        owner = _proxyist(draft, word)
        for index in indexes:
            name = f"{index.label}-{word}.{rng.choice(SUFFIXES)}"
            is_ours = index is indexes[0]
            kind = "farm" if is_ours else "farm_of_others"
            host = _proxy(draft, name, kind, index, owner, _MANNERS[n * 4 % 10])
            (names if is_ours else others).append(host.name)
    for n in range(PROXIES - FARMS):
        owner = _proxyist(draft, invented(rng, 3))
        label = indexes[0].label
        # Half of them carry a name of their own.
        stem = f"{label}{rng.choice(_WORDS)}" if n % 2 else f"{invented(rng)}{_WORDS[n % 3]}"
        name = f"{stem}.{rng.choice(SUFFIXES)}"
        if name in draft.hosts:
            name = f"{stem}{n}.top"
        manner = _MANNERS[n % len(_MANNERS)]
        names.append(_proxy(draft, name, "proxy", indexes[0], owner, manner).name)
    return names, others


def _proxyist(draft: Draft, name: str) -> _Proxyist:
    rng = draft.rng
    zones = (f"zone:{rng.randrange(10**6, 10**7)}", f"pop:{rng.randrange(10**6, 10**7)}")
    hoster = draft.hoster(f"{name.strip('-')}-vps.net", 2)
    return _Proxyist(name, hoster, zones, f"{name.replace('-', '')}_unblock")


def _proxy(
    draft: Draft, name: str, kind: str, index: _Index, owner: _Proxyist, manner: str
) -> HostDraft:
    rng = draft.rng
    home: Account | Hoster = owner.hoster
    if rng.random() < 0.5:
        home = draft.account()
        # The lab's CDN has few pairs: no proxy may share the index's by that alone.
        while home in index.who.accounts:
            home = draft.account()
    host = draft.add(name, kind, home.dns(rng), network=index.network, relations=MIRROR)
    host.registered_at = _TODAY - timedelta(days=rng.randrange(20, 900), hours=7)
    changed: dict[str, object] = {"banner": f"Unblocked by {owner.name.capitalize()}."}
    match manner:
        case "keeps":
            changed["ids"] = index.who.ids[:2] + owner.zones
        case "strips":
            changed |= {"ids": owner.zones, "wallet": "", "email": ""}
        case _:
            changed |= {
                "ids": (f"ga:G-{code(rng, 10)}", *owner.zones),
                "handle": owner.handle,
                "email": f"contact@{name}",
                "wallet": "",
            }
    _serve(draft, host, index, changed)
    return host


def _hubs(
    around: Surroundings, proxies: Sequence[str], others: Sequence[str], own: Sequence[str]
) -> list[str]:
    """Lists of proxies: of all indexes alike, and sure of nothing."""
    rng = around.rng
    hubs = []
    for n in range(4):
        name = f"{invented(rng, 2)}{rng.choice(('proxylist', 'unblocker', '-proxies'))}{n}.org"
        around.site(name, "proxy_hub", "hub", ids=(f"zone:{rng.randrange(10**6, 10**7)}",))
        listed = [*rng.sample(list(proxies), 12), *rng.sample(list(others), 10), *own[:2]]
        rng.shuffle(listed)
        for target in listed:
            around.draft.lead(name, target, "link")
        hubs.append(name)
    return hubs


def _link(
    draft: Draft,
    own: Sequence[str],
    proxies: Sequence[str],
    hubs: Sequence[str],
    others: Sequence[str],
) -> None:
    rng = draft.rng
    seed = own[0]
    for name in own[1:4]:
        draft.lead(seed, name, "link", region="template")
        draft.lead(name, seed, "link", region="template")
    draft.lead(seed, own[4], "announcement")
    draft.lead(own[1], own[5], "announcement")
    for name in own[4:]:
        draft.lead(name, seed, "link", region="template")
    # Mirrors name a list as their users would, users name proxies, and indexes know each other.
    draft.lead(own[1], hubs[0], "link")
    for name in rng.sample(list(proxies), 4):
        draft.lead(own[2], name, "link", region="comments")
    for name in rng.sample(list(proxies), 3):
        draft.lead(own[3], name, "link")
    for name in rng.sample(list(others), 3):
        draft.lead(own[1], name, "link")
    for name in proxies:
        # A page that is fetched says what the index says: where its mirrors are; the bar says
        # where there are more like it.
        draft.lead(name, rng.choice(hubs), "link")
        draft.lead(name, seed, "link", region="template")


def _lawful(around: Surroundings, proxies: Sequence[str]) -> None:
    """Free software by torrent, tests of tunnels, newspapers, an agency; libraries; registries."""
    draft, rng = around.draft, around.rng
    for n in range(4):
        name = f"{invented(rng, 3)}linux.org"
        around.site(name, "lawful_torrents", "distribution", brand=f"{name[:6].capitalize()} {n}")
        around.from_members(name)
    for n in range(3):
        name = f"{invented(rng, 3)}-vpn-test{n}.com"
        around.site(name, "vpn_review", "affiliate", ids=(f"ga:G-{code(rng, 10)}",))
        for target in rng.sample(list(proxies), 5):
            draft.lead(name, target, "link")
        around.to_members(name, 2)
        around.from_members(name)
    for ending in ("news.it", "post.com", "tech.net"):
        name = f"{invented(rng, 3)}-{ending}"
        around.site(name, "news_article", "article", topic=around.brand.shown)
        around.to_members(name, 3)
        for target in rng.sample(list(proxies), 3):
            draft.lead(name, target, "link")
        around.from_members(name)
    around.site("mediarights-group.com", "rights_holder", "corporate", sector="rights")
    around.from_members("mediarights-group.com", count=2)
    around.protect.append("mediarights-group.com")
    for n, suffix in enumerate(("ch", "store", "blog")):
        label = f"{around.brand.label}.{suffix}"
        around.site(label, "same_label", "ordinary", theme=n, trade="Shop", language="en")
    for name in LIBRARIES:
        around.site(name, "library", "library", brand="Open CDN")
        around.protect.append(name)
    around.site("rdap.org", "platform", "library").routes["/domain/*"] = RegistrationData()
    around.protect.append("rdap.org")
