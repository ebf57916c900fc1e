"""Local zones for Unbound, to be included in its configuration.

A domain does not exist, and nothing below it. A host leads nowhere, and what is below it resolves:
``transparent``, as ``typetransparent`` would pass other types than addresses on.
"""

from collections.abc import Iterable
from typing import BinaryIO

from mirrorhunt.exports import DOMAIN, About, Format, Row, Written, formats
from mirrorhunt.exports._fit import fitting, heading, write_lines

TTL_S = 60


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write one line for a domain, three for a host."""
    written = Written()
    out.write((heading(about, "#") + "server:\n").encode("ascii"))
    write_lines(map(_lines, fitting(rows, written)), out)
    return written


def _lines(row: Row) -> str:
    name = row.host
    if row.scope == DOMAIN:
        return f'local-zone: "{name}." always_nxdomain\n'
    return (
        f'local-zone: "{name}." transparent\n'
        f'local-data: "{name}. {TTL_S} IN A 0.0.0.0"\n'
        f'local-data: "{name}. {TTL_S} IN AAAA ::"\n'
    )


formats.offer(
    Format("local zones for Unbound", file="unbound.conf", write=write),
    module=__name__,
)
