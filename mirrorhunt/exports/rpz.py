"""A response policy zone: the one format that BIND, Unbound, PowerDNS and Knot all load.

Each name is answered with NXDOMAIN; a domain has its wildcard beside it, as neither says the other
(draft-vixie-dnsop-dns-rpz-00). Owners are relative: a dot at their end would lose them silently.
"""

import re
from collections.abc import Iterable
from typing import BinaryIO

from mirrorhunt.errors import InputError
from mirrorhunt.exports import DOMAIN, About, Format, Row, Written, formats
from mirrorhunt.exports._fit import fitting, write_lines

TTL_S = 60
"""How long a name stays blocked in PowerDNS after it was taken back."""
CANARY = "serial.mirrorhunt"
"""Its TXT is the serial that a resolver answers from; the SOA is of what it fetched.

BIND enforces what is new only when it has read the zone through (``min-update-interval``, 60 s by
default), but answers a name that it knows from the new zone at once. So there is a second canary
with the serial in its name, ``1795464000.serial.mirrorhunt``: there once the zone is enforced.
"""
_ORIGIN = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z"
)
_MAX_CHARS = 253
_MAX_ORIGIN_CHARS = 100
_MAX_SERIAL = 2**32 - 1
_DAY_S = 86_400


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write the zone: two records for a domain, one for a host, after the SOA, NS and canaries.

    A name that is too long below ``about.rpz_origin`` is left out, as it would keep the whole zone
    from loading. Raises InputError for an origin or a serial that no zone can have.
    """
    _check(about)
    written = Written()
    out.write(_head(about).encode("ascii"))
    room = _MAX_CHARS - len(about.rpz_origin) - len(".")
    fit = fitting(rows, written, max_chars=room, domain_max_chars=room - len("*."))
    write_lines(map(_records, fit), out)
    return written


def _check(about: About) -> None:
    origin = about.rpz_origin
    if len(origin) > _MAX_ORIGIN_CHARS or not _ORIGIN.match(origin):
        raise InputError(
            f"{origin[:80]!r} is no name for a policy zone: lower-case letters, digits and dots, "
            f"at most {_MAX_ORIGIN_CHARS} characters, such as 'rpz.mirrorhunt'"
        )
    if not 0 < about.serial <= _MAX_SERIAL:
        raise InputError(f"{about.serial} is no serial of a zone: 1 to {_MAX_SERIAL} (RFC 1035)")


def _head(about: About) -> str:
    # A secondary whose primary is gone blocks no longer than what is published is valid.
    expire_s = about.valid_days * _DAY_S
    return (
        f"$ORIGIN {about.rpz_origin}.\n"
        f"$TTL {TTL_S}\n"
        f"@ SOA localhost. hostmaster.localhost. {about.serial} 300 60 {expire_s} {TTL_S}\n"
        "@ NS localhost.\n"
        f'{CANARY} TXT "{about.serial}"\n'
        f'{about.serial}.{CANARY} TXT "{about.serial}"\n'
    )


def _records(row: Row) -> str:
    if row.scope == DOMAIN:
        return f"{row.host} CNAME .\n*.{row.host} CNAME .\n"
    return f"{row.host} CNAME .\n"


formats.offer(
    Format(
        "a response policy zone for BIND, Unbound, PowerDNS and Knot", file="rpz.zone", write=write
    ),
    module=__name__,
)
