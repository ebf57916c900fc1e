"""Content-Encoding undone, within bounds.

Scrapy's own middleware throws a response away when its body grows past DOWNLOAD_MAXSIZE, lets
zlib's and brotli's errors out as they are, and unpacks as many layers as the header names. Here a
bomb is cut at the bound, a broken or cut stream gives what it holds, and layers are counted.
"""

import re
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import brotli  # type: ignore[import-untyped]

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_LAYERS = 3
"""Some servers compress twice by mistake. A header of 8 kB can name a thousand layers."""
MAX_MEMBERS = 64
"""Of one gzip or zstd stream; each may be empty and still costs setting up a decompressor."""
ZSTD_WINDOW_LOG = 23
"""8 MiB, the most that a sender may ask for over HTTP (RFC 9659)."""

_NONE = frozenset({"", "identity", "none", "utf-8", "utf8", "text", "binary", "8bit", "7bit"})
"""What servers write that changes nothing; all but ``identity`` are no content codings."""


class UnreadableEncodingError(Exception):
    """A Content-Encoding that is not known, or too many of them."""


_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
"""Bytes that no text has, in any encoding that pages are written in (ESC is ISO 2022's)."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body without its encodings."""

    body: bytes
    is_cut: bool = False
    """True if there was more than the bound, or less than the stream announced."""
    is_raw: bool = False
    """True if it was not encoded the way its header said, and is given as it came."""


def decode(body: bytes, headers: Sequence[str], limit_bytes: int) -> Decoded:
    """*body* without the encodings that the Content-Encoding *headers* name.

    Neither the result nor anything on the way to it is longer than *limit_bytes*. Raises
    UnreadableEncodingError.
    """
    layers = [layer.strip().lower() for header in headers for layer in header.split(",")]
    layers = [layer for layer in layers if layer not in _NONE]
    if len(layers) > MAX_LAYERS:
        raise UnreadableEncodingError(f"{len(layers)} content encodings on one body")
    is_cut = len(body) > limit_bytes
    body = body[:limit_bytes]
    for layer in reversed(layers):
        decoder = _DECODERS.get(layer)
        if decoder is None:
            raise UnreadableEncodingError(f"content encoding {layer[:40]!r}")
        if not body:
            break
        found, is_whole = decoder(body, limit_bytes)
        if not found and not is_whole and not _CONTROL.search(body[:512]):
            # Not a byte of it came out, and it can be read as it is: the header lies, as with
            # servers that set it for every response.
            return Decoded(body, is_cut=is_cut, is_raw=True)
        body = found
        is_cut = is_cut or not is_whole
    return Decoded(body, is_cut=is_cut)


def _gzip(body: bytes, limit_bytes: int) -> tuple[bytes, bool]:
    """The content and whether it is whole, as of all decoders here."""
    out = b""
    for _ in range(MAX_MEMBERS):
        part, is_whole, body = _inflated(31, body, limit_bytes - len(out))
        out += part
        if not is_whole:
            return out, False
        if not body.startswith(b"\x1f\x8b"):
            # Nothing, or padding, which gzip itself ignores too.
            return out, True
    return out, False


def _deflate(body: bytes, limit_bytes: int) -> tuple[bytes, bool]:
    found, is_whole, _ = _inflated(zlib.MAX_WBITS, body, limit_bytes)
    if found or is_whole:
        return found, is_whole
    # Some servers leave out the zlib wrapper that RFC 9110 §8.4.1.2 asks for.
    found, is_whole, _ = _inflated(-zlib.MAX_WBITS, body, limit_bytes)
    return found, is_whole


_STEP_BYTES = 16 * 1024
_TRAILER_BYTES = 8
"""A gzip checksum and length; zlib's is shorter."""


def _inflated(wbits: int, body: bytes, limit_bytes: int) -> tuple[bytes, bool, bytes]:
    """The content, whether it is whole, and what follows it.

    In steps, as an error takes along what the same call had found before it. The checksum comes
    last and by itself: where it alone is wrong, the content is all there.
    """
    decoder = zlib.decompressobj(wbits)
    out = bytearray()
    rest = body
    try:
        while not decoder.eof:
            length = min(_STEP_BYTES, max(1, len(rest) - _TRAILER_BYTES))
            # One byte above the bound tells a body that ends there from one that goes on.
            room = min(_STEP_BYTES, limit_bytes + 1 - len(out))
            part = decoder.decompress(rest[:length], room)
            rest = decoder.unconsumed_tail + rest[length:]
            out += part
            if len(out) > limit_bytes:
                return bytes(out[:limit_bytes]), False, b""
            if not part and not rest:
                break
    except zlib.error:
        return bytes(out), False, b""
    return bytes(out), decoder.eof, decoder.unused_data + rest


def _brotli(body: bytes, limit_bytes: int) -> tuple[bytes, bool]:
    decoder = brotli.Decompressor()
    out = bytearray()
    given = body
    try:
        while not decoder.is_finished() and len(out) <= limit_bytes:
            part = decoder.process(given, output_buffer_limit=_STEP_BYTES)
            given = b""
            if not part:
                break
            out += part
    except brotli.error:
        return bytes(out[:limit_bytes]), False
    return bytes(out[:limit_bytes]), decoder.is_finished() and len(out) <= limit_bytes


def _zstd(body: bytes, limit_bytes: int) -> tuple[bytes, bool]:
    options = {int(zstd.DecompressionParameter.window_log_max): ZSTD_WINDOW_LOG}
    out = bytearray()
    try:
        for _ in range(MAX_MEMBERS):
            decoder = zstd.ZstdDecompressor(options=options)
            given = body
            while not decoder.eof and len(out) <= limit_bytes:
                part = decoder.decompress(given, _STEP_BYTES)
                given = b""
                out += part
                if not part:
                    break
            if not decoder.eof or len(out) > limit_bytes:
                break
            body = decoder.unused_data
            if not body:
                return bytes(out), True
    except zstd.ZstdError:
        pass
    return bytes(out[:limit_bytes]), False


_DECODERS: dict[str, Callable[[bytes, int], tuple[bytes, bool]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
