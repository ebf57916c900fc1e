"""What a look at a host brings up: read by the techniques, tidied, in scope.

One way for all looks, by whomever: the spiders' and their pipelines', and what a person brings in
(`mirrorhunt.archive.importing`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from mirrorhunt import names
from mirrorhunt.model import Availability, Pointer, Visit

MAX_POINTERS = 400
"""Of one visit; techniques yield the most telling first."""
# A host behind a human test, or that refuses us here, still says who else is its own.
_SPEAKING = frozenset({Availability.LIVE, Availability.CHALLENGE, Availability.RESTRICTED})


class Reader(Protocol):
    """What reads a visit; ``spiders/_base.py`` fulfils it."""

    @classmethod
    def read(cls, visit: Visit) -> Iterable[Pointer]: ...


def read(visit: Visit, readers: Sequence[type[Reader]]) -> tuple[Pointer, ...]:
    """What *readers* read from *visit*, at most `MAX_POINTERS`; of two the first is named."""
    found: dict[tuple[str, str, str], Pointer] = {}
    for reader in readers:
        for pointer in reader.read(visit):
            found.setdefault((pointer.host, pointer.how, pointer.region), pointer)
            if len(found) >= MAX_POINTERS:
                return tuple(found.values())
    return tuple(found.values())


def tidied(visit: Visit, note: Callable[[str], None]) -> tuple[Pointer, ...]:
    """The pointers of *visit* as we write hosts, each once.

    *note* is told of each that goes: ``no_host``, or ``itself``.
    """
    kept: dict[tuple[str, str, str], Pointer] = {}
    for pointer in visit.pointers:
        host = tidy(pointer.host)
        if host is None or host == visit.host:
            note("no_host" if host is None else "itself")
            continue
        kept.setdefault((host, pointer.how, pointer.region), replace(pointer, host=host))
    return tuple(kept.values())


def tidy(text: str) -> str | None:
    """*text* as we write hosts, without a leading ``www.``; None where it is no host."""
    host = names.find_host(text)
    if host is None or names.registrable_domain(host) is None:
        return None
    return names.without_www(host)


def in_scope(
    visit: Visit, why_out: Callable[[str], str | None], note: Callable[[str], None]
) -> tuple[Pointer, ...]:
    """The pointers of *visit* that may become candidates.

    *why_out* says why a host is nobody's mirror; *note* is told of it for each that goes.
    """
    kept = []
    for pointer in visit.pointers:
        why = why_out(pointer.host)
        if why is None:
            kept.append(pointer)
        else:
            note(why)
    return tuple(kept)


def speaks(visit: Visit) -> bool:
    """Whether the host of *visit*, as it was ruled on, says who else is its own."""
    assert visit.ruling is not None
    return visit.ruling.availability in _SPEAKING
