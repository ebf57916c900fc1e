"""A list for DNS filters that read Adblock's syntax: AdGuard Home, Technitium, Pi-hole.

Rules without modifiers, as Pi-hole drops a rule that has one. It takes no ``|h^`` either, and so
blocks less there.
"""

from collections.abc import Iterable
from typing import BinaryIO

from mirrorhunt.exports import DOMAIN, About, Format, Row, Written, formats
from mirrorhunt.exports._fit import adblock_header, fitting, write_lines


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write one rule for each host."""
    written = Written()
    out.write(adblock_header(about).encode("ascii"))
    write_lines(map(_rule, fitting(rows, written)), out)
    return written


def _rule(row: Row) -> str:
    return f"||{row.host}^\n" if row.scope == DOMAIN else f"|{row.host}^\n"


formats.offer(
    Format(
        "rules for DNS filters of the public (AdGuard, Pi-hole)",
        file="adblock-dns.txt",
        write=write,
        is_public=True,
    ),
    module=__name__,
)
