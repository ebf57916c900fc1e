"""A network that shows itself to some visitors only: by country, by where they come from, by what
they hold in their hands.

Half of its mirrors refuse whoever asks plainly; one shows two faces. So do lawful sites: a
broadcaster keeps its streams in its country, a shop refuses robots, a magazine has a page for
telephones. Who looks from one place, in one way, sees half of the network and little of that.
"""

from mirrorhunt.lab.world import MEMBER, Content, Html, World
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.lab.worlds._background import add_background
from mirrorhunt.lab.worlds._draft import Draft, HostDraft
from mirrorhunt.lab.worlds._names import SUFFIXES, brands, invented
from mirrorhunt.lab.worlds._network import BOTH, identity, show
from mirrorhunt.lab.worlds._surroundings import Surroundings

BACKGROUND_COUNT = 60
GATES = ("abroad", "abroad", "abroad", "referrer", "referrer", "mobile", "mobile", "faces")
"""Of the mirrors that are shut to a plain look; the last shows news here and streams abroad."""
_OPEN = 7
_REFUSED = Html("restricted", {}, (), 403)
_EMPTY = Content(b"<!doctype html><html><head></head><body></body></html>")


def build(seed: int = 1) -> World:
    """The world that grows from *seed*."""
    draft = Draft("fenced", seed, "fenced")
    rng = draft.rng
    brand, other, *_ = brands(rng)
    hoster = draft.hoster("vantrahost.net", 3)
    player = f"{invented(rng, 3)}play.net"
    who = identity(draft, brand.shown, player, hoster)
    suffixes = rng.sample(SUFFIXES, len(GATES) + _OPEN)
    labels = [rng.choice((brand.label, f"{brand.label}tv", f"{other.label}hd")) for _ in suffixes]
    names = [f"{label}.{suffix}" for label, suffix in zip(labels, suffixes, strict=True)]
    for name in names:
        host = draft.add(name, MEMBER, hoster.dns(rng), network="fenced", relations=BOTH)
        show(draft, host, brand if name.startswith(brand.label) else other, who, "full")
    open_names, shut = names[:_OPEN], names[_OPEN:]
    for name, gate in zip(shut, GATES, strict=True):
        _shut(draft.hosts[name], gate)
    for place, name in enumerate(names[1:], start=1):
        # From an open one, so that each can be found; some by text, which is followed too.
        source = open_names[rng.randrange(min(place, _OPEN))]
        draft.lead(source, name, rng.choice(("link", "announcement", "text")))
    operated = draft.add(
        who.player_host,
        MEMBER,
        hoster.dns(rng),
        network="fenced",
        relations=frozenset({"operator"}),
    )
    draft.page(operated, "player", "/*", ids=who.zones)
    for name in names:
        front = draft.hosts[name].routes["/"]
        if isinstance(front, Html) and front.values.get("player_host"):
            draft.framed_by(name, who.player_host)
    around = Surroundings(draft, brand, who, open_names, hoster)
    around.lawful_industry()
    around.press_and_fans()
    _fenced_strangers(around)
    names_behind = add_background(draft, BACKGROUND_COUNT)
    for name in rng.sample(names_behind, 8):
        around.from_members(name)
    return draft.build((names[0],), tuple(sorted(around.protect)), (), {})


worlds.offer(build)


def _shut(host: HostDraft, gate: str) -> None:
    host.gate = "abroad" if gate == "faces" else gate
    host.upgrades = False
    if gate == "faces":
        news = {"trade": "Sports news", "brand": host.name.partition(".")[0].title()}
        host.closed = Html("ordinary", {**news, "theme": 1, "language": "en", "generator": ""})
    else:
        host.closed = _EMPTY if gate == "mobile" else _REFUSED


def _fenced_strangers(around: Surroundings) -> None:
    """Lawful sites that are shut in the same ways, and that members lead to."""
    rng = around.rng
    for n, gate in enumerate(("abroad", "abroad", "referrer", "mobile")):
        name = f"{invented(rng, 3)}{'tv' if n % 2 else 'sport'}.{rng.choice(('it', 'de', 'fr'))}"
        host = around.site(name, "fenced_stranger", "broadcaster", sector="streaming")
        host.gate, host.closed = gate, _EMPTY if gate == "mobile" else _REFUSED
        host.upgrades = False
        around.from_members(name)
