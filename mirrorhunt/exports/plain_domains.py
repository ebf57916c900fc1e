"""Names to block with all below them, one a line and nothing else: for whoever writes a loader.

No comments, as many loaders (dnsdist's, shell loops) take each line for a name. What is to be
blocked exactly is in `plain_hosts`: one file for both would make readers guess.
"""

from collections.abc import Iterable
from typing import BinaryIO

from mirrorhunt.exports import DOMAIN, About, Format, Row, Written, formats
from mirrorhunt.exports._fit import write_names


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write the hosts of scope ``domain``; the others are left out."""
    return write_names(rows, out, DOMAIN)


formats.offer(
    Format("names to block with all below them, one a line", file="domains.txt", write=write),
    module=__name__,
)
