"""What every world promises, as questions to ask of one."""

import hashlib

from mirrorhunt.lab import pages
from mirrorhunt.lab.world import Host, Html, World

BOTH = frozenset({"mirror", "operator"})


def digest(world: World) -> str:
    """Of all that a world serves, on each of its days."""
    said = hashlib.sha256()
    for day in world.days:
        today = world.on(day)
        for host in today.hosts.values():
            known = (host.name, host.dns, host.certificate, host.registered_at)
            said.update(repr(known).encode())
            for path, behaviour in host.routes.items():
                page = isinstance(behaviour, Html) and pages.render(today, host, path, behaviour)
                said.update(page or repr(behaviour).encode())
        said.update(repr((today.seeds, today.edges, today.candidates, today.known)).encode())
    return said.hexdigest()


def page(world: World, host: Host, path: str = "/") -> str:
    """The page that *host* serves under *path*; empty if it serves none."""
    behaviour = host.routes.get(path)
    if not isinstance(behaviour, Html):
        return ""
    return pages.render(world, host, path, behaviour).decode()


def live(world: World) -> set[str]:
    """The live members."""
    return {h.name for h in world.members if h.truth.state == "live"}
