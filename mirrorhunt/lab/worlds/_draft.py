"""A world under construction: hosts that can still be changed, and the leads between them."""

import random
import struct
import zlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from mirrorhunt.lab.world import (
    TECHNIQUES,
    Behaviour,
    Certificate,
    Dns,
    Edge,
    Host,
    Html,
    Lead,
    Redirect,
    Serving,
    Truth,
    World,
)

ON_PAGE = TECHNIQUES - {"redirect", "certificate", "certificate_log", "dns_name"}
_MOVES = ("meta_refresh", "script_redirect")
_CDN_FIRST_TEXT = "ada alan amy beth bob cara clark dana dean elle eva finn gina hal iris jack"
_CDN_FIRST = tuple(_CDN_FIRST_TEXT.split())
_CDN_SECOND_TEXT = "kai kate leah lou mark mia ned nina otto pam rob rosa sam tess vera walt"
_CDN_SECOND = tuple(_CDN_SECOND_TEXT.split())

# A world has a day of its own: it must not change with the calendar.
_TODAY = datetime(2026, 11, 24, tzinfo=UTC)
_AGES_DAYS = {
    "member": (5, 600),
    "copycat": (5, 90),
    "reregistered": (10, 200),
    "parked_lookalike": (20, 900),
    "other_network": (5, 600),
    "background": (300, 8000),
}


@dataclass
class HostDraft:
    """A host that can still be changed."""

    name: str
    truth: Truth
    dns: Dns
    certificate: Certificate | None
    routes: dict[str, Behaviour] = field(default_factory=dict)
    leads: dict[str, list[Lead]] = field(default_factory=dict)
    has_http: bool = True
    upgrades: bool = False
    registered_at: datetime | None = None
    is_wildcard: bool = False
    gate: str = ""
    closed: Behaviour | None = None


@dataclass(frozen=True, slots=True)
class Hoster:
    """A company that many hosts live with: its nameservers and few addresses."""

    name: str
    addresses: tuple[str, ...]

    def dns(self, rng: random.Random) -> Dns:
        """A customer's records."""
        return Dns(
            a=(rng.choice(self.addresses),),
            ns=(f"ns1.{self.name}", f"ns2.{self.name}"),
            mx=(f"mx.{self.name}",),
        )


@dataclass(frozen=True, slots=True)
class Account:
    """An account with the CDN: all its zones have the same pair of nameservers."""

    pair: tuple[str, str]

    def dns(self, rng: random.Random) -> Dns:
        """A zone's records; the addresses are those of the CDN, shared with everybody."""
        low = rng.randrange(1, 250)
        return Dns(
            a=(f"104.21.{low % 96}.{low}", f"172.67.{128 + low % 96}.{low}"),
            aaaa=(f"2606:4700:3030::6815:{low:x}",),
            ns=tuple(f"{name}.ns.cloudflare.com" for name in self.pair),
            soa_rname="dns.cloudflare.com",
        )


class Draft:
    """Collects hosts and leads, and freezes them into a `World`."""

    def __init__(self, name: str, seed: int, network: str) -> None:
        self.name, self.seed, self.network = name, seed, network
        self.rng = random.Random(f"{name}:{seed}")
        self._dates = random.Random(f"dates {name}:{seed}")
        self.hosts: dict[str, HostDraft] = {}
        self._edges: dict[Edge, None] = {}

    def hoster(self, name: str, count: int = 4) -> Hoster:
        """A hoster with *count* addresses."""
        block = f"185.{self.rng.randrange(100, 240)}.{self.rng.randrange(256)}"
        picked = self.rng.sample(range(2, 250), count)
        return Hoster(name, tuple(f"{block}.{n}" for n in picked))

    def account(self) -> Account:
        """A new account with the CDN."""
        return Account((self.rng.choice(_CDN_FIRST), self.rng.choice(_CDN_SECOND)))

    def add(
        self,
        name: str,
        kind: str,
        dns: Dns,
        *,
        state: str = "live",
        network: str | None = None,
        relations: frozenset[str] = frozenset(),
        https: bool = True,
    ) -> HostDraft:
        """A new host. Raises ValueError for a name that is taken: a world has each once."""
        if name in self.hosts:
            raise ValueError(f"the world already has {name!r}")
        certificate = Certificate(name, (name, f"www.{name}")) if https else None
        truth = Truth(state, kind, network, relations)
        draft = self.hosts[name] = HostDraft(name, truth, dns, certificate)
        draft.registered_at = self._registered(_AGES_DAYS.get(kind, _AGES_DAYS["background"]))
        return draft

    def _registered(self, ages_days: tuple[int, int]) -> datetime:
        # A generator of its own: dates must not shift what else is drawn.
        return _TODAY - timedelta(
            days=self._dates.randint(*ages_days), seconds=self._dates.randrange(86400)
        )

    def page(self, host: HostDraft, template: str, path: str = "/", **values: object) -> None:
        """Give *host* a page."""
        host.routes[path] = Html(template, values)

    def refuse(
        self, host: HostDraft, template: str, status: int, *headers: tuple[str, str]
    ) -> None:
        """Let *host* answer whatever is asked of it with *status*."""
        host.routes["/*"] = Html(template, {}, (), status, headers)

    def lead(
        self,
        source: str,
        target: str,
        technique: str,
        *,
        path: str = "/",
        region: str = "body",
        to_path: str = "/",
    ) -> None:
        """Let the page *path* of *source* lead to *target*."""
        assert technique in ON_PAGE, technique
        leads = self.hosts[source].leads.setdefault(path, [])
        found = Lead(technique, target, to_path, region)
        if source != target and found not in leads:
            leads.append(found)
            self._edges[Edge(source, target, technique, path)] = None

    def framed_by(self, source: str, target: str) -> None:
        """Note that the template of *source* frames *target* by itself."""
        self._edges[Edge(source, target, "frame")] = None

    def moves(self, source: str, target: str, how: str, script: str = "location") -> None:
        """Let *source* send every visitor of its front page to *target*."""
        host = self.hosts[source]
        if how in _MOVES:
            host.routes["/"] = Html(how, {"script": script})
            self.lead(source, target, how)
            return
        to = self.hosts.get(target)
        scheme = "https" if to is None or to.certificate is not None else "http"
        host.routes["/*"] = Redirect(f"{scheme}://{target}/", self.rng.choice((301, 302, 307)))
        self._edges[Edge(source, target, "redirect")] = None

    def shared_certificate(self, names: list[str]) -> None:
        """One certificate, one key, for all of *names*."""
        listed = tuple(n for name in names for n in (name, f"www.{name}"))
        for name in names:
            self.hosts[name].certificate = Certificate(f"group {names[0]}", listed)
            for other in names:
                if other != name:
                    self._edges[Edge(name, other, "certificate")] = None

    def logged(self, known: str, name: str) -> None:
        """A search of the certificate logs for *known*, or for its label, shows *name*."""
        self._edges[Edge(known, name, "certificate_log")] = None

    def derivable(self, known: str, name: str) -> None:
        """*name* follows from *known* by number, suffix or affix."""
        self._edges[Edge(known, name, "dns_name")] = None

    def build(
        self,
        seeds: tuple[str, ...],
        protect: tuple[str, ...],
        candidates: tuple[str, ...],
        wildcard_suffixes: dict[str, str],
        nameservers: tuple[Serving, ...] = (Serving(),),
    ) -> World:
        """The finished world."""
        ways: dict[str, set[str]] = {}
        for edge in self._edges:
            ways.setdefault(edge.target, set()).add(edge.technique)
        hosts = {
            name: _frozen(draft, frozenset(ways.get(name, ())))
            for name, draft in sorted(self.hosts.items())
        }
        edges = tuple(e for e in self._edges if e.source in hosts and e.target in hosts)
        return World(
            name=self.name,
            seed=self.seed,
            network=self.network,
            seeds=seeds,
            hosts=hosts,
            edges=edges,
            protect=protect,
            candidates=candidates,
            wildcard_suffixes=wildcard_suffixes,
            nameservers=nameservers,
        )


def _frozen(draft: HostDraft, techniques: frozenset[str]) -> Host:
    routes: dict[str, Behaviour] = {}
    for path, behaviour in draft.routes.items():
        leads = tuple(draft.leads.get(path, ()))
        routes[path] = (
            replace(behaviour, leads=leads) if isinstance(behaviour, Html) else behaviour
        )
    return Host(
        name=draft.name,
        truth=replace(draft.truth, techniques=techniques),
        dns=draft.dns,
        certificate=draft.certificate,
        routes=routes,
        has_http=draft.has_http,
        upgrades=draft.upgrades,
        registered_at=draft.registered_at,
        is_wildcard=draft.is_wildcard,
        gate=draft.gate,
        closed=draft.closed,
    )


def icon(key: str, size: int = 16) -> bytes:
    """A PNG that looks like no other key's: a grid of squares in one colour."""
    rng = random.Random(f"icon {key}")
    ink = bytes(rng.randrange(256) for _ in range(3))
    cells = [[rng.random() < 0.5 for _ in range(8)] for _ in range(8)]
    rows = b"".join(
        b"\0"
        + b"".join(
            ink if cells[y * 8 // size][x * 8 // size] else b"\xff\xff\xff" for x in range(size)
        )
        for y in range(size)
    )
    header = struct.pack("!IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows, 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))
