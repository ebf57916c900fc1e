"""The parts of a WACZ 1.1.1 that replay tools read: index, list of pages, data package.

https://specs.webrecorder.net/wacz/1.1.1/ and https://specs.webrecorder.net/cdxj/0.1.0/ . All of it
is a function of the WARC files and of what the caller says, so that it can be made again and
compared.
"""

import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import surt
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from mirrorhunt import __version__
from mirrorhunt.errors import InputError

VERSION = "1.1.1"
DATAPACKAGE = "datapackage.json"
DIGEST = "datapackage-digest.json"
PAGES = "pages/pages.jsonl"
INDEX = "indexes/index.cdx.gz"
INDEX_OF_INDEX = "indexes/index.idx"
LINES_PER_BLOCK = 1024
"""Of the index; a reader unpacks one block at a time."""
_REPLAYED = frozenset({"response", "resource", "revisit"})


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a WARC that can be replayed."""

    url: str
    at: str
    """As in WARC-Date: ``2026-11-01T12:00:00Z``."""
    type: str
    status: str
    """Of the response; empty where there is none."""
    mime: str
    digest: str
    offset: int
    length: int
    file: str
    """The WARC's name, without its folder."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page worth opening."""

    url: str
    at: str
    title: str


def records(file: str, data: bytes) -> list[Record]:
    """What can be replayed of the WARC *data*, which is called *file*. Raises InputError."""
    try:
        return list(_records(file, data))
    except (ArchiveLoadFailed, ValueError, OSError, EOFError, zlib.error) as e:
        raise InputError(f"{file} is no WARC that can be read: {e}") from None


def _records(file: str, data: bytes) -> Iterator[Record]:
    iterator = ArchiveIterator(io.BytesIO(data))
    for record in iterator:
        headers = record.rec_headers
        url, at = headers.get_header("WARC-Target-URI"), headers.get_header("WARC-Date")
        if record.rec_type not in _REPLAYED or not url or not at:
            continue
        http = record.http_headers
        mime = (http or headers).get_header("Content-Type") or ""
        offset = iterator.get_record_offset()
        yield Record(
            url=url,
            at=at,
            type=record.rec_type,
            status=http.get_statuscode() if http and record.rec_type == "response" else "",
            mime=mime.partition(";")[0].strip().lower(),
            digest=headers.get_header("WARC-Payload-Digest") or "",
            offset=offset,
            # Asked for last: it reads to the record's end.
            length=iterator.get_record_length(),
            file=file,
        )


def page_of(found: Sequence[Record], url: str | None, title: str) -> Shown | None:
    """The page to open for a capture whose records are *found* and that ended at *url*."""
    responses = [r for r in found if r.type == "response"]
    at_url = [r for r in responses if r.url == url]
    for record in (*at_url[-1:], *responses[-1:]):
        return Shown(record.url, record.at, title)
    return None


def index(found: Iterable[Record]) -> tuple[bytes, bytes]:
    """The index of *found* in compressed blocks, and the index of these blocks."""
    lines = sorted(_line(record) for record in found)
    packed = bytearray()
    first = json.dumps({"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"})
    blocks = [f"!meta 0 {first}\n".encode()]
    for start in range(0, len(lines), LINES_PER_BLOCK):
        block = lines[start : start + LINES_PER_BLOCK]
        # Without a time in it, or the same index would never be the same bytes.
        data = gzip.compress(b"".join(block), mtime=0)
        key, at, _ = block[0].split(b" ", 2)
        where = {
            "offset": len(packed),
            "length": len(data),
            "digest": f"sha256:{sha256(data).hexdigest()}",
            "filename": "index.cdx.gz",
        }
        blocks.append(b" ".join((key, at, json.dumps(where).encode())) + b"\n")
        packed += data
    return bytes(packed), b"".join(blocks)


def _line(record: Record) -> bytes:
    fields = {
        "url": record.url,
        "mime": record.mime,
        "status": record.status,
        "digest": record.digest,
        "length": str(record.length),
        "offset": str(record.offset),
        "filename": record.file,
    }
    shown = {name: value for name, value in fields.items() if value}
    return f"{_key(record.url)} {_digits(record.at)} {json.dumps(shown)}\n".encode()


def _key(url: str) -> str:
    """*url* as indexes sort it (Sort-friendly URI Reordering Transform)."""
    try:
        key = str(surt.surt(url))
    except (ValueError, UnicodeError, LookupError, TypeError, AttributeError):
        key = url
    # A space would end the key.
    return "".join(c if "!" <= c <= "~" else f"%{ord(c):02x}" for c in key)


def _digits(at: str) -> str:
    return "".join(c for c in at if c.isdigit())[:14]


def pages(shown: Iterable[Shown]) -> bytes:
    """The list of pages, each once, in their order."""
    lines: list[dict[str, Any]] = [
        {"format": "json-pages-1.0", "id": "pages", "title": "Pages"},
    ]
    for page in dict.fromkeys(shown):
        id_ = sha256(f"{page.at} {page.url}".encode()).hexdigest()[:20]
        lines.append({"id": id_, "url": page.url, "ts": page.at, "title": page.title})
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the package."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class About:
    """What a data package says of itself."""

    title: str
    description: str
    created: str
    main_url: str
    main_at: str
    software: str = f"mirrorhunt {__version__}"


def datapackage(members: Iterable[Member], about: About) -> bytes:
    """``datapackage.json``: every file but itself and its digest, by path."""
    listed = [
        {
            "name": member.path.replace("/", "-"),
            "path": member.path,
            "hash": f"sha256:{member.sha256}",
            "bytes": member.size_bytes,
        }
        for member in sorted(members, key=lambda m: m.path)
        if member.path not in {DATAPACKAGE, DIGEST}
    ]
    said = {
        "profile": "data-package",
        "title": about.title,
        "description": about.description,
        "created": about.created,
        "wacz_version": VERSION,
        "software": about.software,
        "mainPageURL": about.main_url,
        "mainPageDate": about.main_at,
        "resources": listed,
    }
    return json.dumps(said, indent=2).encode() + b"\n"


def digest(package: bytes) -> bytes:
    """``datapackage-digest.json`` of *package*."""
    said = {"path": DATAPACKAGE, "hash": f"sha256:{sha256(package).hexdigest()}"}
    return json.dumps(said, indent=2).encode() + b"\n"


def iso(at: datetime) -> str:
    """*at* as WARC and WACZ write instants."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
