"""Host names, written one way.

A host name reaches us from a link, a certificate, a DNS answer or an operator's keyboard, in any
case, in either alphabet, with or without the trailing dot. Past this module a host is lower-case
ASCII (A-labels) without the dot, and two spellings of one host are equal strings. This is the only
caller of idna and tldextract.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import urlsplit

import idna
from requests import Session
from requests_file import FileAdapter
from tldextract import TLDExtract

from mirrorhunt.errors import NotAHostError

# RFC 1035 §2.3.4; underscores occur in real host names (RFC 8552), hyphens at the ends do not.
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
# Most of what arrives is written as we write it; nothing else matches this.
_WRITTEN = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.){1,120}[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\Z"
)
_DOTS = re.compile("[\u3002\uff0e\uff61]")
# RFC 6761 and RFC 2606: never delegated, so only a lab or a typing error can mean them.
SPECIAL_SUFFIXES = frozenset({"test", "example", "invalid", "localhost", "local", "onion"})

# The list file that publicsuffixlist ships: tldextract's own snapshot was 19 months old when this
# was measured (2026-11). Never fetched: a crawl must not change its mind about what a registrable
# domain is halfway through. Private section on: mirrors live on shared platforms.
_LIST = files("publicsuffixlist").joinpath("public_suffix_list.dat")
_extract = TLDExtract(
    suffix_list_urls=(f"file://{_LIST}",),
    cache_dir=None,
    fallback_to_snapshot=False,
    include_psl_private_domains=True,
)


def _read_list() -> None:
    """Read the list now: tldextract would leave its file open, and Python would warn of it."""
    with Session() as session:
        session.mount("file://", FileAdapter())
        session.hooks["response"].append(
            lambda response, **_: response.content and response.close()
        )
        _extract.extract_str("", session=session)


_read_list()


def host(text: str) -> str:
    """*text* as we write hosts.

    Each label by itself: an ASCII label is kept but for its case, others go through IDNA 2008
    with UTS 46 mapping. Python's own ``idna`` codec is never used: it turns ``straße.de`` into
    somebody else's ``strasse.de``.

    >>> host("BÜCHER.Example.")
    'xn--bcher-kva.example'
    >>> host("straße.de")
    'xn--strae-oqa.de'

    Raises NotAHostError for addresses, URLs, single labels and whatever DNS cannot carry.
    """
    if len(text) <= 253 and _WRITTEN.match(text):
        return text
    name = _DOTS.sub(".", text.strip()).removesuffix(".")
    if not name:
        raise NotAHostError("an empty text is no host name")
    shown = text if len(text) <= 80 else text[:77] + "..."
    if ip_literal(name) is not None:
        raise NotAHostError(f"{shown!r} is an address, not a host name: give the name it serves")
    if "/" in name or ":" in name or "@" in name:
        raise NotAHostError(f"{shown!r} is a URL or address, not a host name: give the host alone")
    labels = []
    for label in name.split("."):
        try:
            ascii_label = label.lower() if label.isascii() else _encode(label)
        except (idna.IDNAError, UnicodeError) as e:
            raise NotAHostError(f"{shown!r} is no host name: {label!r}: {e}") from None
        if not _LABEL.match(ascii_label):
            raise NotAHostError(f"{shown!r} is no host name: {label!r} is no DNS label")
        labels.append(ascii_label)
    whole = ".".join(labels)
    if len(labels) < 2:
        raise NotAHostError(f"{shown!r} is a single label, not a host name: is a suffix missing?")
    if len(whole) > 253:
        raise NotAHostError(f"{shown!r} is longer than the 253 characters that DNS allows")
    if labels[-1].isdigit():
        raise NotAHostError(f"{shown!r} is no host name: no suffix is all digits")
    return whole


def _encode(label: str) -> str:
    return idna.encode(label, uts46=True).decode("ascii")


def find_host(text: str) -> str | None:
    """*text* as we write hosts, or None. Raises nothing."""
    try:
        return host(text)
    except NotAHostError:
        return None


def host_of_url(url: str) -> str | None:
    """The host that *url* names, or None where it names none. Raises nothing.

    >>> host_of_url("https://User@WWW.Example.com:8443/x")
    'www.example.com'
    """
    # urlsplit takes ten times as long, and a page has hundreds of links to a few hosts.
    scheme, separator, rest = url.partition("://")
    if separator and scheme.isalpha():
        return _host_of_authority(_AUTHORITY_END.split(rest, maxsplit=1)[0])
    try:
        return _host_of_authority(urlsplit(url).netloc)
    except ValueError:
        return None


class UrlParts(NamedTuple):
    """What most readers of an absolute URL want of it."""

    host: str
    """As we write hosts; empty where it names none."""
    path: str
    query: str


def url_parts(url: str) -> UrlParts:
    """*url*, which is absolute, taken apart. Raises nothing.

    >>> url_parts("https://films.example/watch?id=1#now")
    UrlParts(host='films.example', path='/watch', query='id=1')
    """
    rest = url.partition("://")[2]
    authority = _AUTHORITY_END.split(rest, maxsplit=1)[0]
    path, _, query = rest[len(authority) :].partition("#")[0].partition("?")
    return UrlParts(_host_of_authority(authority) or "", path, query)


# As browsers do, a backslash ends the authority too.
_AUTHORITY_END = re.compile(r"[/?#\\]")


@lru_cache(maxsize=65536)
def _host_of_authority(authority: str) -> str | None:
    try:
        name = urlsplit(f"//{authority}").hostname
    except ValueError:
        return None
    return find_host(name) if name else None


def without_www(name: str) -> str:
    """*name* without a leading ``www.`` label, where that leaves a registrable domain.

    >>> without_www("www.films.co.uk"), without_www("www.co.uk")
    ('films.co.uk', 'www.co.uk')
    """
    rest = name.removeprefix("www.")
    return rest if rest != name and registrable_domain(rest) == rest else name


def ip_literal(text: str) -> str | None:
    """The address that *text* writes, or None.

    Knows what a browser knows: brackets, zones, and inet_aton's decimal, octal, hexadecimal and
    shortened forms.

    >>> ip_literal("0x7f.1"), ip_literal("[::1]"), ip_literal("films.example")
    ('127.0.0.1', '::1', None)
    """
    name = text.strip("[]").rstrip(".").partition("%")[0]
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    if name and name[0].isdigit():
        try:
            return socket.inet_ntoa(socket.inet_aton(name))
        except (OSError, ValueError):
            # ValueError: a NUL, or what is not ASCII.
            return None
    return None


@dataclass(frozen=True, slots=True)
class Parts:
    """A host taken apart by the Public Suffix List, private section included."""

    below: str
    """What stands left of the registrable domain; empty where nothing does."""
    label: str
    """The label that somebody registered; empty for a public suffix."""
    suffix: str
    """The public suffix."""
    is_private_suffix: bool
    """True on a shared platform, where the holder of the suffix lets others register below it."""
    is_known_suffix: bool
    """False where the last label is in no list: a typing error, or a name in a lab."""


@lru_cache(maxsize=262144)
def parts(name: str) -> Parts:
    """Take *name* apart. An unlisted last label counts as a suffix (the list's own ``*`` rule)."""
    found = _extract.extract_str(name)
    if found.suffix:
        return Parts(found.subdomain, found.domain, found.suffix, found.is_private, True)
    below, _, last = name.rpartition(".")
    if not below:
        return Parts("", "", last, False, False)
    left, _, label = below.rpartition(".")
    return Parts(left, label, last, False, False)


def registrable_domain(name: str) -> str | None:
    """The part of *name* that somebody registered, or None where nobody could.

    Names under a shared suffix belong to whoever holds the name, not to the suffix:

    >>> registrable_domain("cdn.films.co.uk")
    'films.co.uk'
    >>> registrable_domain("films.github.io")
    'films.github.io'
    >>> registrable_domain("co.uk") is None
    True
    """
    p = parts(name)
    return f"{p.label}.{p.suffix}" if p.label else None


def public_registrable_domain(name: str) -> str | None:
    """As `registrable_domain`, by the list's ICANN section alone: who answers for a platform.

    >>> public_registrable_domain("films.github.io")
    'github.io'
    """
    found = _extract.extract_str(name, include_psl_private_domains=False)
    return found.top_domain_under_public_suffix or registrable_domain(name)


@lru_cache(maxsize=1)
def public_suffixes() -> frozenset[str]:
    """Every suffix of the list, private section included, under which one can register.

    Wildcard and exception rules (``*.ck``, ``!www.ck``) are left out, as are their parents.
    """
    listed = _extract.tlds
    wild = {entry[2:] for entry in listed if entry.startswith("*.")}
    plain = (entry for entry in listed if not entry.startswith(("*", "!")) and entry not in wild)
    return frozenset(name for name in map(find_suffix, plain) if name)


def find_suffix(text: str) -> str | None:
    """*text* as we write suffixes, or None. Raises nothing."""
    found = find_host("x." + text)
    return found[2:] if found else None


def is_below(name: str, parent: str) -> bool:
    """True if *name* is *parent* or stands below it.

    >>> is_below("a.films.example", "films.example"), is_below("xfilms.example", "films.example")
    (True, False)
    """
    return name == parent or name.endswith("." + parent)


def unicode_form(name: str) -> str:
    """*name* as people read it; a label that does not decode stays an A-label. Raises nothing."""
    return ".".join(_decode(label) for label in name.split("."))


def _decode(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return label


def defanged(name: str) -> str:
    """*name* for messages that must not turn into a link.

    >>> defanged("films.example")
    'films[.]example'
    """
    return name.replace(".", "[.]")


_SEPARATORS = re.compile(r"[-_0-9]+")


def skeleton(label: str) -> str:
    """*label* without digits, hyphens and underscores: what stays when a number goes up.

    >>> skeleton("calcio-12hd"), skeleton("1337")
    ('calciohd', '1337')
    """
    return _SEPARATORS.sub("", label) or label
