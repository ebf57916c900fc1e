"""Bring in what an analyst captured by hand, of hosts that no program gets to see.

It goes the way of every look: availability rules, indicators, pointers, store. What it shows
counts as evidence, and what it points to is looked at by the next hunt; the state of the host does
not move, as it says what somebody saw, and not that the host is there now (docs/archive.md). So it
is a visit of a path that no look has.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urldefrag, urljoin

from sqlalchemy import Engine

from mirrorhunt import names, pointing
from mirrorhunt.archive.captures import capture_of
from mirrorhunt.archive.foreign import Exchange, Foreign, read
from mirrorhunt.archive.vault import Vault
from mirrorhunt.availability import ruling
from mirrorhunt.errors import InputError
from mirrorhunt.hops import find_hop
from mirrorhunt.indicators import observe
from mirrorhunt.model import Candidate, Hop, Pointer, Visit
from mirrorhunt.names import url_parts
from mirrorhunt.page import Page, Resource
from mirrorhunt.pointing import Reader
from mirrorhunt.protecting import Keep
from mirrorhunt.rendering import MAX_REQUESTS
from mirrorhunt.store import adopting, candidates, hosts, runs, visits
from mirrorhunt.store.adopting import Caps
from mirrorhunt.store.session import storing

MANUAL = "manual"
"""Technique, vantage and reason of what a person brought in."""
PATH = "/#manual"
"""A fragment is sent to nobody, so no look has this path, and no state follows from it."""
MAX_HOPS = 10
MAX_AUTHOR_CHARS = 100
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants brought in."""

    file: Path
    host: str
    author: str
    reason: str
    network: str | None = None
    """Where the host is known in several."""
    at: datetime | None = None
    """When it was seen; None: as the file says."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of it."""

    visit: Visit
    """As it was stored."""
    is_new: bool
    """True if the host was no candidate of the network before."""
    brought_up: tuple[str, ...] = ()
    """The hosts that it points to and that are candidates from now on, most telling first."""


def bring_in(
    engine: Engine,
    vault: Vault,
    wish: Wish,
    keep: Keep,
    now: datetime,
    readers: Sequence[type[Reader]],
    caps: Caps,
) -> Imported:
    """Store what *wish* names, under the database's lock. Raises InputError, StoreError.

    *readers* are the techniques that read where a page points to; *caps* bound what becomes of it.
    The file itself is kept as it is. Judging is the caller's to start.
    """
    host = _host(wish, keep)
    network = _network(engine, wish, host)
    foreign = read(wish.file, host)
    visit = _visit(wish, host, network, foreign, now)
    visit = replace(visit, ruling=ruling(visit))
    visit = replace(visit, observations=observe(visit), pointers=_pointers(visit, readers, keep))
    capture = capture_of(
        visit,
        vault,
        reason=MANUAL,
        author=wish.author,
        note=wish.reason,
        original=(foreign.data, foreign.media_type),
    )
    visit = replace(visit, capture=capture)
    return _stored(engine, visit, wish, now, keep, caps)


def _pointers(visit: Visit, readers: Sequence[type[Reader]], keep: Keep) -> tuple[Pointer, ...]:
    """The hosts that *visit* brings up, as the pipelines would hand them on."""
    if not pointing.speaks(visit):
        return ()
    read = replace(visit, pointers=pointing.read(visit, readers))
    tidy = replace(read, pointers=pointing.tidied(read, _silent))
    return pointing.in_scope(tidy, keep.why_out, _silent)


def _silent(_: str) -> None:
    """Nobody counts."""


def _host(wish: Wish, keep: Keep) -> str:
    host = names.without_www(names.host(wish.host))
    why = keep.why_out(host)
    if why is not None:
        raise InputError(f"{host!r} is out of reach of any evidence: {why}")
    if not wish.reason.strip():
        raise InputError("no reason: say where it comes from, so that others can check it")
    if not 0 < len(wish.author.strip()) <= MAX_AUTHOR_CHARS:
        who = wish.author[:40]
        raise InputError(f"author {who!r}: a name has 1 to {MAX_AUTHOR_CHARS} characters")
    return host


def _network(engine: Engine, wish: Wish, host: str) -> str:
    """The network that is meant."""
    with storing(), engine.begin() as connection:
        if wish.network is not None:
            hosts.find_network_id(connection, wish.network)
            return wish.network
        known = hosts.networks_of(connection, host)
    if len(known) == 1:
        return known[0]
    if known:
        there = ", ".join(known)
        raise InputError(f"{host!r} is known in several networks: say --network, of {there}")
    raise InputError(
        f"{host!r} is known in no network: say --network NAME, and it becomes a candidate of it"
    )


def _stored(
    engine: Engine, visit: Visit, wish: Wish, now: datetime, keep: Keep, caps: Caps
) -> Imported:
    """Store *visit* and what it brings up whole, in a run of its own."""
    because = f"captured by hand by {wish.author}: {wish.reason}"
    found = Candidate(visit.host, visit.network, MANUAL, None, because, "listed")
    with storing(), engine.begin() as connection:
        network = hosts.find_network_id(connection, visit.network)
        run = runs.open_run(connection, "import", network, now)
        seeds = hosts.seeds_of(connection, network)
        is_known = visit.host in seeds or visit.host in candidates.considered(connection, network)
        if not is_known:
            candidates.propose(connection, network, run, [found], now, at_once=True)
        visits.record(connection, run.id, [visit])
        new = adopting.adopt_from(connection, network, run, visit, caps, now, keep.is_out)
        runs.finish_run(connection, run.id, now, None)
    return Imported(visit, not is_known, tuple(new))


# ---------------------------------------------------------------- from a file to a visit


def _visit(wish: Wish, host: str, network: str, foreign: Foreign, now: datetime) -> Visit:
    """The visit that *foreign* amounts to, not ruled on."""
    steps, hops = _chain(foreign.exchanges, host, str(wish.file))
    last = steps[-1]
    loaded = _loaded(foreign.exchanges, steps)
    page = replace(last.page, also_loaded=loaded) if loaded else last.page
    own = names.registrable_domain(host)
    return Visit(
        host=host,
        network=network,
        technique=MANUAL,
        vantage=MANUAL,
        at=_at(wish, steps[0].at, now),
        path=PATH,
        address=last.address,
        chain=hops,
        page=page,
        passed=tuple(
            step.page
            for step, hop in zip(steps, hops, strict=False)
            if hop.how != "redirect" and names.registrable_domain(step.page.host) == own
        ),
        fetched=tuple(step.page for step in steps),
    )


def _at(wish: Wish, said: datetime | None, now: datetime) -> datetime:
    at = wish.at or said
    if at is None:
        raise InputError(f"{str(wish.file)!r} does not say when it was captured: say --at TIME")
    if not _EARLIEST <= at <= now:
        what = "in the future" if at > now else "before there was a web to speak of"
        raise InputError(f"captured at {at.isoformat()}: that is {what}; say --at TIME")
    return at


def _chain(
    exchanges: Sequence[Exchange], host: str, file: str
) -> tuple[list[Exchange], tuple[Hop, ...]]:
    """The responses from the front page of *host* on to where it led, and the hops between."""
    number = _start(exchanges, host, file)
    steps, hops = [exchanges[number]], list[Hop]()
    while len(hops) < MAX_HOPS:
        hop = _next(steps[-1].page)
        if hop is None:
            break
        later = (e for e in exchanges[number + 1 :] if _same(e.page.url, hop.to_url))
        found = next(later, None)
        if found is None and hop.how == "redirect":
            raise InputError(
                f"{file!r}: {hop.url[:100]} sends on to {hop.to_url[:100]}, which is not in it"
            )
        if found is None:
            break
        number = exchanges.index(found, number + 1)
        steps.append(found)
        hops.append(hop)
    return steps, tuple(hops)


def _start(exchanges: Sequence[Exchange], host: str, file: str) -> int:
    """Where the front page of *host* is in *exchanges*, or what is most like it."""
    own = names.registrable_domain(host) or host
    ranked = []
    for number, exchange in enumerate(exchanges):
        served_by = exchange.page.host
        if (names.registrable_domain(served_by) or served_by) != own:
            continue
        page = exchange.page
        is_document = page.status in _REDIRECTS or (page.is_html and bool(page.body))
        is_front = url_parts(page.url)[1] in {"", "/"}
        rank = (not is_document, names.without_www(served_by) != host, not is_front, number)
        ranked.append(rank)
    if not ranked or min(ranked)[0]:
        there = ", ".join(sorted({e.page.host for e in exchanges if e.page.host})[:5])
        raise InputError(f"{file!r} holds no page of {host!r}; it holds: {there or 'no web page'}")
    return min(ranked)[-1]


def _next(page: Page) -> Hop | None:
    """Where *page* sends its visitor by itself."""
    if page.status not in _REDIRECTS:
        return find_hop(page)
    location = page.header("location").strip()
    if not location:
        return None
    try:
        return Hop(page.url, page.status, urljoin(page.url, location), "redirect")
    except ValueError:
        return None


def _same(url: str, other: str) -> bool:
    """Whether two URLs ask for the same."""
    try:
        return urldefrag(url)[0] == urldefrag(other)[0]
    except ValueError:
        return url == other


def _loaded(exchanges: Sequence[Exchange], steps: Sequence[Exchange]) -> tuple[Resource, ...]:
    """What a browser loaded besides, where the file says that one did."""
    rest = (e for e in exchanges if e.kind and e.kind != "document" and e not in steps)
    tags = {"stylesheet": "link", "image": "img", "media": "video"}
    found = [Resource(e.page.url, tags.get(e.kind, e.kind)) for e in rest]
    return tuple(found[:MAX_REQUESTS])
