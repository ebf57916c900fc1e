"""A servers-file for dnsmasq: names it answers itself, with NXDOMAIN, and so all below them.

``server=/d/`` and not ``address=/d/#``: that one answers addresses alone and passes TXT, MX and
HTTPS on. In a servers-file, as SIGHUP has it read again; a conf-file is not (dnsmasq 2.90).
"""

from collections.abc import Iterable
from typing import BinaryIO

from mirrorhunt.exports import DOMAIN, About, Format, Row, Written, formats
from mirrorhunt.exports._fit import fitting, heading, write_lines


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write the hosts of scope ``domain``; dnsmasq cannot name exactly one for all types."""
    written = Written()
    out.write(heading(about, "#").encode("ascii"))
    fit = fitting(rows, written, scopes=frozenset({DOMAIN}))
    write_lines((f"server=/{row.host}/\n" for row in fit), out)
    return written


formats.offer(
    Format("a servers-file for dnsmasq", file="dnsmasq.servers", write=write),
    module=__name__,
)
