"""A network half of which shows itself to a browser alone.

Of twenty-four mirrors twelve are plain. Four send their visitors on by scripts that cannot be read
without running them, and two mirrors are led to by nothing else; the others are drawn by scripts,
written by them, hidden behind a button, or play in a frame that a script makes. One of them asks
the network for whatever it likes: a broadcaster's playlist, five hundred shops. Around it are
lawful sites of the same make, and pages that would like to keep a browser for ever.
"""

from mirrorhunt.lab.templates.scripted import APP, WAYS
from mirrorhunt.lab.world import MEMBER, Content, Dns, Html, World
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.lab.worlds._background import add_background
from mirrorhunt.lab.worlds._draft import Account, Draft, HostDraft, Hoster
from mirrorhunt.lab.worlds._names import SUFFIXES, Brand, brands, invented
from mirrorhunt.lab.worlds._network import BOTH, Identity, identity, show
from mirrorhunt.lab.worlds._surroundings import AD_HOSTS, LIBRARIES, Surroundings

PLAIN = 12
BACKGROUND_COUNT = 40
SHOPS = 500
"""Hosts that one page asks for and that nothing else names."""
_KINDS = ("app", "app", "app", "written", "written", "gate", "nested", "nested")
"""How the mirrors are made that do not just send on."""
_LED_TO = 2
"""Mirrors that only a script leads to, one plain and one drawn."""
_HOSTILE = ("endless", "windows", "swelling")


def build(seed: int = 1) -> World:
    """The world that grows from *seed*."""
    draft = Draft("scripted", seed, "scripted")
    rng = draft.rng
    brand = brands(rng)[0]
    hoster = draft.hoster("velatohost.net", 4)
    who = identity(draft, brand.shown, f"{invented(rng, 3)}play.net", hoster)
    names = _names(draft, brand)
    plain, drawn, movers = names[:PLAIN], names[PLAIN : PLAIN + len(_KINDS)], names[-len(WAYS) :]
    for name in names:
        host = draft.add(name, MEMBER, _home(draft, who), network="scripted", relations=BOTH)
        show(draft, host, brand, who, "full")
    for name, kind in zip(drawn, _KINDS, strict=True):
        hide(draft, draft.hosts[name], kind)
    around = Surroundings(draft, brand, who, plain, hoster)
    _lead(draft, plain, drawn, movers)
    _services(around)
    _lawful(around, plain)
    broadcaster = _broadcaster(around)
    # The last of those that an interface describes asks for what is not its own, too.
    flooding = drawn[_KINDS.index("written") - 1]
    flood(draft, flooding, broadcaster)
    _hostile(around)
    for name in add_background(draft, BACKGROUND_COUNT)[:8]:
        draft.lead(rng.choice(plain), name, "link")
    return draft.build((plain[0],), tuple(sorted(around.protect)), (), {})


worlds.offer(build)


def _names(draft: Draft, brand: Brand) -> list[str]:
    rng = draft.rng
    count = PLAIN + len(_KINDS) + len(WAYS)
    names = [f"{brand.label}.{suffix}" for suffix in rng.sample(SUFFIXES[:24], 10)]
    names += [f"{brand.label}{n}.xyz" for n in range(3, 9)]
    names += [f"{invented(rng)}{n}.{rng.choice(SUFFIXES)}" for n in range(count - len(names))]
    seed = names.pop(0)
    rng.shuffle(names)
    return [seed, *names]


def _home(draft: Draft, who: Identity) -> Dns:
    homes: tuple[Account | Hoster, ...] = (*who.accounts, who.hoster)
    return draft.rng.choice(homes).dns(draft.rng)


def hide(draft: Draft, host: HostDraft, kind: str) -> None:
    """Let *host* show to a browser what it shows, and to nobody else."""
    page = host.routes["/"]
    assert isinstance(page, Html)
    values = dict(page.values)
    for path in [p for p in host.routes if p not in {"/", "/favicon.png", "/favicon.ico"}]:
        del host.routes[path]
    values["inner"] = "stadium"
    draft.page(host, kind, "/", **values)
    if kind == "app":
        draft.page(host, "app_data", "/api/*", **values)
        host.routes["/assets/app.js"] = Content(APP.encode(), "text/javascript")
    if kind == "nested":
        draft.page(host, "nested", "/live/*", **values)


def _page_of(host: HostDraft) -> str:
    """The path of the page that holds what *host* shows."""
    return "/api/*" if "/api/*" in host.routes else "/"


def _lead(draft: Draft, plain: list[str], drawn: list[str], movers: list[str]) -> None:
    rng = draft.rng
    seed = plain[0]
    hidden = [plain[-1], drawn[0]]
    assert len(hidden) == _LED_TO
    for n, name in enumerate([*plain[1:-1], *drawn[1:], *movers]):
        source = seed if n % 3 == 0 else rng.choice(plain[:-1])
        draft.lead(source, name, rng.choice(("announcement", "link")), region="template")
        if source != seed and rng.random() < 0.3:
            draft.lead(seed, name, "link", region="template")
    for source in plain[1:-1]:
        draft.lead(source, seed, "link", region="template")
        draft.lead(seed, source, "link", region="template")
    for name in drawn:
        path = _page_of(draft.hosts[name])
        draft.lead(name, seed, "announcement", path=path)
    targets = [*hidden, *rng.sample(plain[:-1], len(movers) - len(hidden))]
    for name, target, way in zip(movers, targets, WAYS, strict=True):
        mover = draft.hosts[name]
        mover.routes.clear()
        mover.leads.clear()
        draft.page(mover, "sent_on", "/", way=way)
        draft.lead(name, target, "script_redirect")


def _services(around: Surroundings) -> None:
    """The player, the libraries and the advertisers that pages load from."""
    who = around.who
    for name in (who.player_host, who.api_host):
        host = around.draft.add(name, "backend", who.hoster.dns(around.rng))
        around.draft.page(host, "player", "/embed/*")
    for name in LIBRARIES:
        around.site(name, "library", "library", brand="Open CDN")
        around.protect.append(name)
    for name in AD_HOSTS[:2]:
        around.site(name, "ad_network", "library", brand="Ads")


def _lawful(around: Surroundings, plain: list[str]) -> None:
    """Sites of the same make that do nothing of the kind."""
    draft, rng = around.draft, around.rng
    for n in range(3):
        name = f"{invented(rng, 3)}-sportnews{n}.com"
        _drawn_site(around, name, "lawful_app", n, live="yes")
    for n in range(2):
        # Somebody's table of results: it asks the network's interface, as anybody can.
        name = f"{invented(rng, 3)}-risultati{n}.it"
        api = f"\nfetch('https://{around.who.api_host}/v1/scores', {{mode: 'no-cors'}});\n"
        _drawn_site(around, name, "asks_network", 5 + n, script=api, live="yes")
    for n in range(2):
        name = f"{invented(rng, 3)}-fansclub{n}.it"
        around.site(
            name, "lawful_gate", "gate", inner="ordinary", theme=9 + n, trade="Club", language="it"
        )
    for name in [h.name for h in draft.hosts.values() if h.truth.kind.startswith("lawful_")]:
        around.from_members(name)
    for name in [h.name for h in draft.hosts.values() if h.truth.kind == "asks_network"]:
        around.from_members(name, count=2)


def _drawn_site(
    around: Surroundings, name: str, kind: str, theme: int, *, script: str = "", live: str = ""
) -> None:
    """A lawful site that a script draws; a page of news has its matches of the day and a clip, as
    a page of streams has (*live*)."""
    host = around.site(name, kind, "app")
    values = {"inner": "ordinary", "trade": "Sport", "language": "it", "theme": theme}
    brand = name.partition(".")[0].capitalize()
    around.draft.page(host, "app_data", "/api/*", **values, brand=brand, shows=live)
    host.routes["/assets/app.js"] = Content((APP + script).encode(), "text/javascript")


def _broadcaster(around: Surroundings) -> str:
    """A lawful broadcaster with a delivery network of its own; the second name is that."""
    stem = invented(around.rng, 3)
    name, delivery = f"{stem}-tv.it", f"cdn.{stem}media.net"
    host = around.site(name, "broadcaster", "broadcaster", sector="streaming")
    playlist = f"\nfetch('https://{delivery}/live/master.m3u8').catch(function () {{}});\n"
    host.routes["/assets/app.js"] = Content(playlist.encode(), "text/javascript")
    around.site(delivery, "delivery", "library", brand="Delivery")
    around.from_members(name)
    return delivery


def flood(draft: Draft, name: str, delivery: str) -> None:
    """Let *name* ask for a broadcaster's playlist and for hundreds of hosts of other people."""
    asked = (
        f"\nfetch('https://{delivery}/live/master.m3u8', {{mode: 'no-cors'}});\n"
        f"for (var i = 0; i < {SHOPS}; i++) {{\n"
        "  fetch('https://shop' + i + '-market.com/api/live.m3u8', {mode: 'no-cors'});\n}\n"
    )
    draft.hosts[name].routes["/assets/app.js"] = Content((APP + asked).encode(), "text/javascript")


def _hostile(around: Surroundings) -> None:
    for template in _HOSTILE:
        name = f"{invented(around.rng, 3)}-{template}.top"
        around.site(name, "hostile", template)
        around.from_members(name)
