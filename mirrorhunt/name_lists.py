"""Files of names as they come: plain lists, tables, zone files, gzipped or not, whole or cut.

Whoever registers a name chooses some of the bytes in here, and a feed can be cut, binary or
endless: memory is bounded by the block, and nothing in a file raises anything.
"""

import re
import sys
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import BinaryIO, NamedTuple

from mirrorhunt.errors import InputError
from mirrorhunt.names import find_host

BLOCK_BYTES = 1 << 20
MAX_LINE_BYTES = 1 << 16
"""Of a longer line no name is believed. A zone file's longest real lines are keys of 4 KiB."""
MAX_ORIGIN_CHARS = 180
_READ_BYTES = 1 << 16
_UNPACKED_BYTES = 1 << 16
"""Unpacked at a time; where a file is damaged, no more than this is lost before the damage."""
_LOOK_BYTES = 1 << 14
"""How much of a list says whether it is a zone file."""

_GZIP = b"\x1f\x8b"
_PACKED = {
    b"PK\x03\x04": ("zip archive", "unzip -p"),
    b"BZh": ("bzip2 file", "bzcat"),
    b"\xfd7zXZ\x00": ("xz file", "xzcat"),
    b"\x28\xb5\x2f\xfd": ("Zstandard file", "zstdcat"),
}
# What ends a name in a list or table; a zone file's fields end at the same bytes.
_FIELDS = bytes.maketrans(b",;\t#", b"    ")
_FIELD_ENDS = (b",", b";", b"\t", b"#", b" ", b'"')
# Plainly a name, but for a last label of digits alone. Linear: a label ends in one way only.
_PLAIN = re.compile(
    rb"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.){1,120}"
    rb"([A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)\.?\Z"
)
_ZONE_LINE = re.compile(
    rb"[^\s;]*[ \t]+(?:[0-9]+[smhdwSMHDW]?[ \t]+|IN[ \t]+|in[ \t]+){0,2}"
    rb"(?i:NS|SOA|A|AAAA|DS|CNAME|MX|TXT|RRSIG|NSEC3?|NSEC3PARAM|DNSKEY)[ \t]"
)
_DIRECTIVE = re.compile(rb"(?im)^\$(?:ORIGIN|TTL|INCLUDE|GENERATE)\b")
_ORIGIN = re.compile(rb"(?im)^\$ORIGIN[ \t]+([^\s;]{1,255})")


class Junk(StrEnum):
    """Why a line holds no name."""

    TOO_LONG = "too long"
    BINARY = "binary"
    """Control bytes, or no UTF-8."""
    EMPTY_LABEL = "empty label"
    ONE_LABEL = "one label"
    """A word, a table's heading, a relative name without an origin."""
    NO_NAME = "no host name"
    """Addresses, URLs, emoji, spaces, a hyphen at a label's end …"""


class NameList:
    """A stream of lines, unpacked."""

    def __init__(self, stream: BinaryIO, shown: str) -> None:
        """Raises InputError for an archive that we do not unpack; *shown* names it there."""
        self.read_bytes = 0
        """How much of the file has been read, packed as it is."""
        self.cut = ""
        """Why the file ended before its end; empty if it did not. What was read before counts."""
        self._stream = stream
        self._shown = shown
        self._first = self._read()
        for magic, (what, command) in _PACKED.items():
            if self._first.startswith(magic):
                raise InputError(
                    f"{shown!r} is a {what}: unpack it, `{command} FILE | mirrorhunt scan -`"
                )

    def blocks(self) -> Iterator[bytes]:
        """The text in blocks of whole lines, each line ended by a newline. Once."""
        held = bytearray()
        for piece in self._unpacked():
            held += piece
            at = held.rfind(b"\n") + 1
            # Of a line that does not end, only so much is kept as shows that it is too long.
            if len(held) - at > MAX_LINE_BYTES + 1:
                del held[at + MAX_LINE_BYTES + 1 :]
            if at >= BLOCK_BYTES:
                yield bytes(held[:at])
                del held[:at]
        if held:
            yield bytes(held) if held.endswith(b"\n") else bytes(held) + b"\n"

    def _read(self) -> bytes:
        try:
            piece = self._stream.read(_READ_BYTES)
        except OSError as e:
            raise InputError(f"cannot read {self._shown!r}: {e}") from None
        self.read_bytes += len(piece)
        return piece

    def _unpacked(self) -> Iterator[bytes]:
        piece, self._first = self._first, b""
        if piece.startswith(_GZIP):
            yield from self._gunzipped(piece)
            return
        while piece:
            yield piece
            piece = self._read()

    def _gunzipped(self, piece: bytes) -> Iterator[bytes]:
        """As Python's gzip does it, but what was read before the cut is not lost."""
        engine = zlib.decompressobj(wbits=31)
        is_within = True
        while piece:
            try:
                text = engine.decompress(piece, _UNPACKED_BYTES)
            except zlib.error as e:
                self.cut = f"it is damaged: {e}"
                return
            if text:
                yield text
            piece = engine.unconsumed_tail
            if engine.eof:
                # Another member may follow, or the padding of a tape.
                piece = engine.unused_data.lstrip(b"\0")
                engine, is_within = zlib.decompressobj(wbits=31), False
                while not piece and (more := self._read()):
                    piece = more.lstrip(b"\0")
                is_within = bool(piece)
            elif not piece:
                piece = self._read()
        if is_within:
            self.cut = "its end is missing"


class Place(NamedTuple):
    """Where an origin begins to hold."""

    line: int
    origin: str


@dataclass(frozen=True)
class Block:
    """Lines, and how they are read."""

    text: bytes
    is_zone: bool
    origins: Sequence[Place]
    """In the order of the lines, the first at 0; an origin is empty where there is none."""

    @property
    def names(self) -> bytes:
        """The text with each line cut after its first field: as many lines, and names in full.

        A line that has no name there is left empty.
        """
        text = self.text.replace(b"\r\n", b"\n") if b"\r" in self.text else self.text
        if self.is_reduced:
            lines = text.translate(_FIELDS, b'"').split(b"\n")
            text = b"\n".join([line.partition(b" ")[0] for line in lines])
        if self.is_zone:
            text = text.replace(b".\n", b"\n")
        if b"*" in text:
            # Nothing but a wildcard is no empty line.
            text = text.replace(b"*.\n", b"*\n")
            text = text.replace(b"\n*.", b"\n").removeprefix(b"*.")
        return text

    @cached_property
    def is_reduced(self) -> bool:
        """True if its lines hold more than one field, or comments."""
        return self.is_zone or any(end in self.text for end in _FIELD_ENDS)

    @property
    def has_origin(self) -> bool:
        """True if a single label is a name all over the block."""
        return self.is_zone and all(place.origin for place in self.origins)

    def read(self, number: int, line: bytes) -> "str | Junk | None":
        """The name in *line*, the block's *number*-th, or why there is none; None where nobody
        expects one: comments, empty lines, a zone file's continued lines."""
        if not self.is_zone:
            return read_line(line)
        at = bisect_right(self.origins, number, key=lambda place: place.line) - 1
        return read_zone_line(line, self.origins[at].origin)


class Reader:
    """Tells how the blocks of one list are read, from the first and from what came before."""

    def __init__(self) -> None:
        self._is_zone: bool | None = None
        """Told by the first block."""
        self._origin = ""

    def block(self, text: bytes) -> Block:
        """*text* as the next block."""
        if self._is_zone is None:
            self._is_zone = is_zone(text)
        origins = [Place(0, self._origin)]
        if self._is_zone and b"$" in text:
            line = at = 0
            for found in _ORIGIN.finditer(text):
                line += text.count(b"\n", at, found.start())
                at = found.start()
                self._origin = _new_origin(found[1], self._origin)
                origins.append(Place(line, self._origin))
        return Block(text, self._is_zone, origins)


def is_zone(text: bytes) -> bool:
    """True if *text* begins as a zone file (RFC 1035 §5.1) does."""
    start = text[:_LOOK_BYTES]
    if _DIRECTIVE.search(start):
        return True
    lines = [line for line in start.split(b"\n")[:200] if line.strip() and line[:1] not in b";#"]
    return sum(1 for line in lines if _ZONE_LINE.match(line)) * 2 > len(lines)


def read_line(line: bytes) -> str | Junk | None:
    """The name that *line* of a list begins with, or why there is none; None for comments and
    empty lines. Raises nothing.

    >>> read_line(b"*.Films1.example,2026-11-24"), read_line(b"# new"), read_line(b"films")
    ('films1.example', None, <Junk.ONE_LABEL: 'one label'>)
    """
    text = line.strip(b" \t\r")
    if not text or text[:1] in b"#;":
        return None
    if len(line) > MAX_LINE_BYTES:
        return Junk.TOO_LONG
    return _name(text.translate(_FIELDS, b'"').partition(b" ")[0])


def read_zone_line(line: bytes, origin: str) -> str | Junk | None:
    """As `read_line`, of a zone file: the owner, made whole with *origin* where it is relative.

    ``$ORIGIN`` itself counts as a name. Lines that go on with the last owner hold none.
    """
    if not line.strip(b" \t\r") or line[:1] in b" \t;":
        return None
    if len(line) > MAX_LINE_BYTES:
        return Junk.TOO_LONG
    if line.startswith(b"$"):
        return origin if _ORIGIN.match(line) and "." in origin else None
    owner = line.rstrip(b"\r").translate(_FIELDS, b'"').partition(b" ")[0].removeprefix(b"*.")
    if owner == b".":
        return None
    if owner == b"@":
        return origin if "." in origin else None
    if not owner.endswith(b"."):
        return _name(owner + b"." + origin.encode("ascii") if origin else owner)
    if b"." in owner[:-1]:
        return _name(owner)
    # The name of a whole suffix, as in its own zone: nobody's, and no junk either.
    suffix = _new_origin(owner, "")
    return suffix or _why_not(owner)


def _name(field: bytes) -> str | Junk:
    text = field.removeprefix(b"*.")
    plain = _PLAIN.match(text) if len(text) <= 253 else None
    if plain is not None and not plain[1].isdigit():
        return text.removesuffix(b".").decode("ascii").lower()
    # Another ASCII text is no name for sure; most junk is, and need not be asked about.
    host = None if text.isascii() else _host(text)
    return host if host is not None else _why_not(text)


def _host(text: bytes) -> str | None:
    # No name of 253 characters takes more bytes; and a decoder's time grows with the square.
    if len(text) > 1100:
        return None
    try:
        return find_host(text.decode("utf-8"))
    except UnicodeDecodeError:
        return None


def _why_not(text: bytes) -> Junk:
    start = text[:1024]
    if any(byte < 0x20 or byte == 0x7F for byte in start) or not _is_utf8(text, start):
        return Junk.BINARY
    if len(text) > 254 or max(map(len, text.split(b"."))) > 63:
        return Junk.TOO_LONG
    if b".." in text or text.startswith(b"."):
        return Junk.EMPTY_LABEL
    label = text.removesuffix(b".")
    if b"." not in label and find_host(f"x.{label.decode('utf-8')}"):
        return Junk.ONE_LABEL
    return Junk.NO_NAME


def _is_utf8(text: bytes, start: bytes) -> bool:
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as e:
        # The last character may have been cut by ourselves.
        return len(start) < len(text) and e.start >= len(start) - 3
    return True


def _new_origin(text: bytes, before: str) -> str:
    """The origin that a directive sets; empty if it cannot be one."""
    written = text.decode("ascii", "replace").lower()
    absolute = written.removesuffix(".")
    if not written.endswith(".") and before:
        absolute = f"{absolute}.{before}"
    if len(absolute) > MAX_ORIGIN_CHARS:
        return ""
    # As in names.find_suffix: a suffix is a host with a label before it.
    found = find_host("x." + absolute)
    return found[2:] if found else ""


def check(files: Iterable[str]) -> None:
    """Raises InputError for the first of *files* that cannot be read."""
    for file in files:
        if file == "-":
            raise InputError("standard input is no feed of a hunt: use `mirrorhunt scan -`")
        with opened(file):
            pass


@contextmanager
def opened(file: str) -> Iterator[NameList]:
    """The list in *file*; ``-`` is standard input. Raises InputError."""
    if file == "-":
        yield NameList(sys.stdin.buffer, "standard input")
        return
    try:
        stream = open(file, "rb")  # noqa: SIM115  Only to open it may fail here.
    except OSError as e:
        raise InputError(f"cannot read {file!r}: {e.strerror or e}") from None
    with stream:
        yield NameList(stream, file)
