"""One file over HTTP: validators, 304, gzip, in constant memory (RFC 9110 §8.8, §13)."""

import zlib
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import PurePosixPath
from typing import BinaryIO

import anyio.to_thread

ETAG_CHARS = 32
CHUNK_BYTES = 1 << 18
_WORTH_IT_BYTES = 1024
_GZIP = 16 + zlib.MAX_WBITS
_LEVEL = 5
_TYPES = {
    ".zone": "text/dns",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".csv": "text/csv; charset=utf-8",
    ".eml": "message/rfc822",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
    ".sig": "application/octet-stream",
}
_TEXT = "text/plain; charset=utf-8"
_PACKED = frozenset({".xlsx", ".parquet", ".sig"})
"""Gain nothing from being packed once more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says of the answer that it wants."""

    if_none_match: str = ""
    if_modified_since: str = ""
    accept_encoding: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a file is sent."""

    status: int
    headers: Mapping[str, str]
    is_packed: bool


def answer(file: str, sha256: str, size: int, at: datetime, asked: Asked) -> Answer:
    """How *file*, of *size* bytes and a delivery of *at*, is sent to whoever *asked*."""
    suffix = PurePosixPath(file).suffix
    can_pack = suffix not in _PACKED and size >= _WORTH_IT_BYTES
    is_packed = can_pack and accepts_gzip(asked.accept_encoding)
    etag = f'"{sha256[:ETAG_CHARS]}{"-gzip" if is_packed else ""}"'
    modified = format_datetime(at.astimezone(UTC), usegmt=True)
    headers = {"ETag": etag, "Last-Modified": modified, "Cache-Control": "no-cache"}
    if can_pack:
        headers["Vary"] = "Accept-Encoding"
    if _is_known(asked, etag, modified):
        return Answer(304, headers, is_packed)
    headers["Content-Type"] = _TYPES.get(suffix, _TEXT)
    if is_packed:
        headers["Content-Encoding"] = "gzip"
    else:
        headers["Content-Length"] = str(size)
    return Answer(200, headers, is_packed)


def _is_known(asked: Asked, etag: str, modified: str) -> bool:
    if asked.if_none_match:
        tags = {tag.strip().removeprefix("W/") for tag in asked.if_none_match.split(",")}
        return etag in tags or "*" in tags
    # Exactly, as a date tells nothing of an older delivery that was brought back.
    return asked.if_modified_since.strip() == modified


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether *accept_encoding* lets us pack.

    >>> accepts_gzip("br, gzip;q=0.5"), accepts_gzip("gzip;q=0, *"), accepts_gzip("")
    (True, False, False)
    """
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        coding, *parameters = (text.strip() for text in part.split(";"))
        weight = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            weights[coding] = float(weight)
        except ValueError:
            weights[coding] = 0.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0


async def chunks(opened: BinaryIO, *, is_packed: bool) -> AsyncGenerator[bytes, None]:
    """The bytes to send, a few at a time, read and packed beside the event loop."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP) if is_packed else None

    def step() -> tuple[bytes, bool]:
        data = opened.read(CHUNK_BYTES)
        if packer is None:
            return data, bool(data)
        return (packer.compress(data), True) if data else (packer.flush(), False)

    has_more = True
    while has_more:
        data, has_more = await anyio.to_thread.run_sync(step)
        if data:
            yield data
