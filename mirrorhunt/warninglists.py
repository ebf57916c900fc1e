"""Named lists of what many share: parking, sinkholes, shorteners, clouds, popular names.

A value shared by two hosts says little where everybody shares it. The lists are those of MISP
(github.com/MISP/misp-warninglists, CC0), read from the JSON files that the installed package
pymispwarninglists carries. The package's own loader reads all 119 lists before it answers (3 s,
measured 2026-11); here each list is read when it is first asked for, and kept: 1 to 50 ms.

Nothing here is a verdict. The lists contain mistakes (the nameservers of a large registrar stand
among the parking nameservers, shared cloud addresses among the sinkholes), so whoever asks
weighs the answer together with what the host itself shows.
"""

import ipaddress
import json
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain

from mirrorhunt.errors import UnknownNameError
from mirrorhunt.names import find_host, ip_literal, registrable_domain

PARKING_NAMESERVERS = "parking-domain-ns"
PARKING_NETWORKS = "parking-domain"
SINKHOLES = "sinkholes"
URL_SHORTENERS = "url-shortener"
LINK_IN_BIO = "link-in-bio"
DYNAMIC_DNS = "dynamic-dns"
UMBRELLA_BLOCK_HOSTS = "umbrella-blockpage-hostname"
UMBRELLA_BLOCK_NETWORKS = ("umbrella-blockpage-v4", "umbrella-blockpage-v6")
BANKS = "bank-website"
UNIVERSITIES = "university_domains"
SECURITY_BLOGS = "security-provider-blogpost"
SECURITY_ANALYSIS = "automated-malware-analysis"
SHARED_PLATFORMS = "lots-project"
DISPOSABLE_MAIL = "disposable-email"
IPFS_GATEWAYS = "public-ipfs-gateways"

CLOUDFLARE = "cloudflare"
FASTLY = "fastly"
AKAMAI = "akamai"
STACKPATH = "stackpath"
CDN_NETWORKS = (CLOUDFLARE, FASTLY, AKAMAI, STACKPATH)
"""Networks of content delivery: one address stands for thousands of unrelated hosts."""
AMAZON = "amazon-aws"
GOOGLE_CLOUD = "google-gcp"
AZURE = "microsoft-azure"
CLOUD_NETWORKS = (*CDN_NETWORKS, AMAZON, GOOGLE_CLOUD, AZURE, "ovh-cluster")
"""Networks whose addresses are shared, or change hands by the hour."""

CISCO_1K = "cisco_top1000"
ALEXA_1K = "alexa"
MOZ_500 = "moz-top500"
CISCO_10K = "cisco_top10k"
MAJESTIC_10K = "majestic_million"
"""Its first 10,000, whatever the name says."""
TRANCO_10K = "tranco10k"
TRANCO_1M = "tranco"
CRUX_1M = "google-chrome-crux-1million"
"""Origins by visits that Chrome counted: gathered in another way than `TRANCO_1M`."""

_POPULAR: tuple[tuple[int, tuple[str, ...]], ...] = (
    (1_000, (MOZ_500, ALEXA_1K, CISCO_1K)),
    (10_000, (TRANCO_10K, MAJESTIC_10K, CISCO_10K)),
)
_SIMPLE = re.compile(r"[a-z0-9_][a-z0-9_-]{0,62}(?:\.[a-z0-9_][a-z0-9_-]{0,62}){1,20}\Z")
_MARK = "."
"""MISP writes ``.x`` for "x and all below it"; here every name means that."""


def _read(name: str) -> tuple[list[str], str]:
    place = files("pymispwarninglists").joinpath("data", "misp-warninglists", "lists")
    path = place.joinpath(name, "list.json")
    if not re.fullmatch(r"[A-Za-z0-9._-]+", name) or not path.is_file():
        raise UnknownNameError(f"no warning list {name!r}: pymispwarninglists carries none such")
    read = json.loads(path.read_text(encoding="utf-8"))
    entries = [entry for entry in read["list"] if isinstance(entry, str)]
    return entries, str(read.get("version", ""))


def _hosts(entries: Iterable[str]) -> Iterator[str]:
    """The entries that are host names, as we write them; paths, digests and junk are left out."""
    for entry in entries:
        text = entry.strip().strip(_MARK).lower()
        if _SIMPLE.match(text) and not text[-1].isdigit() and "-." not in text:
            yield text
        elif text and "/" not in text and (found := find_host(text)):
            yield found


@cache
def names(name: str) -> frozenset[str]:
    """The host names in the list called *name*, as we write hosts.

    Raises UnknownNameError for a list that is not there. The million names of `TRANCO_1M` would
    cost 96 MB as a set: `rank` reads that list in a smaller form.
    """
    return frozenset(_hosts(_read(name)[0]))


@dataclass(frozen=True, slots=True)
class Networks:
    """Prefixes as sorted, disjoint ranges: a look-up costs one bisection."""

    starts: dict[int, tuple[int, ...]]
    """IP version to the first address of each range."""
    ends: dict[int, tuple[int, ...]]

    def __contains__(self, address: object) -> bool:
        """True if *address* (text) lies in one of the networks; False for what is no address."""
        try:
            found = ipaddress.ip_address(str(address))
        except ValueError:
            return False
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        value = int(found)
        at = bisect_right(self.starts[found.version], value) - 1
        return at >= 0 and value <= self.ends[found.version][at]

    def __len__(self) -> int:
        return sum(len(starts) for starts in self.starts.values())


def _ranges(entries: Iterable[str]) -> Networks:
    v4: list[ipaddress.IPv4Network] = []
    v6: list[ipaddress.IPv6Network] = []
    for entry in entries:
        try:
            network = ipaddress.ip_network(entry.strip(), strict=False)
        except ValueError:
            continue
        if isinstance(network, ipaddress.IPv4Network):
            v4.append(network)
        elif (mapped := network.network_address.ipv4_mapped) and network.prefixlen >= 96:
            v4.append(ipaddress.IPv4Network((mapped, network.prefixlen - 96), strict=False))
        else:
            v6.append(network)
    sorted_v4 = sorted(ipaddress.collapse_addresses(v4))
    sorted_v6 = sorted(ipaddress.collapse_addresses(v6))
    return Networks(
        {
            4: tuple(int(n.network_address) for n in sorted_v4),
            6: tuple(int(n.network_address) for n in sorted_v6),
        },
        {
            4: tuple(int(n.broadcast_address) for n in sorted_v4),
            6: tuple(int(n.broadcast_address) for n in sorted_v6),
        },
    )


@cache
def networks(name: str) -> Networks:
    """The networks in the list called *name*. Raises UnknownNameError where there is no list."""
    return _ranges(_read(name)[0])


@cache
def version(name: str) -> str:
    """The version that the list called *name* gives itself, mostly a date (``20251223``)."""
    return _read(name)[1]


def listed_as(host: str, *lists: str) -> str | None:
    """The entry of *lists* that *host* is or stands below, by label; None if there is none.

    >>> listed_as("www.bit.ly", URL_SHORTENERS), listed_as("rabbit.ly", URL_SHORTENERS)
    ('bit.ly', None)
    """
    sets = [names(name) for name in lists]
    rest = host
    while "." in rest:
        if any(rest in listed for listed in sets):
            return rest
        rest = rest.partition(".")[2]
    return None


def is_listed(host: str, *lists: str) -> bool:
    """True if *host* or a parent of it stands in one of *lists*."""
    return listed_as(host, *lists) is not None


def address_in(address: str, *lists: str) -> str | None:
    """The first of *lists* that has *address*, or None. Raises nothing for what is no address."""
    literal = ip_literal(address)
    if literal is None:
        return None
    return next((name for name in lists if literal in networks(name)), None)


class _SortedNames:
    """A million names in one text and one array of offsets: 19 MB instead of 96."""

    def __init__(self, entries: list[str]) -> None:
        ordered = sorted(_hosts(entries))
        self._text = "\n".join(ordered) + "\n"
        self._offsets = array("I")
        at = 0
        for entry in ordered:
            self._offsets.append(at)
            at += len(entry) + 1

    def _at(self, offset: int) -> str:
        return self._text[offset : self._text.index("\n", offset)]

    def __contains__(self, name: str) -> bool:
        index = bisect_left(self._offsets, name, key=self._at)
        return index < len(self._offsets) and self._at(self._offsets[index]) == name


@cache
def _million(name: str = TRANCO_1M) -> _SortedNames:
    return _SortedNames(_read(name)[0])


def rank(host: str, *, deep: bool = False) -> int | None:
    """An upper bound on the rank of *host*'s registrable domain among popular ones, or None.

    1,000, 10,000 or 1,000,000: the lists are stored in alphabetical order, so that only the size
    of the list is known. *deep* asks the list of a million names too, which takes about a second
    to read. Popularity is no innocence: of four indexes of pirate sites, 6.9 % of the domains
    stood in a list of the top 100,000 (measured 2026-11).
    """
    domain = registrable_domain(host)
    if domain is None:
        return None
    for bound, lists in _POPULAR:
        if any(domain in names(name) for name in lists):
            return bound
    return 1_000_000 if deep and domain in _million() else None


@dataclass(frozen=True, slots=True)
class Popularity:
    """How visited a name is, and who says so."""

    bound: int
    """An upper bound on its rank: 1,000, 10,000 or 1,000,000."""
    lists: tuple[str, ...]
    """The lists that say so."""

    def __str__(self) -> str:
        said = " and ".join(f"{name}{_of_date(name)}" for name in self.lists)
        noun = "list" if len(self.lists) == 1 else "lists"
        return f"among the {self.bound:,} most visited names by the {noun} {said}"


@lru_cache(maxsize=65_536)
def popularity(host: str) -> Popularity | None:
    """How visited *host*'s registrable domain is, or None where nobody counts it as popular.

    Of the million lists both have to name it. The package has no list of 100,000; the two, which
    were gathered in different ways, agree on 320,000 names. In them stand 13.6 % of 4,578 domains
    that pirate sites have moved through, 26.9 % in Tranco's million alone (measured 2026-11). They
    are read once a process, 0.7 s and 19 MB each, the second only where the first has the name.

    That a platform is visited says nothing of who stands below it: such hosts have no rank.
    """
    domain = registrable_domain(host)
    if domain is None or (domain != host.removeprefix("www.") and is_shared(domain)):
        return None
    for bound, lists in _POPULAR:
        for name in lists:
            if domain in names(name):
                return Popularity(bound, (name,))
    if domain not in _million():
        return None
    visited = _million(CRUX_1M)
    if domain not in visited and f"www.{domain}" not in visited:
        return None
    return Popularity(1_000_000, (TRANCO_1M, CRUX_1M))


_SHARING = (DYNAMIC_DNS, SHARED_PLATFORMS, LINK_IN_BIO, URL_SHORTENERS, IPFS_GATEWAYS)


def is_shared(name: str) -> bool:
    """True if strangers publish below *name* or on its pages, by the lists of such platforms.

    The Public Suffix List does not know most of them: of the 35,467 names whose owners let anybody
    have a host below (free dynamic DNS), 377 stand in it (measured 2026-11). The list is open to
    whoever lends a domain, a pirate too: it bounds what is blocked and clears nobody.
    """
    return any(name in names(listed) for listed in _SHARING)


def owned_domain(host: str) -> str:
    """What one owner holds of *host*: its registrable domain, or its part of a shared one.

    >>> owned_domain("tv.films.wikaba.com"), owned_domain("tv.films.example")
    ('films.wikaba.com', 'films.example')
    """
    domain = registrable_domain(host)
    if domain is None or domain == host:
        return host
    if not is_shared(domain):
        return domain
    return f"{host.removesuffix(domain).rstrip('.').rpartition('.')[2]}.{domain}"


@cache
def above_shared() -> frozenset[str]:
    """Whatever stands above a platform's name, as ``google.com`` above ``docs.google.com``."""
    return frozenset(parents(chain.from_iterable(names(listed) for listed in _SHARING)))


def parents(of: Iterable[str]) -> Iterator[str]:
    """The names above each name in *of*, single labels left out."""
    for name in of:
        rest = name.partition(".")[2]
        while "." in rest:
            yield rest
            rest = rest.partition(".")[2]


def dated(name: str) -> date | None:
    """The day that the list called *name* says it is of; None where it only counts versions."""
    said = version(name)
    try:
        return date.fromisoformat(said) if len(said) == 8 else None
    except ValueError:
        return None


def _of_date(name: str) -> str:
    at = dated(name)
    return f" of {at:%Y-%m-%d}" if at else ""


# ---------------------------------------------------------------- what is in use, and its age

USED: Mapping[str, str] = {
    **dict.fromkeys((PARKING_NAMESERVERS, PARKING_NETWORKS), "who is parked"),
    SINKHOLES: "who is sinkholed",
    **dict.fromkeys(UMBRELLA_BLOCK_NETWORKS, "who is blocked"),
    **dict.fromkeys((*CDN_NETWORKS, AMAZON, AZURE), "addresses that weigh nothing"),
    **dict.fromkeys((BANKS, UNIVERSITIES), "protected names"),
    **dict.fromkeys((URL_SHORTENERS, LINK_IN_BIO), "never a candidate"),
    **dict.fromkeys((SHARED_PLATFORMS, DYNAMIC_DNS, IPFS_GATEWAYS), "named exactly at most"),
    **dict.fromkeys((name for _, lists in _POPULAR for name in lists), "popular names"),
    **dict.fromkeys((TRANCO_1M, CRUX_1M), "popular names"),
}
"""List to what it decides."""
OLD_DAYS = 180
"""From this age on a list is called old: platforms and banks come up, and domains change hands."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One list as it is installed."""

    name: str
    decides: str
    entries: int
    version: str
    """As the list itself says it; some only count."""
    of: date | None
    """The day it says it is of; None where it does not."""

    def age_days(self, today: date) -> int | None:
        """Its age at *today*; None where it does not say its day."""
        return (today - self.of).days if self.of else None


def editions() -> list[Edition]:
    """The lists in use. Reads each, about a second altogether. Raises UnknownNameError."""
    found = []
    for name, decides in USED.items():
        entries, said = _read(name)
        found.append(Edition(name, decides, len(entries), said, dated(name)))
    return found
