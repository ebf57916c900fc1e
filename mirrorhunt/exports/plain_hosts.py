"""Names to block exactly as they stand, one a line and nothing else: see `plain_domains`."""

from collections.abc import Iterable
from typing import BinaryIO

from mirrorhunt.exports import HOST, About, Format, Row, Written, formats
from mirrorhunt.exports._fit import write_names


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write the hosts of scope ``host``; the others are left out."""
    return write_names(rows, out, HOST)


formats.offer(
    Format("names to block exactly, one a line", file="hosts.exact.txt", write=write),
    module=__name__,
)
