"""A MISP feed: a folder that a MISP server fetches, an event a network.

``manifest.json`` says which events there are, ``hashes.csv`` which values are in them, and each
``<uuid>.json`` is an event. Events and attributes keep their UUIDs (version 5) from one delivery
to the next, and their timestamps are the rows': what has not changed is not fetched again. A host
that was taken back stays, deleted and not for detection: what is left out of a feed is left as it
was at the subscriber.

An event of a million attributes stops a server, so a network that is larger than
`MAX_ATTRIBUTES` has several. What is taken back is deleted in each of them, as a host may have
been in another one before.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from mirrorhunt import names
from mirrorhunt.exports import DOMAIN, About, Format, Row, Withdrawn, Written, formats
from mirrorhunt.exports._fit import fitting
from mirrorhunt.exports._said import (
    SCOPE_SAID,
    namespace_of,
    publisher_id,
    publisher_name,
    shown,
    verified_at,
    why_not_active,
)

MAX_ATTRIBUTES = 10_000
"""Of one event: about 4 MB."""
MAX_KEPT_CHARS = 16_000_000
"""Of all events, before they are written out: rows come by name, not by network."""
_TLP_COLOURS = {
    "clear": "#FFFFFF",
    "green": "#33FF00",
    "amber": "#FFC000",
    "amber+strict": "#FFC000",
}
_NUMBERS = ("analysis", "threat_level_id", "timestamp")
_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(slots=True)
class _Event:
    """An event that is being written."""

    network: str
    part: int
    uuid: str
    attributes: int = 0
    date: datetime | None = None
    """When its first host was first seen."""
    changed_s: int = 0
    """The newest timestamp of its attributes, since 1970."""
    kept: list[str] = field(default_factory=list)
    """Attributes that are not written out yet."""
    is_begun: bool = False


class _Feed:
    """The events of a delivery, each appended to as rows come; what is kept is bounded."""

    def __init__(self, folder: Path, about: About, hashes: TextIO) -> None:
        self._folder = folder
        self._about = about
        self._hashes = hashes
        self._id_of: Callable[[str], str] = namespace_of(about)
        self._of: dict[str, list[_Event]] = {}
        self._kept_chars = 0

    def event_of(self, network: str) -> _Event:
        """The event that takes the next attribute of *network*."""
        events = self.events_of(network)
        if events[-1].attributes >= MAX_ATTRIBUTES:
            events.append(self._new(network, len(events)))
        return events[-1]

    def events_of(self, network: str) -> list[_Event]:
        """All events of *network*: one at least."""
        if network not in self._of:
            self._of[network] = [self._new(network, 0)]
        return self._of[network]

    def _new(self, network: str, part: int) -> _Event:
        return _Event(network, part, self._id_of(f"event|{network}|{part}"))

    def _events(self) -> Iterator[_Event]:
        return chain.from_iterable(self._of.values())

    def add(self, event: _Event, of: Row | Withdrawn, at: datetime, **more: object) -> None:
        """Put *of* into *event*, as it was at *at*."""
        at_s = int(at.timestamp())
        attribute = {
            "uuid": self._id_of(f"attribute|{event.uuid}|{of.host}"),
            "type": "domain" if of.scope == DOMAIN else "hostname",
            "category": "Network activity",
            "value": of.host,
            "timestamp": str(at_s),
            "first_seen": of.first_seen.isoformat(),
            "disable_correlation": False,
        } | more
        line = _encode(attribute)
        event.kept.append(line)
        event.attributes += 1
        event.changed_s = max(event.changed_s, at_s)
        event.date = of.first_seen if event.date is None else min(event.date, of.first_seen)
        digest = md5(of.host.encode()).hexdigest()  # noqa: S324 - What MISP looks values up by.
        self._hashes.write(f"{digest},{event.uuid}\n")
        self._kept_chars += len(line)
        if self._kept_chars > MAX_KEPT_CHARS:
            self._write_out()

    def _write_out(self) -> None:
        for event in self._events():
            if event.kept:
                self._append(event, "")
        self._kept_chars = 0

    def _append(self, event: _Event, end: str) -> None:
        begin = ",\n" if event.is_begun and event.kept else ""
        if not event.is_begun:
            begin = '{"Event":{"Attribute":[\n'
        with (self._folder / f"{event.uuid}.json").open("a", encoding="ascii", newline="") as out:
            out.write(begin + ",\n".join(event.kept) + end)
        event.is_begun = True
        event.kept.clear()

    def close(self) -> None:
        """Write what is left, and the manifest."""
        manifest = {}
        for event in self._events():
            said = self._said(event)
            manifest[event.uuid] = said
            # Numbers in the manifest, texts in the event: as PyMISP writes a feed.
            numbers = {key: str(said[key]) for key in _NUMBERS}
            rest = _encode(
                said
                | numbers
                | {
                    "uuid": event.uuid,
                    "published": True,
                    "publish_timestamp": numbers["timestamp"],
                    "extends_uuid": "",
                }
            )
            self._append(event, f"\n],{rest[1:-1]}}}}}\n")
        with (self._folder / "manifest.json").open("w", encoding="ascii", newline="") as out:
            out.write(json.dumps(manifest, indent=1) + "\n")

    def _said(self, event: _Event) -> dict[str, Any]:
        """What the manifest says of *event*, and the event of itself."""
        tlp = self._about.tlp
        part = f", part {event.part + 1}" if event.part else ""
        return {
            "Orgc": {"name": publisher_name(self._about), "uuid": publisher_id(self._about)},
            "Tag": [{"name": f"tlp:{tlp}", "colour": _TLP_COLOURS[tlp]}],
            "info": f"Mirror domains of {shown(event.network, 200)}{part}",
            "date": f"{event.date or datetime.fromtimestamp(0, UTC):%Y-%m-%d}",
            # Analysis is complete; how great a threat, nobody has said.
            "analysis": 2,
            "threat_level_id": 4,
            "timestamp": event.changed_s,
        }


def write(rows: Iterable[Row], folder: Path, about: About) -> Written:
    """Write *rows* as a feed into *folder*."""
    written = Written()
    with (folder / "hashes.csv").open("w", encoding="ascii", newline="") as hashes:
        feed = _Feed(folder, about, hashes)
        for row in fitting(rows, written):
            at = verified_at(row)
            feed.add(
                feed.event_of(row.network),
                row,
                at,
                last_seen=at.isoformat(),
                # What is not live, or what nobody confirmed, is there to be looked at.
                to_ids=why_not_active(row) is None,
                comment=f"{row.relation}, {row.verdict}; {row.scope}: {SCOPE_SAID[row.scope]}",
            )
        _delete(feed, about)
        feed.close()
    return written


def _delete(feed: _Feed, about: About) -> None:
    """Put what was taken back where it was, deleted."""
    done: set[tuple[str, str]] = set()
    for gone in about.withdrawn:
        key = (gone.network, gone.host)
        if key in done or names.find_host(gone.host) != gone.host:
            continue
        done.add(key)
        for event in feed.events_of(gone.network):
            feed.add(
                event,
                gone,
                max(gone.at, gone.first_seen),
                last_seen=max(gone.at, gone.first_seen).isoformat(),
                to_ids=False,
                deleted=True,
                comment=f"withdrawn, {gone.reason}: {shown(gone.because, 500)}",
            )


formats.offer(
    Format(
        "a MISP feed: a folder with an event for each network",
        file="misp",
        write_folder=write,
    ),
    module=__name__,
)
