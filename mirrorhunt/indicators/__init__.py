"""Values that two hosts can share, one kind a file.

Each file offers one `Indicator`, whose observations carry the file's name as their kind. To add a
kind: one file here, one test file beside the others; nothing else is touched.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mirrorhunt.model import Availability, Observation, Visit
from mirrorhunt.registry import Registry

MAX_VALUES = 100
"""How many values of one kind one visit may leave: a page cannot flood the store."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """How one kind is read from a visit."""

    read: Callable[[Visit], Iterable[Observation]]
    needs_page: bool = True
    """False for what DNS and TLS show: that can be read while a challenge hides the page."""


kinds: Registry[Indicator] = Registry(__name__, "indicator")

_PAGELESS = frozenset({Availability.CHALLENGE, Availability.RESTRICTED})


def observe(visit: Visit) -> tuple[Observation, ...]:
    """All that *visit* shows; nothing that is not the host's own, live content.

    A page that is not live weighs nothing: two hosts behind one parking page would match.
    """
    if visit.ruling is None:
        raise ValueError("availability is judged before anything else is read")
    state = visit.ruling.availability
    if state is not Availability.LIVE and state not in _PAGELESS:
        return ()
    has_page = state is Availability.LIVE and visit.is_own_page
    seen: dict[Observation, None] = {}
    for indicator in kinds.values():
        if indicator.needs_page and not has_page:
            continue
        for count, observation in enumerate(indicator.read(visit)):
            if count >= MAX_VALUES:
                break
            seen.setdefault(observation)
    return tuple(seen)
