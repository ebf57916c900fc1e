"""Write the files of a delivery: its formats, what changed, what was taken back, the manifest.

Each file is read again before it counts (`mirrorhunt.delivering.checking`), and the manifest has
its digest. The manifest alone is signed: it stands for all of them.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mirrorhunt.delivering import checking
from mirrorhunt.delivering.choosing import Chosen
from mirrorhunt.errors import BoundsError, ConfigError
from mirrorhunt.exports import About, Format, Row, Withdrawn, formats
from mirrorhunt.feeds import Feed

MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.sig"
DELTA = "delta.jsonl"
WITHDRAWN = "withdrawn.jsonl"
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a delta."""

    op: str
    """``add``, ``change`` or ``withdraw``."""
    host: str
    scope: str
    network: str
    valid_until: datetime | None
    reason: str = ""
    because: str = ""


def checked_formats(feed: Feed) -> list[tuple[str, Format]]:
    """The formats of *feed*. Raises UnknownNameError, and ConfigError for those that the public
    reads in a feed that is not for the public."""
    found = [(name, formats[name]) for name in dict.fromkeys(feed.formats)]
    for name, format_ in found:
        if format_.is_public and feed.tlp != "clear":
            raise ConfigError(
                f"feeds.{feed.name}: {name} is a list for the public, and the feed is "
                f"TLP:{feed.tlp.upper()}: set tlp = 'clear', or leave the format out"
            )
    return found


def write_formats(
    chosen_formats: Iterable[tuple[str, Format]],
    plain: Iterable[Row],
    full: Iterable[Row],
    about: About,
    folder: Path,
) -> list[dict[str, Any]]:
    """Write each format into *folder*; returns what the manifest says of each.

    *plain* are the rows without reasons, *full* with them; both can be gone through again and
    again. Raises BoundsError for a file that a checker refuses.
    """
    return [
        _write(name, format_, full if format_.reads_evidence else plain, about, folder)
        for name, format_ in chosen_formats
    ]


def _write(
    name: str, format_: Format, rows: Iterable[Row], about: About, folder: Path
) -> dict[str, Any]:
    path = folder / format_.file
    if format_.write is not None:
        with path.open("xb") as out:
            written = format_.write(rows, out, about)
        files = [path]
    else:
        assert format_.write_folder is not None
        path.mkdir()
        written = format_.write_folder(rows, path, about)
        files = sorted(p for p in path.rglob("*") if p.is_file())
    checked = checking.check(name, path, about, written)
    if checked.problem:
        raise BoundsError(
            f"{format_.file} was refused by {checked.by or 'us'}: {checked.problem}; nothing was "
            "published. This is an error of ours: please report it, and leave "
            f"{name!r} out of the feed's formats until it is mended"
        )
    return {
        "format": name,
        "path": format_.file,
        "entries": written.entries,
        "left_out": dict(sorted(written.left_out.items())),
        "left_out_first": [list(pair) for pair in written.examples],
        "checked_by": checked.by,
        "files": [described(file, folder) for file in files],
    }


def described(file: Path, folder: Path) -> dict[str, Any]:
    """What a manifest says of *file*."""
    with file.open("rb") as f:
        digest = hashlib.file_digest(f, "sha256").hexdigest()
    return {
        "path": file.relative_to(folder).as_posix(),
        "sha256": digest,
        "bytes": file.stat().st_size,
    }


def write_delta(changes: Iterable[Change], folder: Path) -> dict[str, Any]:
    """Write what changed since the delivery before, one JSON object a line."""
    with (folder / DELTA).open("xb") as out:
        for change in changes:
            out.write(_line(_without_empty(_as_object(change))))
    return described(folder / DELTA, folder)


def write_withdrawn(withdrawn: Iterable[Withdrawn], folder: Path) -> dict[str, Any]:
    """Write what was taken back of late and does not stand, one JSON object a line."""
    with (folder / WITHDRAWN).open("xb") as out:
        for one in withdrawn:
            out.write(_line(_as_object(one)))
    return described(folder / WITHDRAWN, folder)


def manifest(
    feed: Feed,
    about: About,
    chosen: Chosen,
    previous: int | None,
    parts: Iterable[Mapping[str, Any]],
    beside: Iterable[Mapping[str, Any]],
    *,
    restores: int | None,
    because: str,
    author: str,
) -> bytes:
    """The manifest, as bytes to digest, sign and write."""
    said = {
        "schema_version": SCHEMA_VERSION,
        "feed": feed.name,
        "serial": about.serial,
        "previous": previous,
        "at": about.at.isoformat(timespec="seconds"),
        "not_valid_after": _latest_end(about, feed).isoformat(timespec="seconds"),
        "valid_days": about.valid_days,
        "tlp": about.tlp_label,
        "publisher": about.publisher,
        "contact_for_objection": about.contact,
        "order": {"reference": feed.order, "until": feed.order_until},
        "chosen": {
            "networks": list(feed.networks),
            "verdict": feed.verdict,
            "states": list(feed.states),
            "seen_from": list(feed.seen_from),
        },
        "counts": {
            "entries": chosen.entries,
            "added": chosen.added,
            "changed": chosen.changed,
            "withdrawn": chosen.withdrawn,
            "renewed": chosen.renewed,
        },
        "restores": restores,
        "forced_because": because,
        "author": author,
        "formats": list(parts),
        "beside": list(beside),
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"


def listed(said: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    """(path, SHA-256, bytes) of each file that a manifest lists. Raises KeyError, TypeError,
    ValueError and AttributeError where it is none."""
    of_formats = [file for part in said["formats"] for file in part["files"]]
    for file in (*of_formats, *said["beside"]):
        yield str(file["path"]), str(file["sha256"]), int(file["bytes"])


def _latest_end(about: About, feed: Feed) -> datetime:
    """After this, whoever has got no newer delivery lets all entries go."""
    end = about.at + timedelta(days=about.valid_days)
    return min(end, feed.ends_at) if feed.ends_at is not None else end


def _as_object(thing: Change | Withdrawn) -> dict[str, Any]:
    # Not `asdict`, which copies deeply: a first delivery is a change for each of a million hosts.
    values = {field.name: getattr(thing, field.name) for field in fields(thing)}
    return {
        key: value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
        for key, value in values.items()
    }


def _without_empty(said: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if value not in ("", None)}


def _line(said: Mapping[str, Any]) -> bytes:
    text = json.dumps(said, ensure_ascii=True, separators=(",", ":"))
    return text.encode() + b"\n"
