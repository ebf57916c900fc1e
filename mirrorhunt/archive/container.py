"""A ZIP in one form alone, so that every byte of it is accounted for.

A package is a ZIP that any program opens. ZIP leaves much open: extra fields, comments, bytes
between members, two directories that disagree. Here a list of names and contents has exactly one
writing: members stored, one after the other, at a fixed date, without anything else. Reading
compares what is there with that writing, byte by byte, so that a changed byte is a changed
content, which digests tell, or a foreign container, which is told here. Nothing is ever
decompressed: no member can be larger than the file (APPNOTE.TXT 6.3.10, §4.3).
"""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from mirrorhunt.errors import InputError

MAX_BYTES = 2**32 - 2
"""Of a package: above it a ZIP needs other structures."""
MAX_MEMBERS = 4_000
MAX_NAME_CHARS = 120
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(?:[./][a-z0-9][a-z0-9_-]*)*", re.ASCII)
_CHUNK = 1 << 20

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION = 20
_MADE_BY_UNIX = 3 << 8 | _VERSION
_DATE = 1 << 5 | 1  # 1980-01-01, the first day there is: when it was made is said inside.
_MODE = 0o100644 << 16


class ForeignError(InputError):
    """A file that is no package, or not as it was written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a member is."""

    name: str
    size_bytes: int
    crc: int
    header_at: int

    @property
    def data_at(self) -> int:
        """Where its content begins."""
        return self.header_at + _LOCAL.size + len(self.name)


def is_name(name: str) -> bool:
    """Whether *name* can be a member's: lower-case ASCII, relative, and leading nowhere else.

    >>> is_name("archive/a-1.warc.gz"), is_name("../a"), is_name("a//b"), is_name("a/.b")
    (True, False, False, False)
    """
    return len(name) <= MAX_NAME_CHARS and _NAME.fullmatch(name) is not None


def write(members: Iterable[tuple[str, bytes]], out: BinaryIO) -> list[Entry]:
    """Write *members* in their order. Raises InputError for what is too much or badly named."""
    entries: list[Entry] = []
    at = 0
    for name, data in members:
        if not is_name(name) or any(name == e.name for e in entries):
            raise InputError(f"no member of a package can be called {name!r}")
        entry = Entry(name, len(data), zlib.crc32(data), at)
        at = entry.data_at + len(data)
        if at > MAX_BYTES or len(entries) >= MAX_MEMBERS:
            raise InputError(
                f"a package holds at most {MAX_MEMBERS} files and {MAX_BYTES >> 20} MiB"
            )
        entries.append(entry)
        out.write(_local(entry))
        out.write(data)
    out.write(_directory(entries, at))
    return entries


def _local(entry: Entry) -> bytes:
    name = entry.name.encode("ascii")
    head = (b"PK\x03\x04", _VERSION, 0, 0, 0, _DATE)
    return _LOCAL.pack(*head, entry.crc, entry.size_bytes, entry.size_bytes, len(name), 0) + name


def _directory(entries: Iterable[Entry], at: int) -> bytes:
    """The end of the file: the central directory, which begins *at*, and the record after it."""
    lines = []
    for entry in entries:
        name = entry.name.encode("ascii")
        head = (b"PK\x01\x02", _MADE_BY_UNIX, _VERSION, 0, 0, 0, _DATE)
        sizes = (entry.crc, entry.size_bytes, entry.size_bytes)
        lines.append(
            _CENTRAL.pack(*head, *sizes, len(name), 0, 0, 0, 0, _MODE, entry.header_at) + name
        )
    directory = b"".join(lines)
    count = len(lines)
    return directory + _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), at, 0)


def read(source: BinaryIO) -> Iterator[tuple[Entry, Iterator[bytes]]]:
    """Each member of *source*, a seekable file, with its content in pieces.

    The content has to be taken before the next member. Raises ForeignError at the first byte that
    `write` would not have written; a wrong checksum is told after the content.
    """
    size = source.seek(0, 2)
    source.seek(0)
    if size > MAX_BYTES:
        raise ForeignError(f"{size} bytes are more than any package has")
    entries: list[Entry] = []
    seen: set[str] = set()
    at = 0
    while (head := source.read(_LOCAL.size))[:4] == b"PK\x03\x04" and len(head) == _LOCAL.size:
        entry = _entry(head, source, at, size)
        if entry.name in seen:
            raise ForeignError(f"two members are called {entry.name!r}")
        if len(entries) >= MAX_MEMBERS:
            raise ForeignError(f"more than {MAX_MEMBERS} members")
        seen.add(entry.name)
        entries.append(entry)
        crc = 0

        def pieces(entry: Entry = entry) -> Iterator[bytes]:
            nonlocal crc
            left = entry.size_bytes
            while left:
                piece = source.read(min(left, _CHUNK))
                if not piece:
                    raise ForeignError(f"{entry.name} ends early")
                left -= len(piece)
                crc = zlib.crc32(piece, crc)
                yield piece

        yield entry, pieces()
        at = entry.data_at + entry.size_bytes
        if source.tell() != at:
            raise AssertionError("the content of a member was not taken")
        if crc != entry.crc:
            raise ForeignError(f"the content of {entry.name} does not fit its checksum")
    _check_end(head + source.read(), entries, at)


def _entry(head: bytes, source: BinaryIO, at: int, size: int) -> Entry:
    """The member whose fixed part is *head*; its name is read."""
    *_, crc, _packed, unpacked, name_length, _extra = _LOCAL.unpack(head)
    raw = source.read(min(name_length, MAX_NAME_CHARS + 1))
    name = raw.decode("ascii", "replace")
    if not is_name(name):
        raise ForeignError(
            f"a member is called {name[:80]!r}: names are lower-case ASCII and lead nowhere else"
        )
    entry = Entry(name, unpacked, crc, at)
    if _local(entry) != head + raw:
        raise ForeignError(
            f"the header of {name!r} is not as we write it: it is compressed, or was changed"
        )
    if entry.data_at + unpacked > size:
        raise ForeignError(f"{name!r} is said to be longer than the file")
    return entry


def _check_end(end: bytes, entries: list[Entry], at: int) -> None:
    if not entries:
        raise ForeignError("no package: it does not begin as a ZIP of ours does")
    if end != _directory(entries, at):
        raise ForeignError(
            "what follows the last member is not the directory of these members: "
            "something was changed, added or cut off"
        )
