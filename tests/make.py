"""Builders for tests: the shortest way to a host, a network, a case or a visit.

Everything has a default that means "nothing special", so that a test names only what it is about.
Imported as ``from tests import make``.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.facts import HostFacts, NetworkFacts, Rarity
from mirrorhunt.model import (
    Availability,
    DnsFacts,
    Evidence,
    Observation,
    PeerCertificate,
    Rcode,
    Ruling,
    StoredObservation,
    Visit,
)
from mirrorhunt.names import registrable_domain
from mirrorhunt.page import Page

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
"""The instant of every test, where it does not matter."""

Shown = str | tuple[str, str] | StoredObservation
"""A value, (value, region), or an observation with its history."""


def at(days: float) -> datetime:
    """So many days before `NOW` (negative) or after it."""
    return NOW + timedelta(days=days)


def seen(
    kind: str,
    value: str,
    region: str = "body",
    *,
    since: float = -10,
    until: float = 0,
    native: bool = True,
) -> StoredObservation:
    """An observation seen from *since* to *until*, in days from `NOW`."""
    return StoredObservation(kind, value, region, at(since), at(until), native)


def host(
    name: str = "candidate.example",
    shows: Mapping[str, Iterable[Shown] | str] | None = None,
    *,
    availability: Availability = Availability.LIVE,
    channels: Iterable[str] = (),
    registered: float | None = None,
    native: bool = True,
    since: float = -10,
    until: float = 0,
    more: Iterable[StoredObservation] = (),
) -> HostFacts:
    """A host that shows *shows* (kind to values), *registered* so many days from `NOW`."""
    observations = list(more)
    for kind, values in (shows or {}).items():
        for shown in (values,) if isinstance(values, str) else values:
            if isinstance(shown, StoredObservation):
                observations.append(shown)
                continue
            value, region = (shown, "body") if isinstance(shown, str) else shown
            observations.append(seen(kind, value, region, since=since, until=until, native=native))
    return HostFacts(
        host=name,
        registrable_domain=registrable_domain(name) or name,
        availability=availability,
        observations=tuple(observations),
        channels=tuple((channel, f"found by {channel}") for channel in channels),
        registered_at=None if registered is None else at(registered),
    )


def network(*members: HostFacts, seeds: Iterable[str] | None = None) -> NetworkFacts:
    """A network of *members*; the first is the seed unless *seeds* says otherwise."""
    names = {members[0].host} if seeds is None and members else set(seeds or ())
    return NetworkFacts("films", members, frozenset(names))


def rarity(
    clusters: Mapping[tuple[str, str], int] | None = None,
    observable: Mapping[str, int] | None = None,
) -> Rarity:
    """How common values are; by default nothing is known."""
    return Rarity(clusters or {}, observable or {})


def case(
    candidate: HostFacts,
    *members: HostFacts,
    of: NetworkFacts | None = None,
    rare: Rarity | None = None,
    now: datetime = NOW,
) -> Case:
    """*candidate* before the court, with *members* (the first a seed) or the network *of*."""
    return Case(candidate, of or network(*members), rare or Rarity(), now)


def evidence(kind: str, of: Case) -> tuple[Evidence, ...]:
    """What the weigher of *kind* says."""
    return tuple(kinds[kind](of))


def page(html: str = "", url: str = "https://candidate.example/", status: int = 200) -> Page:
    """A page with *html* in its body."""
    return Page(
        url=url,
        status=status,
        headers=(("content-type", "text/html; charset=utf-8"),),
        body=html.encode(),
    )


def dns(
    *addresses: str,
    rcode: Rcode = Rcode.NOERROR,
    nameservers: Iterable[str] = (),
    mail: Iterable[str] = (),
    soa: str | None = None,
) -> DnsFacts:
    """What DNS says."""
    return DnsFacts(rcode, addresses, (), tuple(sorted(nameservers)), tuple(mail), soa)


def certificate(*names: str, key: str = "ab" * 32) -> PeerCertificate:
    """A certificate for *names*, valid around `NOW`."""
    return PeerCertificate(names, len(names), key, "A CA", at(-30), at(60), False)


def visit(
    name: str = "candidate.example",
    html: str | None = "",
    *,
    state: Availability | None = Availability.LIVE,
    observations: Iterable[Observation] = (),
    dns: DnsFacts | None = None,
    certificate: PeerCertificate | None = None,
    icon: bytes | None = None,
) -> Visit:
    """One look at *name* that found *html* (None: no page) in *state* (None: not ruled yet)."""
    return Visit(
        host=name,
        network="films",
        technique="page_links",
        vantage="here",
        at=NOW,
        dns=dns,
        certificate=certificate,
        icon=icon,
        page=None if html is None else page(html, f"https://{name}/"),
        ruling=None if state is None else Ruling(state, "test", "as the test says"),
        observations=tuple(observations),
    )
