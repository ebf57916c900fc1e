"""A world as data: its hosts, what DNS, TLS and HTTP say of each, and the truth about them.

Everything here is declarative and frozen. The servers read it, `mirrorhunt.lab.score` reads its
truth; nothing that looks for mirrors may. Hosts are written as `mirrorhunt.names` writes them.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from mirrorhunt.errors import InputError
from mirrorhunt.names import registrable_domain

MEMBER = "member"
BACKGROUND = "background"
INTERNAL_ADDRESS = "internal_address"
"""The decoy kind of hosts that answer with an address nobody may connect to."""

TECHNIQUES = frozenset(
    {
        "link",
        "text",
        "redirect",
        "meta_refresh",
        "script_redirect",
        "canonical",
        "alternate",
        "frame",
        "announcement",
        "certificate",
        "certificate_log",
        "dns_name",
    }
)
"""The ways in which one host can lead to another. ``certificate``: in one that it presents;
``certificate_log``: in one that a search of the logs shows for its label or domain."""

STATES = frozenset(
    {
        "live",
        "dead",
        "parked",
        "for_sale",
        "seized",
        "restricted",
        "challenge",
        "blocked",
        "error",
    }
)
"""The states that a host can be in; words as the exports write them."""

MANNERS = frozenset({"honest", "rewriting", "filtering", "silent"})
"""What a nameserver does with questions: answer them, give an address for what does not exist,
hide what it was told to hide, or nothing."""

_GOES_ON_FROM = frozenset({MEMBER, "platform", "link_in_bio", "shortener"})
_NOTHING: Mapping[str, object] = MappingProxyType({})
_HIDES_NOTHING: Mapping[str, str | None] = MappingProxyType({})


# ---------------------------------------------------------------- what DNS and TLS say


@dataclass(frozen=True, slots=True)
class Dns:
    """The records of one name. Empty where there are none."""

    a: tuple[str, ...] = ()
    aaaa: tuple[str, ...] = ()
    ns: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    txt: tuple[str, ...] = ()
    cname: str | None = None
    """Of a host that a wildcard suffix leads to, ``*`` stands for the label that was asked for."""
    soa_rname: str | None = None
    """The zone's contact; None for the nameserver's default."""
    rcode: str = "NOERROR"
    """``NOERROR``, ``NXDOMAIN``, ``SERVFAIL``, ``REFUSED``, or ``SILENT``: no answer at all."""
    ttl_s: int = 300
    turns: tuple[tuple[str, ...], ...] = ()
    """Address sets given in turn, one a question: a name that rebinds, or the round robin of a
    wildcard. Overrides `a`."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A nameserver that whoever looks may be told to ask."""

    manner: str = "honest"
    """One of `MANNERS`."""
    hidden: Mapping[str, str | None] = field(default_factory=lambda: _HIDES_NOTHING)
    """Hosts that a filtering one hides, with what is below them: the address of its stop page,
    or None for NXDOMAIN."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is presented for a server name. Equal `group`, equal certificate and key."""

    group: str
    names: tuple[str, ...]
    kind: str = "trusted"
    """``trusted`` (by the lab's authority), ``self_signed`` or ``expired``."""
    organization: str | None = None
    """The subject's organization; None for the usual domain validated one."""


# ---------------------------------------------------------------- what a web server does


@dataclass(frozen=True, slots=True)
class Lead:
    """A host that a page brings up, and how the page's template has to write it."""

    technique: str
    host: str
    path: str = "/"
    region: str = "body"
    """``template`` (navigation, footer), ``body`` or ``comments`` (written by visitors)."""


@dataclass(frozen=True, slots=True)
class Html:
    """A page made by a template of `mirrorhunt.lab.templates`."""

    template: str
    values: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    leads: tuple[Lead, ...] = ()
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """Fixed bytes."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Redirect:
    """An HTTP redirect. ``{path}`` in `to` stands for the path that was asked for."""

    to: str
    status: int = 302


@dataclass(frozen=True, slots=True)
class Drip:
    """A body that never ends, a few bytes at a time."""

    chunk_bytes: int = 8
    pause_s: float = 0.5


@dataclass(frozen=True, slots=True)
class Bomb:
    """A small gzip body that unpacks to *unpacked_bytes*."""

    unpacked_bytes: int = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Huge:
    """A plain body of *size_bytes*."""

    size_bytes: int = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset instead of answered."""


@dataclass(frozen=True, slots=True)
class CertificateSearch:
    """Answers ``?q=`` from the certificates of the world, as crt.sh does."""


@dataclass(frozen=True, slots=True)
class Issuances:
    """Answers ``?domain=`` from the certificates of the world, as Cert Spotter does."""


@dataclass(frozen=True, slots=True)
class RegistrationData:
    """Answers ``/domain/NAME`` from the registrations of the world, as RDAP does."""


Behaviour = (
    Html
    | Content
    | Redirect
    | Drip
    | Bomb
    | Huge
    | Reset
    | CertificateSearch
    | Issuances
    | RegistrationData
)


# ---------------------------------------------------------------- hosts and the truth


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so. Read by the score alone."""

    state: str
    kind: str = BACKGROUND
    """``member``, the kind of decoy, or ``background``."""
    network: str | None = None
    relations: frozenset[str] = frozenset()
    """``mirror`` and ``operator``; a copycat is a mirror without the operator."""
    techniques: frozenset[str] = frozenset()
    """The ways that lead to it from hosts of the world."""
    is_outage: bool = False
    """True: not live today, and back tomorrow. What stood for it has to stand."""


@dataclass(frozen=True)
class Host:
    """One name, in DNS and on the web."""

    name: str
    truth: Truth
    dns: Dns = field(default_factory=Dns)
    certificate: Certificate | None = None
    """None: no HTTPS; the handshake fails."""
    routes: Mapping[str, Behaviour] = field(default_factory=dict)
    """Behaviour by path. ``/match/*`` covers what begins so; the longest such route wins."""
    has_http: bool = True
    """False: connections to port 80 are closed without an answer."""
    upgrades: bool = False
    """True: plain HTTP is redirected to HTTPS, whatever the path."""
    registered_at: datetime | None = None
    """When its domain was registered; None where no registry would say."""
    is_wildcard: bool = False
    """True: every name below answers alike."""
    gate: str = ""
    """Whom it shows its pages to: ``abroad`` (who comes by the lab's proxy), ``referrer`` (who
    comes from a page of another host), ``mobile`` (who says to be a telephone); empty: all."""
    closed: Behaviour | None = None
    """What it answers to everybody else, whatever the path."""

    def behaviour(self, path: str) -> Behaviour | None:
        """What it does when asked for *path* (without query); None where there is no page."""
        exact = self.routes.get(path)
        if exact is not None:
            return exact
        covering = [r for r in self.routes if r.endswith("*") and path.startswith(r[:-1])]
        return self.routes[max(covering, key=len)] if covering else None


@dataclass(frozen=True, slots=True)
class Edge:
    """*source* leads to *target* by *technique*, on its page *path* where it is on a page."""

    source: str
    target: str
    technique: str
    path: str = "/"


@dataclass(frozen=True)
class World:
    """A small Internet around one network."""

    name: str
    seed: int
    network: str
    seeds: tuple[str, ...]
    hosts: Mapping[str, Host]
    edges: tuple[Edge, ...] = ()
    protect: tuple[str, ...] = ()
    """Names never to score: for ``--protect``."""
    candidates: tuple[str, ...] = ()
    """Names to consider, good and bad: for ``--candidates``."""
    wildcard_suffixes: Mapping[str, str] = field(default_factory=dict)
    """Suffixes under which every name resolves, to the host whose answers it then gives."""
    nameservers: tuple[Serving, ...] = (Serving(),)
    """Those that can be asked, at least one of them honest."""
    known: tuple[str, ...] = ()
    """What a perfect searcher knows of from the days before."""
    later: Mapping[int, "World"] = field(default_factory=dict)
    """The same Internet so many days later; empty where time stands still."""

    @property
    def days(self) -> tuple[int, ...]:
        """The days on which it can be looked at, the first one (0) first."""
        return (0, *sorted(self.later))

    def on(self, day: int) -> "World":
        """The world of that *day*. Raises InputError for one that it does not have."""
        if day == 0:
            return self
        if day not in self.later:
            days = ", ".join(map(str, self.days))
            raise InputError(f"day: the world {self.name!r} has no day {day}; there are: {days}")
        return self.later[day]

    def find(self, name: str) -> Host | None:
        """The host that answers for *name*: itself, with ``www.`` or without, or a wildcard."""
        found = (
            self.hosts.get(name)
            or self.hosts.get(name.removeprefix("www."))
            or self.hosts.get(f"www.{name}")
        )
        if found is not None:
            return found
        rest = name
        while "." in rest:
            rest = rest.partition(".")[2]
            above = self.hosts.get(rest)
            if above is not None and above.is_wildcard:
                return above
            if rest in self.wildcard_suffixes:
                return self.hosts[self.wildcard_suffixes[rest]]
        return None

    def of_kind(self, kind: str) -> Iterator[Host]:
        """The hosts of one kind."""
        return (host for host in self.hosts.values() if host.truth.kind == kind)

    @property
    def members(self) -> tuple[Host, ...]:
        """The hosts of the network, in whatever state; a copycat is not its own."""
        return tuple(self.of_kind(MEMBER))

    @property
    def decoys(self) -> tuple[Host, ...]:
        """The hosts made to be taken for members."""
        return tuple(
            host for host in self.hosts.values() if host.truth.kind not in (MEMBER, BACKGROUND)
        )

    @property
    def domains(self) -> Mapping[str, Host]:
        """Registrable domain to the host that stands for it: the shortest name wins."""
        chosen: dict[str, Host] = {}
        for host in self.hosts.values():
            domain = registrable_domain(host.name) or host.name
            if domain not in chosen or len(host.name) < len(chosen[domain].name):
                chosen[domain] = host
        return chosen

    def reached(self, techniques: frozenset[str] = TECHNIQUES) -> Mapping[str, int]:
        """Hosts that a perfect searcher finds from the seeds, with the number of steps.

        A search goes on from live members, and from what they announce themselves through: a
        channel, a page of links, a shortener.
        """
        leads: dict[str, list[str]] = {}
        for edge in self.edges:
            if edge.technique in techniques:
                leads.setdefault(edge.source, []).append(edge.target)
        steps = dict.fromkeys((*self.seeds, *self.known), 0)
        queue = deque(steps)
        while queue:
            source = queue.popleft()
            truth = self.hosts[source].truth
            if truth.state != "live" or truth.kind not in _GOES_ON_FROM:
                continue
            for target in leads.get(source, ()):
                if target not in steps:
                    steps[target] = steps[source] + 1
                    queue.append(target)
        return steps
