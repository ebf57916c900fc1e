"""A small world that wishes whoever looks at it ill."""

from mirrorhunt.lab.world import (
    MEMBER,
    Behaviour,
    Bomb,
    Content,
    Dns,
    Drip,
    Html,
    Huge,
    Redirect,
    Reset,
    World,
)
from mirrorhunt.lab.worlds._draft import Draft
from mirrorhunt.lab.worlds._names import Brand
from mirrorhunt.lab.worlds._network import BOTH, identity, show

PLAYER = "stagelightplay.net"
INTERNAL = {
    "loopback.xyz": Dns(a=("127.0.0.1",), ttl_s=1),
    "metadata.xyz": Dns(a=("169.254.169.254",), ttl_s=1),
    "office.xyz": Dns(a=("10.11.12.13",), ttl_s=1),
    "mixed.xyz": Dns(a=("185.103.7.9", "127.0.0.1"), ttl_s=1),
    "mapped.xyz": Dns(aaaa=("::ffff:127.0.0.1",), ttl_s=1),
}
REBINDING = "rebinding.xyz"
TRAP = "trap.xyz"


def hostile() -> World:
    """A seed whose page links to all that is known to harm a crawler."""
    draft = Draft("hostile", 1, "stagelight")
    hoster = draft.hoster("vantrahost.net", 3)
    who = identity(draft, "Stagelight", PLAYER, hoster)
    seed = "stagelight.live"
    host = draft.add(seed, MEMBER, hoster.dns(draft.rng), network="stagelight", relations=BOTH)
    show(draft, host, Brand("stagelight", "en"), who, "full")
    for name, routes in _pages().items():
        bad = draft.add(name, "hostile", hoster.dns(draft.rng))
        bad.routes.update(routes)
        draft.lead(seed, name, "announcement")
        draft.lead(seed, name, "link", region="template")
    draft.hosts[TRAP].is_wildcard = True
    for name, dns in INTERNAL.items():
        inside = draft.add(name, "internal_address", dns)
        draft.page(inside, "hosting_default", "/*")
        draft.lead(seed, name, "announcement")
    turning = draft.add(
        REBINDING, "rebinding", Dns(turns=(("185.77.2.3",), ("127.0.0.1",)), ttl_s=0)
    )
    draft.page(turning, "hosting_default", "/*")
    draft.lead(seed, REBINDING, "link")
    return draft.build((seed,), (), (), {})


def _pages() -> dict[str, dict[str, Behaviour]]:
    found: dict[str, dict[str, Behaviour]] = {
        "drip.xyz": {"/*": Drip(pause_s=0.05)},
        "bomb.xyz": {"/*": Bomb()},
        "ten-megabytes.xyz": {"/*": Huge()},
        "reset.xyz": {"/*": Reset()},
        "circle.xyz": {"/*": Redirect("/again?from={path}", 302)},
        "to-loopback.xyz": {"/*": Redirect("http://127.0.0.1/", 302)},
        "to-metadata.xyz": {"/*": Redirect("http://169.254.169.254/latest/meta-data/", 302)},
        "to-office.xyz": {"/*": Redirect("https://office.xyz/", 302)},
        "to-port.xyz": {"/*": Redirect("http://reset.xyz:22/", 302)},
        "headers.xyz": {"/*": Content(b"<p>x", headers=_HUGE_HEADERS)},
        "one-header.xyz": {"/*": Content(b"<p>x", headers=(("X-Long", "a" * 300_000),))},
        TRAP: {"/*": Html("trap")},
        "frames.xyz": {"/*": Html("frame_tower")},
    }
    for name, body in _BODIES.items():
        found[f"{name}.xyz"] = {"/*": Content(body)}
    found["charset.xyz"] = {"/*": Content(_BROKEN, "text/html; charset=utf-99")}
    return found


_HUGE_HEADERS = tuple((f"X-{n}", "a" * 4000) for n in range(200))
_BROKEN = b"<title>\xff\xfe\x80</title><body><a href='http://\0\xff.xyz/'>\xe2\x80" * 2000
_BODIES = {
    "deep": b"<div>" * 100_000 + b"films",
    "deep-frames": b"<iframe srcdoc='" * 100_000,
    "nuls": b"\0" * 1_000_000 + b"<a href='http://nul\0s.xyz'>" + b"\0" * 1000,
    "links": b"".join(b"<a href='http://l%d.com/'>%d</a>" % (n, n) for n in range(100_000)),
    "attributes": b"<a " + b" ".join(b"x%d=y" % n for n in range(200_000)) + b">",
    "unclosed": b"<!--" * 200_000 + b"<a href='" * 100_000,
    "script": b"<script>"
    + b"location.href=atob('" * 20_000
    + b"x='a'+" * 100_000
    + b"window['loc'+'ation']='/" * 10_000
    + b"</script>",
    "words": b"new domain is " * 100_000,
    "names": b" ".join(b"n%d.com" % n for n in range(150_000)),
    "refresh": b"<meta http-equiv=refresh content='0;url=" + b"a" * 1_000_000 + b"'>",
    "entities": b"&lt;" * 400_000,
    "ids": b"".join(b"<script>gtag('config','G-%010d')</script>" % n for n in range(30_000)),
}
