"""A STIX 2.1 bundle for threat-intelligence platforms: an indicator a name, with its validity.

A pattern of STIX is exact: that a name is meant with all below it stands in the label
``scope:domain``, as there is no other place for it. Ids are of version 5 in a namespace of whoever
publishes, so that the same host is the same object in each delivery; a host that was taken back is
that object again, revoked (STIX 2.1 §3.2).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO
from uuid import UUID

from mirrorhunt import names
from mirrorhunt.exports import About, Format, Row, Withdrawn, Written, formats
from mirrorhunt.exports._fit import fitting
from mirrorhunt.exports._said import (
    active,
    confidence,
    milliseconds,
    namespace_of,
    publisher_id,
    publisher_name,
    shown,
    uuid5,
    verified_at,
    write_array,
)

# Of the objects that observe: STIX 2.1 §2.9, the same for everybody.
_OBSERVABLES = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7").bytes
# The markings that FIRST and OASIS fixed for TLP 2.0: these objects and no others.
_TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP_IDS = {
    "clear": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "green": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "amber": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "amber+strict": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
}
# When whoever publishes was made: some instant, the same in each delivery.
_MADE = "2026-01-01T00:00:00.000Z"
_MAX_REASONS = 20
_MAX_CHARS = 2_000
# A label that hostname checks let pass: no underscore, nor hyphens as an A-label has them.
_LABEL = re.compile(r"(?!..--)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\Z")


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write *rows* as one bundle, an object a line."""
    written = Written()
    shared = _shared(about)
    bundle = shared.id_of(f"bundle|{about.serial}")
    out.write(f'{{"type":"bundle","id":"bundle--{bundle}","objects":[\n'.encode())
    of_rows = fitting(active(rows, written), written)
    objects = chain(
        _publisher(about, shared),
        chain.from_iterable(_objects(row, shared) for row in of_rows),
        _revoked(about, shared),
    )
    write_array(objects, out)
    return written


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the objects of a bundle have in common."""

    id_of: Callable[[str], str]
    """Makes an id of a name."""
    creator: str
    marking: str
    references: list[dict[str, str]]


def _shared(about: About) -> _Shared:
    return _Shared(
        id_of=namespace_of(about),
        creator=f"identity--{publisher_id(about)}",
        marking=_TLP_IDS[about.tlp],
        references=[{"source_name": "order", "external_id": shown(about.order, 200)}]
        if about.order
        else [],
    )


def _publisher(about: About, shared: _Shared) -> Iterator[dict[str, Any]]:
    """Who says it, and whom it may be told."""
    yield {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": shared.marking,
        "created": "2022-10-01T00:00:00.000Z",
        "name": about.tlp_label,
        "extensions": {
            _TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": about.tlp}
        },
    }
    identity = {
        "type": "identity",
        "spec_version": "2.1",
        "id": shared.creator,
        "created": _MADE,
        # The address may have changed since the last delivery.
        "modified": max(_MADE, milliseconds(about.at)),
        "name": publisher_name(about),
        "identity_class": "organization" if about.publisher else "system",
    }
    if about.contact:
        identity["contact_information"] = shown(about.contact, 200)
    yield identity


def _objects(row: Row, shared: _Shared) -> Iterator[dict[str, Any]]:
    """The indicator of *row*, and the name that it is based on where hostname checks accept it."""
    host, modified = row.host, milliseconds(verified_at(row))
    created = milliseconds(row.first_seen)
    indicator = _indicator(row, shared)
    indicator["modified"] = modified
    if row.valid_until is not None and row.valid_until > row.first_seen:
        indicator["valid_until"] = milliseconds(row.valid_until)
    sure = confidence(row)
    if sure is not None:
        indicator["confidence"] = sure
    indicator["labels"] = [
        "piracy-mirror",
        f"scope:{row.scope}",
        f"relation:{row.relation}",
        f"verdict:{row.verdict}",
        f"network:{shown(row.network, 200)}",
        *(f"reason:{kind}" for kind in dict.fromkeys(reason.kind for reason in row.evidence)),
    ]
    if row.evidence:
        said = "; ".join(reason.because for reason in row.evidence[:_MAX_REASONS])
        indicator["description"] = shown(said, _MAX_CHARS)
    yield indicator
    if not _is_hostname(host):
        return
    value = f'{{"value":"{host}"}}'
    name_id = f"domain-name--{uuid5(_OBSERVABLES, value)}"
    yield {"type": "domain-name", "spec_version": "2.1", "id": name_id, "value": host}
    yield {
        "type": "relationship",
        "spec_version": "2.1",
        "id": f"relationship--{shared.id_of(f'based-on|{host}')}",
        "created_by_ref": shared.creator,
        "created": created,
        "modified": created,
        "relationship_type": "based-on",
        "source_ref": indicator["id"],
        "target_ref": name_id,
        "object_marking_refs": [shared.marking],
    }


def _indicator(of: Row | Withdrawn, shared: _Shared) -> dict[str, Any]:
    """What an indicator keeps from one version to the next."""
    first_seen = milliseconds(of.first_seen)
    indicator: dict[str, Any] = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{shared.id_of(f'indicator|{of.host}')}",
        "created_by_ref": shared.creator,
        "created": first_seen,
        "modified": first_seen,
        "name": f"Mirror domain {of.host}",
        # Nothing in the vocabulary is about copyright, and it does no harm to whoever visits.
        "indicator_types": ["unknown"],
        "pattern": f"[domain-name:value = '{of.host}']",
        "pattern_type": "stix",
        "pattern_version": "2.1",
        "valid_from": first_seen,
        "object_marking_refs": [shared.marking],
    }
    if shared.references:
        indicator["external_references"] = shared.references
    return indicator


def _revoked(about: About, shared: _Shared) -> Iterator[dict[str, Any]]:
    """What was taken back, each once."""
    last = ""
    for gone in about.withdrawn:
        indicator = _indicator(gone, shared)
        if indicator["id"] == last or names.find_host(gone.host) != gone.host:
            continue
        last = indicator["id"]
        indicator["modified"] = milliseconds(max(gone.at, gone.first_seen))
        indicator["revoked"] = True
        indicator["labels"] = ["piracy-mirror", f"scope:{gone.scope}", f"withdrawn:{gone.reason}"]
        indicator["description"] = shown(gone.because, _MAX_CHARS)
        yield indicator


def _is_hostname(host: str) -> bool:
    """Whether a check for internationalised host names (IDNA 2008) accepts *host*.

    ``_x.example``, ``r3---x.example`` and A-labels of what is no letter are names in DNS that such
    a check refuses, and the whole bundle with them.
    """
    if "_" not in host and "--" not in host:
        return True
    return all(
        names.unicode_form(label) != label if label.startswith("xn--") else _LABEL.match(label)
        for label in host.split(".")
    )


formats.offer(
    Format(
        "a STIX 2.1 bundle of indicators, for threat-intelligence platforms",
        file="stix.json",
        write=write,
        reads_evidence=True,
    ),
    module=__name__,
)
