"""Read what other programs captured: HAR 1.2, WARC, a saved page.

The files come from an analyst, what is in them from the adversary: everything has a bound, and
what cannot be read is one InputError that says so.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader

from mirrorhunt.errors import InputError
from mirrorhunt.net.decoding import UnreadableEncodingError, decode
from mirrorhunt.page import MAX_BODY_BYTES, MAX_URL_CHARS, Page

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_PLAIN_BYTES = 256 * 1024 * 1024
"""Of a gzipped file, unpacked."""
MAX_EXCHANGES = 20_000
MAX_HEADERS = 200
MAX_HEADER_CHARS = 8192
_GZIP = b"\x1f\x8b"
_STEP_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Exchange:
    """One response that a file holds."""

    page: Page
    at: datetime | None
    address: str | None = None
    kind: str = ""
    """As the browser named it, where it did: ``document``, ``script``, ``media`` …"""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A file that somebody brought in."""

    data: bytes
    """As it is."""
    media_type: str
    exchanges: tuple[Exchange, ...]


def read(file: Path, host: str) -> Foreign:
    """What *file* holds; a saved page is taken for the front page of *host*. Raises InputError."""
    data = _bytes_of(file)
    name = repr(str(file))
    plain = _gunzipped(data, name) if data.startswith(_GZIP) else data
    start = plain[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if plain.startswith(b"WARC/"):
        return _whole(Foreign(data, "application/warc", tuple(_warc(plain, name))), name)
    if start.startswith(b"{"):
        return _whole(Foreign(data, "application/json", tuple(_har(plain, name))), name)
    if start.startswith(b"<"):
        page = Page.of(f"https://{host}/", plain, headers={"content-type": "text/html"})
        return Foreign(data, "text/html", (Exchange(page, None, kind="document"),))
    raise InputError(f"{name} is neither HAR nor WARC nor HTML, by its first bytes")


def _whole(foreign: Foreign, name: str) -> Foreign:
    if not foreign.exchanges:
        raise InputError(f"{name} holds no answer to a GET: was it saved with its contents?")
    return foreign


def _bytes_of(file: Path) -> bytes:
    try:
        with file.open("rb") as f:
            data = f.read(MAX_FILE_BYTES + 1)
    except OSError as e:
        raise InputError(f"cannot read {str(file)!r}: {e.strerror}") from None
    if len(data) > MAX_FILE_BYTES:
        raise InputError(
            f"{str(file)!r} is larger than {MAX_FILE_BYTES // 2**20} MiB: capture the page alone"
        )
    if not data:
        raise InputError(f"{str(file)!r} is empty")
    return data


def _gunzipped(data: bytes, name: str) -> bytes:
    """*data* unpacked, all members."""
    out = bytearray()
    try:
        while data.startswith(_GZIP):
            member = zlib.decompressobj(31)
            while not member.eof:
                out += member.decompress(data, _STEP_BYTES)
                if len(out) > MAX_PLAIN_BYTES:
                    raise InputError(
                        f"{name} is larger than {MAX_PLAIN_BYTES // 2**20} MiB when unpacked: "
                        "capture the page alone"
                    )
                if not member.unconsumed_tail and not member.eof:
                    raise InputError(f"{name} ends in the middle: it was not saved whole")
                data = member.unconsumed_tail
            data = member.unused_data
    except zlib.error as e:
        raise InputError(f"{name} is damaged: {e}") from None
    return bytes(out)


def _page(url: str, status: int, headers: list[tuple[str, str]], body: bytes) -> Page:
    kept = tuple((n.lower()[:200], v[:MAX_HEADER_CHARS]) for n, v in headers[:MAX_HEADERS])
    return Page(url, status, kept, body[:MAX_BODY_BYTES], len(body) > MAX_BODY_BYTES)


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://")) and len(url) <= MAX_URL_CHARS


def _instant(text: str) -> datetime | None:
    """An ISO 8601 instant; one without a zone is taken for UTC."""
    try:
        found = datetime.fromisoformat(text)
        return (found.replace(tzinfo=UTC) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# ---------------------------------------------------------------- HAR 1.2


def _har(plain: bytes, name: str) -> Iterator[Exchange]:
    """http://www.softwareishard.com/blog/har-12-spec/ ; `_resourceType` is Chromium's."""
    try:
        log = json.loads(plain)
        entries = log["log"]["entries"]
    except (ValueError, RecursionError, KeyError, TypeError) as e:
        is_deep = isinstance(e, RecursionError)
        why = "it is nested too deep" if is_deep else f"{type(e).__name__}: {e}"
        raise InputError(f"{name} is JSON, but no HAR 1.2: {why}"[:300]) from None
    if not isinstance(entries, list):
        raise InputError(f"{name} is JSON, but no HAR 1.2: log.entries is no list")
    for entry in entries[:MAX_EXCHANGES]:
        found = _har_entry(entry)
        if found is not None:
            yield found


def _har_entry(entry: Any) -> Exchange | None:
    """One entry; None for what is no answered GET, or not as the format says."""
    try:
        request, response = entry["request"], entry["response"]
        url, status = request["url"], response["status"]
        if request["method"] != "GET" or not _is_web(url) or not 100 <= status < 600:
            return None
        pairs = [(h["name"], h["value"]) for h in response["headers"][:MAX_HEADERS]]
        headers = [(str(n), str(v)) for n, v in pairs]
        content = response.get("content") or {}
        text, is_base64 = content.get("text") or "", content.get("encoding") == "base64"
        body, headers = _har_body(text, headers, is_base64=is_base64)
        kind, address = entry.get("_resourceType"), entry.get("serverIPAddress")
        at = _instant(str(entry.get("startedDateTime")))
    except (KeyError, TypeError, AttributeError, ValueError):
        return None
    return Exchange(
        _page(url, int(status), headers, body),
        at,
        address if isinstance(address, str) and 0 < len(address) <= 45 else None,
        kind if isinstance(kind, str) else "",
    )


def _har_body(
    text: str, headers: list[tuple[str, str]], *, is_base64: bool
) -> tuple[bytes, list[tuple[str, str]]]:
    """The body, decoded in either case, and the headers that fit it."""
    kept = [(n, v) for n, v in headers if n.lower() not in {"content-encoding", "content-length"}]
    if is_base64:
        try:
            # Three bytes of four characters; the rest would be cut anyway.
            packed = "".join(text.split())[: (MAX_BODY_BYTES + 3) // 3 * 4 + 4]
            return base64.b64decode(packed, validate=True), kept
        except binascii.Error as e:
            raise ValueError(str(e)) from None
    # It is text by now, whatever charset it was sent in.
    written = [
        (n, f"{v.partition(';')[0]}; charset=utf-8" if n.lower() == "content-type" else v)
        for n, v in kept
    ]
    return text[: MAX_BODY_BYTES + 1].encode("utf-8", "replace"), written


# ---------------------------------------------------------------- WARC


def _warc(plain: bytes, name: str) -> Iterator[Exchange]:
    found: list[Exchange] = []
    try:
        # It talks to stderr about files that it mends.
        with redirect_stderr(StringIO()):
            for number, record in enumerate(ArchiveIterator(BytesIO(plain))):
                if number >= MAX_EXCHANGES:
                    break
                read = _warc_record(record)
                if read is not None:
                    found.append(read)
    except Exception as e:
        # The reader meets whatever bytes somebody made up, and raises what it happens to run into.
        if not found:
            raise InputError(f"{name} is no WARC that can be read: {e}"[:300]) from None
    yield from found


def _warc_record(record: Any) -> Exchange | None:
    """One record; None for what is no response."""
    headers, http = record.rec_headers, record.http_headers
    url = (headers.get_header("WARC-Target-URI") or "").strip("<>")
    if record.rec_type != "response" or http is None or not _is_web(url):
        return None
    status = http.get_statuscode()
    if not (status.isascii() and status.isdigit() and 100 <= int(status[:4]) < 600):
        return None
    body = record.raw_stream.read(MAX_BODY_BYTES + 1)
    pairs = [(n, v) for n, v in http.headers if isinstance(v, str)]
    encodings = [v for n, v in pairs if n.lower() == "content-encoding"]
    if "chunked" in (http.get_header("Transfer-Encoding") or "").lower():
        body = _dechunked(body)
    try:
        body = decode(body, encodings, MAX_BODY_BYTES + 1).body
    except UnreadableEncodingError:
        return None
    outdated = {"content-encoding", "transfer-encoding", "content-length"}
    kept = [(n, v) for n, v in pairs if n.lower() not in outdated]
    at = _instant(headers.get_header("WARC-Date") or "")
    address = headers.get_header("WARC-IP-Address")
    return Exchange(_page(url, int(status), kept, body), at, address[:45] if address else None)


def _dechunked(body: bytes) -> bytes:
    reader = ChunkedDataReader(BytesIO(body), decomp_type=None)
    out = bytearray()
    while part := reader.read(_STEP_BYTES):
        out += part
    return bytes(out)
