"""Which rows a format may write that servers load: one bad line stops Unbound, makes PowerDNS run
unfiltered and Knot load half a list, so none leaves the building.

The rules are those of twelve that were found by loading broken files into real servers; each has a
test in ``tests/mirrorhunt/exports/test_fit.py``.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import BinaryIO

from mirrorhunt import names
from mirrorhunt.exports import DOMAIN, HOST, About, Row, Written

BOTH = frozenset({DOMAIN, HOST})
# What is published is what we would write ourselves: lower-case A-labels, two at least, no dot at
# the end, no address. Underscores are names; a wildcard, a URL, a quote or a line's end is none.
_NAME = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\Z"
)
_MAX_CHARS = 253
# Reverse zones, and names that mean the reader's own machine or network (RFC 6761, RFC 6762, and
# ICANN's resolution of 2024 on .internal): the public DNS has no mirror there. The last four are
# no names in a policy zone but addresses and name servers (draft-vixie-dnsop-dns-rpz-00 §4).
_NOT_PUBLIC = frozenset({"arpa", "internal", "local", "localhost"})
_TRIGGERS = frozenset({"rpz-client-ip", "rpz-ip", "rpz-nsdname", "rpz-nsip"})
CHUNK_LINES = 4096
EXPIRES_HOURS = 1
"""How often who subscribed to a public list is told to ask again."""


def fitting(
    rows: Iterable[Row],
    written: Written,
    *,
    scopes: frozenset[str] = BOTH,
    max_chars: int = _MAX_CHARS,
    domain_max_chars: int = _MAX_CHARS,
    collapses: bool = True,
) -> Iterator[Row]:
    """Those of *rows* that a server can load, each host once and nothing below a domain that is
    there already; counts them in *written*, and the others with the reason.

    *rows* come by registrable domain, the domain itself before what is below it, as `publishing`
    gives them: a redundant child under a blocked parent would *unblock* names in BIND and Unbound
    (an empty non-terminal stops the wildcard, RFC 4592 §2.2.2) and keeps Squid from starting.
    Without *collapses* the child stays: where a domain is written as its name alone.
    """
    domain = last = ""
    for row in rows:
        reason = unfit(row, scopes, domain_max_chars if row.scope == DOMAIN else max_chars)
        if reason is None and row.host == last:
            continue  # The same host in two networks is one name to block.
        if reason is None and domain and row.host.endswith(domain):
            reason = "below a listed domain"
        if reason is not None:
            written.leave_out(row.host, reason)
            continue
        last = row.host
        if collapses and row.scope == DOMAIN:
            domain = f".{row.host}"
        written.entries += 1
        yield row


def unfit(row: Row, scopes: frozenset[str] = BOTH, max_chars: int = _MAX_CHARS) -> str | None:
    """Why *row* cannot be in a file of names; None if it can."""
    host = row.host
    if len(host) > _MAX_CHARS or not _NAME.match(host) or names.find_host(host) != host:
        return "no host name"
    registrable = names.registrable_domain(host)
    if registrable is None:
        return "a public suffix"
    suffix = host.rpartition(".")[2]
    if suffix in _NOT_PUBLIC or suffix in _TRIGGERS:
        return "not in the public DNS"
    if row.scope not in BOTH:
        return "no scope"
    if row.scope not in scopes:
        return f"scope {row.scope} cannot be said"
    if row.scope == DOMAIN and registrable != host:
        return "not what somebody registered"
    if row.scope == DOMAIN and host in _above_suffixes():
        return "strangers register below it"
    if len(host) > max_chars:
        return f"longer than {max_chars} characters"
    return None


@cache
def _above_suffixes() -> frozenset[str]:
    """Names above a public suffix: what is below one of them need not stand next to it in the
    order of rows, and is not its holder's either."""
    found = set[str]()
    for suffix in names.public_suffixes():
        rest = suffix.partition(".")[2]
        while "." in rest:
            found.add(rest)
            rest = rest.partition(".")[2]
    return frozenset(found)


def write_lines(lines: Iterable[str], out: BinaryIO) -> None:
    """Write *lines*, which are ASCII and end as they should, some thousand at a time."""
    rest = iter(lines)
    while chunk := "".join(islice(rest, CHUNK_LINES)):
        out.write(chunk.encode("ascii"))


def write_names(rows: Iterable[Row], out: BinaryIO, scope: str) -> Written:
    """Write the hosts of *scope*, one a line and nothing else; the others are left out."""
    written = Written()
    fit = fitting(rows, written, scopes=frozenset({scope}))
    write_lines((f"{row.host}\n" for row in fit), out)
    return written


def heading(about: About, mark: str, *more: str) -> str:
    """What a file says of itself in comments that start with *mark*, and *more* lines."""
    said = [
        f"mirrorhunt feed {about.feed}, serial {about.serial}, {one_line(about.tlp_label)}",
        f"written {about.at:%Y-%m-%dT%H:%M:%SZ}, valid for {about.valid_days} days",
    ]
    if about.publisher or about.contact:
        said.append(f"published by {' '.join(t for t in (about.publisher, about.contact) if t)}")
    if about.order:
        said.append(f"order {about.order}")
    return "".join(f"{mark} {one_line(text)}\n" for text in (*said, *more))


def adblock_header(about: About) -> str:
    """What subscribers read of the list; one header for both lists of Adblock's syntax."""
    said = [
        f"! Title: mirrorhunt {one_line(about.feed)}",
        f"! Version: {about.serial}",
        f"! Last modified: {about.at:%Y-%m-%dT%H:%M:%SZ}",
        f"! Expires: {EXPIRES_HOURS} hours",
        f"! {one_line(about.tlp_label)}",
    ]
    if about.contact:
        said.append(f"! Contact: {one_line(about.contact)}")
    return "".join(f"{line}\n" for line in said)


def one_line(text: str, max_chars: int = 300) -> str:
    """*text* for a comment or a header: printable ASCII on one line.

    >>> one_line("a\\nb\\u202e;c")
    'a b?;c'
    """
    spaced = " ".join(text.split())
    kept = "".join(c if " " <= c <= "~" else "?" for c in spaced)
    return kept[:max_chars]
