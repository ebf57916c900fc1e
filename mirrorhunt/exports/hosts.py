"""A hosts file: each name led nowhere, for the machines of the public.

It knows neither what is below a name nor any type but addresses: narrower than what is published,
which its heading says. The child of a listed domain stays in it, as nothing else would name it.
"""

from collections.abc import Iterable
from typing import BinaryIO

from mirrorhunt.exports import About, Format, Row, Written, formats
from mirrorhunt.exports._fit import fitting, heading, write_lines

NARROWER = "exactly these names: a hosts file cannot say what is below them, nor other types"


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write two lines for each host of either scope: IPv4 and IPv6."""
    written = Written()
    out.write(heading(about, "#", NARROWER).encode("ascii"))
    fit = fitting(rows, written, collapses=False)
    write_lines((f"0.0.0.0 {row.host}\n:: {row.host}\n" for row in fit), out)
    return written


formats.offer(
    Format(
        "a hosts file, for the machines of the public", file="hosts", write=write, is_public=True
    ),
    module=__name__,
)
