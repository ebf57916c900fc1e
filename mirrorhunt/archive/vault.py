"""The vault: files by what is in them.

A file's name is its SHA-256, so that the same bytes are kept once and a file can say by itself
whether it is still what it was. Written whole or not at all: beside, synced, then renamed. What a
crash leaves is one file in ``incoming``, which the next start clears away.
"""

import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import EDQUOT, EFBIG, ENOSPC
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp

from mirrorhunt.config import Config
from mirrorhunt.errors import DamagedError, QuotaError, StoreError

if sys.platform != "win32":
    import fcntl

INCOMING = "incoming"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_FULL = frozenset({ENOSPC, EDQUOT, EFBIG})
_ATTEMPTS = 3
"""Another process that starts at that very instant may take our new file for a leftover."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of the vault as its folder shows it."""

    digest: str
    size_bytes: int
    written_at: float
    """When it was last put there, in seconds since 1970 by the machine's clock."""


class Vault:
    """The folder *path*, of at most *quota_bytes*. Made when the first file is put there.

    May be used from several threads, and by several processes that each count their own additions
    on top of what was there when they began.
    """

    def __init__(self, path: Path, quota_bytes: int) -> None:
        self._path = path
        self._quota_bytes = quota_bytes
        self._lock = threading.Lock()
        self._used_bytes: int | None = None

    @classmethod
    def of(cls, config: Config) -> "Vault":
        """The vault that *config* names."""
        return cls(config.archive_path, config.archive_quota_mib * 1024 * 1024)

    @property
    def path(self) -> Path:
        """The folder."""
        return self._path

    @property
    def used_bytes(self) -> int:
        """How much is in it: counted once, then kept. Raises StoreError."""
        with self._lock, _disk(self._path):
            return self._begin()

    def put(self, data: bytes) -> str:
        """Keep *data* and return its digest. On disk for good when this returns.

        Raises QuotaError if there is no room, or StoreError; nothing is left half-written.
        """
        digest = sha256(data).hexdigest()
        place = self.path_of(digest)
        with _disk(self._path):
            if _holds(place, data):
                # Asked for again: not for those who clear away what nobody has named for a day.
                os.utime(place)
                return digest
            self._reserve(len(data))
            try:
                self._write(place, data)
            except BaseException:
                self._give_back(len(data))
                raise
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of *digest*. Raises DamagedError if they are gone or not those any more."""
        place = self.path_of(digest)
        try:
            data = place.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise DamagedError(
                f"the archive {str(self._path)!r} has no file {digest}: was another archive meant "
                "(setting `archive`), or was it removed by hand?"
            ) from None
        except OSError as e:
            raise StoreError(f"the archive cannot be read: {e}") from None
        found = sha256(data).hexdigest()
        if found != digest:
            raise DamagedError(
                f"{str(place)!r} is damaged: its SHA-256 is {found}; restore it from a copy"
            )
        return data

    def path_of(self, digest: str) -> Path:
        """Where the file of *digest* is, or would be. Raises StoreError for what is none."""
        if not _DIGEST.fullmatch(digest):
            raise StoreError(f"{digest[:80]!r} is no SHA-256 in lower-case hex")
        return self._path / digest[:2] / digest[2:4] / digest

    def holds(self, digest: str) -> bool:
        """True if there is a file of that name."""
        return self.path_of(digest).is_file()

    def digests(self) -> Iterator[str]:
        """All that is there, in order."""
        return (stored.digest for stored in self.files())

    def files(self) -> Iterator[Stored]:
        """All files that are there, in the order of their digests. Raises StoreError."""
        with _disk(self._path):
            for first in _entries(self._path, 2):
                for second in _entries(first, 2):
                    for file in _entries(second, 64):
                        with suppress(FileNotFoundError):
                            stat = file.stat()
                            yield Stored(file.name, stat.st_size, stat.st_mtime)

    def remove(self, digest: str) -> int:
        """Remove the file of *digest*; returns the bytes freed, 0 if it was not there.

        Only for who has made sure that nothing names it. Raises StoreError.
        """
        place = self.path_of(digest)
        with _disk(self._path):
            try:
                size_bytes = place.stat().st_size
                place.unlink()
            except (FileNotFoundError, NotADirectoryError):
                return 0
        self._give_back(size_bytes)
        return size_bytes

    # ------------------------------------------------------------ room

    def _begin(self) -> int:
        """How much is used; at the first call, after a crash's leftovers have gone."""
        if self._used_bytes is None:
            for left in _entries(self._path / INCOMING, 0):
                _remove_if_left(left)
            self._used_bytes = sum(stored.size_bytes for stored in self.files())
        return self._used_bytes

    def _reserve(self, size_bytes: int) -> None:
        with self._lock:
            used_bytes = self._begin()
            if used_bytes + size_bytes > self._quota_bytes:
                raise QuotaError(
                    f"the archive {str(self._path)!r} is full: {used_bytes:,} of "
                    f"{self._quota_bytes:,} bytes are used; raise archive_quota_mib, or run "
                    "`mirrorhunt archive prune` with fewer archive_days"
                )
            self._used_bytes = used_bytes + size_bytes

    def _give_back(self, size_bytes: int) -> None:
        with self._lock:
            if self._used_bytes is not None:
                self._used_bytes = max(0, self._used_bytes - size_bytes)

    # ------------------------------------------------------------ writing

    def _write(self, place: Path, data: bytes) -> None:
        for attempt in range(_ATTEMPTS):
            try:
                self._write_once(place, data)
            except FileNotFoundError:
                if attempt + 1 == _ATTEMPTS:
                    raise
            else:
                return

    def _write_once(self, place: Path, data: bytes) -> None:
        incoming = self._path / INCOMING
        for folder in (incoming, place.parent):
            _make(folder)
        handle, name = mkstemp(dir=incoming)
        try:
            with os.fdopen(handle, "wb") as file:
                if sys.platform != "win32":
                    # Held until it is closed, even by a kill: so a leftover can be told.
                    fcntl.flock(file, fcntl.LOCK_EX)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                os.replace(name, place)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise
        _sync(place.parent)


def _holds(place: Path, data: bytes) -> bool:
    """True if *place* has *data* already. A damaged file has not, and is written anew."""
    try:
        return place.stat().st_size == len(data) and place.read_bytes() == data
    except (FileNotFoundError, NotADirectoryError):
        return False


def _entries(folder: Path, length: int) -> list[Path]:
    """What is in *folder* under names that we give there, in order; *length* 0: anything."""
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
    return [folder / n for n in names if not length or _is_ours(n, length)]


def _is_ours(name: str, length: int) -> bool:
    return len(name) == length and not name.strip("0123456789abcdef")


def _remove_if_left(file: Path) -> None:
    """Remove *file* unless somebody is writing it."""
    with suppress(OSError):
        if sys.platform == "win32":
            # What is open cannot be removed there.
            file.unlink()
            return
        with file.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.unlink()


def _make(folder: Path) -> None:
    """Make *folder* and what is above it, each entry synced."""
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    """Bring the names in *folder* to the disk."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    """Turn what the file system says into one line."""
    try:
        yield
    except OSError as e:
        if e.errno in _FULL:
            raise QuotaError(
                f"no room for the archive {str(path)!r}: {e.strerror}; free some, or set "
                "`archive` to a folder on another disk"
            ) from e
        raise StoreError(f"the archive {str(path)!r} cannot be used: {e}") from e
