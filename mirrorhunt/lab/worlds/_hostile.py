"""Hosts that answer, and harm: they wait, swell, lead in circles or into one's own network."""

from mirrorhunt.lab.world import Behaviour, Bomb, Content, Dns, Drip, Huge, Redirect, Reset
from mirrorhunt.lab.worlds._names import invented
from mirrorhunt.lab.worlds._network import KNOWN_LANDING, LANDING
from mirrorhunt.lab.worlds._surroundings import Surroundings


def add_hostile(around: Surroundings) -> None:
    """Where seized names lead, hosts that fail, internal addresses, and traps."""
    _states(around)
    _internal_addresses(around)
    _hostile(around)


def _states(around: Surroundings) -> None:
    """Where seized names lead, and an error or two."""
    for name, path in ((LANDING, "/watch-legally"), (KNOWN_LANDING, "/watch-it-legally/*")):
        host = around.site(
            name, "seizure_landing", "corporate", sector="antipiracy", brand="Alliance"
        )
        around.draft.page(host, "watch_legally", path, brand="Alliance for Lawful Viewing")
        for target in around.protect[3:6]:
            around.draft.lead(name, target, "link", path=path)
        around.protect.append(name)
    for _ in range(3):
        host = around.draft.add(
            f"{invented(around.rng)}.net", "failing", around.offices.dns(around.rng), state="error"
        )
        around.draft.refuse(host, "overloaded", 503)
        around.from_members(host.name)


def _internal_addresses(around: Surroundings) -> None:
    """Names that point into the network of whoever looks: nothing may be sent there."""
    for n, addresses in enumerate(
        (
            ("127.0.0.1",),
            ("169.254.169.254",),
            ("10.11.12.13",),
            ("192.168.1.1",),
            ("100.64.3.4",),
            ("185.103.7.9", "127.0.0.1"),
        )
    ):
        name = f"{around.brand.label}-srv{n}.xyz"
        host = around.draft.add(name, "internal_address", Dns(a=addresses, ttl_s=1), state="error")
        around.draft.page(host, "hosting_default", "/*")
        around.from_members(name, around.rng.choice(("link", "announcement")))
    mapped = around.draft.add(
        f"{around.brand.label}-v6.xyz",
        "internal_address",
        Dns(aaaa=("::ffff:127.0.0.1",)),
        state="error",
    )
    around.draft.page(mapped, "hosting_default", "/*")
    around.from_members(mapped.name)
    rebinding = around.draft.add(
        f"{around.brand.label}-cdn.xyz",
        "rebinding",
        Dns(turns=(("185.77.2.3",), ("127.0.0.1",)), ttl_s=0),
    )
    around.draft.page(rebinding, "hosting_default", "/*")
    around.from_members(rebinding.name)
    sender = around.draft.add(
        f"{around.brand.label}-go.xyz", "internal_redirect", around.who.hoster.dns(around.rng)
    )
    sender.routes["/"] = Redirect("http://169.254.169.254/latest/meta-data/", 302)
    around.from_members(sender.name)


def _hostile(around: Surroundings) -> None:
    """Traps, bombs, drips and loops: each linked from a member."""
    makers: tuple[dict[str, Behaviour], ...] = (
        {"/*": Drip()},
        {"/*": Bomb()},
        {"/*": Huge()},
        {"/*": Reset()},
        {"/*": Redirect("/again?from={path}", 302)},
        {"/*": Content(_BROKEN, "text/html; charset=utf-99")},
    )
    for routes in makers:
        host = around.draft.add(
            f"{invented(around.rng)}.xyz", "hostile", around.hoster.dns(around.rng), state="error"
        )
        host.routes.update(routes)
        around.from_members(host.name)
    for template, path in (("trap", "/*"), ("many_links", "/"), ("frame_tower", "/*")):
        host = around.draft.add(
            f"{invented(around.rng)}.xyz", "hostile", around.hoster.dns(around.rng)
        )
        host.is_wildcard = template == "trap"
        around.draft.page(host, template, path)
        around.from_members(host.name)


# A NUL in the markup, bytes of no charset, a tag that never ends.
_BROKEN = (
    b"<html><head><title>Cal\0cio \xff\xfe\x80</title><body><a href='http://\0\xff.xyz/'>" * 20
)
