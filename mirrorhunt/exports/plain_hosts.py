"""Names to block exactly as they stand, one a line and nothing else: see `plain_domains`."""

from collections.abc import Iterable
from typing import BinaryIO

from mirrorhunt.exports import HOST, About, Format, Row, Written, formats
from mirrorhunt.exports._fit import fitting, write_lines


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write the hosts of scope ``host``; the others are left out."""
    written = Written()
    fit = fitting(rows, written, scopes=frozenset({HOST}))
    write_lines((f"{row.host}\n" for row in fit), out)
    return written


formats.offer(
    Format("names to block exactly, one a line", file="hosts.exact.txt", write=write),
    module=__name__,
)
