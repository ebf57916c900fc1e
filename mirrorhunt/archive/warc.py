"""One look as WARC 1.1 (ISO 28500:2017), one gzip member a record.

A pure function of the visit: no clock, no chance, record ids made of what is in the record. So the
same look is the same bytes, wherever and whenever it is written.

What is written is what we have, and the ``warcinfo`` record says what that is not: content and
transfer encodings were undone before, the reason phrase and the HTTP version of a response and the
order of request headers were not kept. A header that no longer fits the body is written as
``x-orig-…``. Digests are SHA-1, as that is what ``warcio check`` and replay tools compare; the
file as a whole is named by its SHA-256.
"""

import json
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from mirrorhunt.model import DnsFacts, PeerCertificate, Visit
from mirrorhunt.page import Page

MEDIA_TYPE = "application/warc"
SCREENSHOT_URI = "urn:fullPage:"
"""Before the page's URL: the scheme that Webrecorder's tools know pictures of whole pages by."""
DOM_URI = "urn:dom:"
LOOK_URI = "urn:mirrorhunt:look:"
_VERSION = "WARC/1.1"
_ABOUT_BODIES = (
    "bodies are as read: Content-Encoding and Transfer-Encoding were undone, the Content-Encoding "
    "header dropped; headers that no longer fit are written as x-orig-*; names in lower case; "
    "HTTP version and reason phrase were not kept and are written as usual; of request headers "
    "only the telling ones are written; all records bear the instant at which the look began"
)
_NAME = re.compile(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]")
_BREAK = re.compile(r"[\r\n\x00]")
_NOT_IN_URI = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}]|[^\x00-\x7f]")
_MAGIC = ((b"RIFF", "image/webp"), (b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"))
# Of a body that is not encoded any more.
_OUTDATED = frozenset({"content-encoding", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class _Record:
    """One record before it is numbered."""

    type: str
    uri: str
    media_type: str
    block: bytes
    payload: bytes | None = None
    """The block without its HTTP headers; None where it is all payload, or none."""
    headers: tuple[tuple[str, str], ...] = ()


def warc(visit: Visit, *, tool: str, user_agent: str = "") -> bytes:
    """*visit*, ruled on, as a gzipped WARC file."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    date = _date(visit.at)
    info = _info(visit, tool, user_agent)
    info_id = _id(info, date)
    writer.write_record(_made(info, date, info_id))
    warcinfo = ("WARC-Warcinfo-ID", info_id)
    seen = _responses(visit)
    last = ""
    for number, (page, response) in enumerate(seen):
        # A host that was asked twice may have answered the same.
        last = _id(response, f"{date} {number}")
        writer.write_record(_made(response, date, last, warcinfo))
        request = _request(page, user_agent)
        request_id = _id(request, f"{date} {number}")
        pair = (warcinfo, ("WARC-Concurrent-To", last))
        writer.write_record(_made(request, date, request_id, *pair))
    about = [("WARC-Concurrent-To", last)] if last else []
    for record in (*_drawn(visit), _look(visit, tool)):
        writer.write_record(_made(record, date, _id(record, date), warcinfo, *about))
    return out.getvalue()


def media_type_of_picture(data: bytes) -> str:
    """What kind of picture *data* is, by its first bytes."""
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), "image/webp")


# ---------------------------------------------------------------- the records


def _info(visit: Visit, tool: str, user_agent: str) -> _Record:
    said = {
        "software": tool,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "http-header-user-agent": user_agent,
        "description": f"one look at {visit.host}, vantage {visit.vantage}",
        "vantage": visit.vantage,
        "profile": visit.profile,
        "note": _ABOUT_BODIES,
    }
    text = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in said.items() if value)
    return _Record("warcinfo", "", "application/warc-fields", text.encode())


def _responses(visit: Visit) -> list[tuple[Page, _Record]]:
    """Every response as it was sent, in order."""
    pages = visit.fetched
    if not pages and visit.page is not None and visit.rendering is None:
        pages = (visit.page,)
    made = []
    for number, page in enumerate(pages):
        extra = []
        # Which address the ones before came from was not kept.
        if visit.address and visit.failure is None and number == len(pages) - 1:
            extra.append(("WARC-IP-Address", visit.address))
        if page.is_cut:
            extra.append(("WARC-Truncated", "length"))
        block = _status_line(page.status) + _http_headers(page) + b"\r\n" + page.body
        kind = "application/http; msgtype=response"
        record = _Record("response", page.url, kind, block, page.body, tuple(extra))
        made.append((page, record))
    return made


def _status_line(status: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    return f"HTTP/1.1 {status} {phrase}\r\n".encode("ascii")


def _http_headers(page: Page) -> bytes:
    """The headers of *page*, those left out that say how long or encoded the body was."""
    lines = []
    for name, value in page.headers:
        if name in _OUTDATED or (
            name == "content-length" and value.strip() != str(len(page.body))
        ):
            name = f"x-orig-{name}"
        elif name == "content-length":
            continue
        # Written by whoever is at the other end: a line break would begin another header.
        name, value = _NAME.sub("_", name) or "_", _BREAK.sub(" ", value).strip()
        lines.append(f"{name}: {value}\r\n")
    lines.append(f"content-length: {len(page.body)}\r\n")
    return "".join(lines).encode("latin-1", "replace")


def _request(page: Page, user_agent: str) -> _Record:
    parts = urlsplit(_uri(page.url))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    lines = [f"GET {target} HTTP/1.1", f"host: {host}"]
    if user_agent:
        lines.append(f"user-agent: {_one_line(user_agent)}")
    block = "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1", "replace")
    kind = "application/http; msgtype=request"
    return _Record("request", page.url, kind, block, b"")


def _drawn(visit: Visit) -> Iterator[_Record]:
    """What a browser made of it. Under URIs of their own: a replay must not serve it as sent."""
    rendering = visit.rendering
    if rendering is None:
        return
    url = rendering.final_url or rendering.url
    if rendering.dom:
        cut = (("WARC-Truncated", "length"),) if rendering.is_cut else ()
        kind = "text/html; charset=utf-8"
        yield _Record("resource", DOM_URI + url, kind, rendering.dom, None, cut)
    if rendering.screenshot:
        kind = media_type_of_picture(rendering.screenshot)
        yield _Record("resource", SCREENSHOT_URI + url, kind, rendering.screenshot)


def _look(visit: Visit, tool: str) -> _Record:
    """All that is no response: DNS, certificate, chain, what was loaded, and the ruling."""
    rendering = visit.rendering
    said: dict[str, Any] = {
        "host": visit.host,
        "network": visit.network,
        "technique": visit.technique,
        "vantage": visit.vantage,
        "profile": visit.profile,
        "tried": list(visit.tried),
        "at": visit.at.astimezone(UTC).isoformat(),
        "path": visit.path,
        "tool": tool,
        "address": visit.address,
        "dns": _plain(visit.dns) if visit.dns else None,
        "certificate": _plain(visit.certificate) if visit.certificate else None,
        "chain": [_plain(hop) for hop in visit.chain],
        "final_url": visit.page.url if visit.page else None,
        "failure": _plain(visit.failure) if visit.failure else None,
        "ruling": _plain(visit.ruling) if visit.ruling else None,
        "rendering": None,
    }
    if rendering is not None:
        said["rendering"] = {
            "url": rendering.url,
            "final_url": rendering.final_url,
            "status": rendering.status,
            "headers": [list(pair) for pair in rendering.headers],
            "passed": list(rendering.passed),
            "requests": [_plain(request) for request in rendering.requests],
            "browser": rendering.browser,
            "ended": rendering.ended,
            "is_cut": rendering.is_cut,
        }
    block = json.dumps(said, indent=1, sort_keys=True).encode("ascii")
    return _Record("metadata", f"{LOOK_URI}{visit.host}{visit.path}", "application/json", block)


def _plain(thing: DnsFacts | PeerCertificate | Any) -> dict[str, Any]:
    """*thing*, a flat dataclass, as JSON can hold it."""
    values = {f.name: getattr(thing, f.name) for f in fields(thing)}
    return {n: v.isoformat() if isinstance(v, datetime) else v for n, v in values.items()}


# ---------------------------------------------------------------- what all of them have


def _made(record: _Record, date: str, id_: str, *more: tuple[str, str]) -> ArcWarcRecord:
    """*record* as warcio writes it."""
    headers = [("WARC-Type", record.type), ("WARC-Record-ID", id_)]
    if record.uri:
        headers.append(("WARC-Target-URI", _uri(record.uri)))
    headers += [("WARC-Date", date), *record.headers, *more]
    if record.type != "warcinfo":
        payload = record.block if record.payload is None else record.payload
        headers.append(("WARC-Payload-Digest", _sha1(payload)))
    headers.append(("WARC-Block-Digest", _sha1(record.block)))
    # Without HTTP headers of its own warcio writes the block as it is: it would percent-encode
    # what is not ASCII in a header, which is not what was sent.
    made = ArcWarcRecord(
        "warc",
        record.type,
        StatusAndHeaders("", headers, protocol=_VERSION),
        BytesIO(record.block),
        None,
        record.media_type,
        len(record.block),
    )
    made.payload_length = len(record.block)
    return made


def _id(record: _Record, salt: str) -> str:
    """An id that follows from what *record* holds."""
    seed: Iterable[bytes] = (
        part if isinstance(part, bytes) else part.encode("utf-8", "replace")
        for part in (salt, record.type, record.uri, record.block)
    )
    found = sha256(b"\0".join(sha256(part).digest() for part in seed)).digest()
    return f"<urn:uuid:{uuid.UUID(bytes=found[:16], version=5)}>"


def _sha1(data: bytes) -> str:
    digester = Digester("sha1")
    digester.update(data)
    return str(digester)


def _date(at: datetime) -> str:
    """*at* as W3C's date and time, to the microsecond where it is known so well."""
    moment = at.astimezone(UTC)
    fraction = f".{moment.microsecond:06}" if moment.microsecond else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _uri(url: str) -> str:
    """*url* with what no URI holds percent-encoded; hostile pages put anything there."""
    return _NOT_IN_URI.sub(lambda m: _percent(m.group()), url)


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))


def _one_line(text: str) -> str:
    return " ".join(text.encode("utf-8", "replace").decode().split())
