"""A list for content blockers in browsers: uBlock Origin, AdGuard, Brave, Ghostery.

``$all``, as without it the page itself still opens, and with ``$document`` alone what other pages
take from it still loads (measured on uBlock Origin's core and Ghostery's).
"""

from collections.abc import Iterable
from typing import BinaryIO

from mirrorhunt.exports import DOMAIN, About, Format, Row, Written, formats
from mirrorhunt.exports._fit import adblock_header, fitting, write_lines


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write one rule for a domain; two for a host, one for each scheme."""
    written = Written()
    out.write(adblock_header(about).encode("ascii"))
    write_lines(map(_rules, fitting(rows, written)), out)
    return written


def _rules(row: Row) -> str:
    if row.scope == DOMAIN:
        return f"||{row.host}^$all\n"
    return f"|http://{row.host}^$all\n|https://{row.host}^$all\n"


formats.offer(
    Format(
        "rules for content blockers in browsers of the public",
        file="adblock-browser.txt",
        write=write,
        is_public=True,
    ),
    module=__name__,
)
