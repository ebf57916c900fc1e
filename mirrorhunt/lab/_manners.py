"""How whoever hunted in a world behaved there, by the requests that arrived."""

from collections import defaultdict
from collections.abc import Sequence

from mirrorhunt.lab.web_server import Request
from mirrorhunt.lab.world import INTERNAL_ADDRESS, World
from mirrorhunt.names import ip_literal


def impolite(requests: Sequence[Request], limit: int) -> dict[str, int]:
    """Hosts that got more than *limit* requests within some one second."""
    instants: defaultdict[str, list[float]] = defaultdict(list)
    for request in requests:
        instants[request.host].append(request.at)
    busiest: dict[str, int] = {}
    for host, at in instants.items():
        at.sort()
        first = most = 0
        for last in range(len(at)):
            while at[last] - at[first] >= 1:
                first += 1
            most = max(most, last - first + 1)
        if most > limit:
            busiest[host] = most
    return busiest


def guard_violations(world: World, requests: Sequence[Request]) -> tuple[str, ...]:
    """URLs asked of hosts whose addresses the guard has to refuse."""
    violations = []
    for request in requests:
        host = world.find(request.host)
        is_internal = host is not None and host.truth.kind == INTERNAL_ADDRESS
        if is_internal or ip_literal(request.host) is not None:
            violations.append(f"{request.scheme}://{request.host}{request.path}")
    return tuple(violations)
