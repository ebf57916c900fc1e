"""A list for Squid, as ``dstdomain`` and as ``ssl::server_name``: ``.d`` and ``h``.

``d`` beside ``.d``, or a child before its dotted parent, keeps Squid from starting: what is below
a listed domain is left out.
"""

from collections.abc import Iterable
from typing import BinaryIO

from mirrorhunt.exports import DOMAIN, About, Format, Row, Written, formats
from mirrorhunt.exports._fit import fitting, heading, write_lines


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write one line for each host: with a dot before it where all below it is meant."""
    written = Written()
    out.write(heading(about, "#").encode("ascii"))
    write_lines(map(_line, fitting(rows, written)), out)
    return written


def _line(row: Row) -> str:
    return f".{row.host}\n" if row.scope == DOMAIN else f"{row.host}\n"


formats.offer(
    Format("a list for Squid, by name and by SNI", file="squid.acl", write=write),
    module=__name__,
)
