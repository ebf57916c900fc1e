"""The packet of a feed: what blocking programmes ask for, of all its hosts, in one object.

It is the packet of `mirrorhunt evidence` (mirrorhunt/archive/packet.py) as far as it can be said
of many hosts at once, in the same words; a case with its looks, captures and registration is that
packet's. No programme publishes its file format, so whoever files it maps it. What nobody told us
is there as null. Its schema is ``mirrorhunt/data/feed-packet.schema.json``; `SCHEMA_VERSION` rises
with it.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, BinaryIO

from mirrorhunt import __version__, names
from mirrorhunt.exports import DOMAIN, About, Format, Row, Withdrawn, Written, formats
from mirrorhunt.exports._fit import fitting
from mirrorhunt.exports._said import (
    confidence,
    encoded,
    is_seed,
    namespace_of,
    seconds,
    why_not_active,
    write_array,
)

SCHEMA_VERSION = 1


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write *rows*, and after them what was taken back, as one object, an entry a line."""
    written = Written()
    id_of = namespace_of(about)
    head = encoded(_head(about, id_of))
    out.write(f'{head[:-1]},"entries":[\n'.encode())
    entries = chain(
        (_entry(row, id_of) for row in fitting(rows, written)), _withdrawals(about, id_of)
    )
    write_array(entries, out)
    return written


def _head(about: About, id_of: Callable[[str], str]) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "report_id": id_of(f"packet|{about.serial}"),
        "feed": about.feed,
        "serial": about.serial,
        "made_at": seconds(about.at),
        "made_by": f"mirrorhunt {__version__}",
        "tlp": about.tlp_label,
        "valid_days": about.valid_days,
        "reporter": {
            "organization": about.publisher or None,
            "accreditation_id": None,
            "email": about.contact or None,
        },
        "order_ref": {"number": about.order} if about.order else None,
        "contact_for_objection": about.contact or None,
    }


def _entry(row: Row, id_of: Callable[[str], str]) -> dict[str, Any]:
    why_not = why_not_active(row)
    return {
        "entry_id": id_of(f"entry|{row.host}"),
        "status": "active" if why_not is None else "suspend",
        "status_because": why_not or "",
        "withdraw_reason": None,
        "target": _target(row, row.registrable_domain),
        "family": row.network,
        "relation": "seed" if is_seed(row) else row.relation,
        "verdict": row.verdict,
        "score_bits": row.score_bits,
        "confidence": confidence(row),
        "reasons": [
            {"kind": r.kind, "bits": r.bits, "side": r.side, "because": r.because}
            for r in row.evidence
        ],
        "techniques": list(row.techniques),
        "availability": row.availability,
        "first_seen": seconds(row.first_seen),
        "last_verified": seconds(row.last_verified) if row.last_verified else None,
        "valid_until": seconds(row.valid_until) if row.valid_until else None,
        "withdrawn_at": None,
        "reviewed_by": list(row.reviewed_by),
    }


def _withdrawals(about: About, id_of: Callable[[str], str]) -> Iterator[dict[str, Any]]:
    """What was taken back: each once, under the id that it had."""
    last = ""
    for gone in about.withdrawn:
        entry_id = id_of(f"entry|{gone.host}")
        if entry_id == last or names.find_host(gone.host) != gone.host:
            continue
        last = entry_id
        yield {
            "entry_id": entry_id,
            "status": "withdraw",
            "status_because": gone.because,
            "withdraw_reason": gone.reason,
            "target": _target(gone, names.registrable_domain(gone.host) or gone.host),
            "family": gone.network,
            "relation": None,
            "verdict": None,
            "score_bits": None,
            "confidence": None,
            "reasons": [],
            "techniques": [],
            "availability": None,
            "first_seen": seconds(gone.first_seen),
            "last_verified": None,
            "valid_until": None,
            "withdrawn_at": seconds(gone.at),
            "reviewed_by": [],
        }


def _target(of: Row | Withdrawn, registrable_domain: str) -> dict[str, str]:
    return {
        "host": of.host,
        "unicode": names.unicode_form(of.host),
        "registrable_domain": registrable_domain,
        "scope": of.scope,
        "scope_because": _scope_because(of, registrable_domain),
    }


def _scope_because(of: Row | Withdrawn, registrable_domain: str) -> str:
    """Why not narrower, or why not wider."""
    if of.scope == DOMAIN:
        return (
            "all below it is one owner's, as far as lists know, and a network that loses one name "
            "moves to the next below it"
        )
    if of.host != registrable_domain:
        return f"of {registrable_domain} only this host was seen to belong to the network"
    return "names below it are others', or protected"


formats.offer(
    Format(
        "one object with what blocking programmes ask for, withdrawals among it",
        file="packet.json",
        write=write,
        reads_evidence=True,
    ),
    module=__name__,
)
