"""The folder of a feed.

    DESTINATION/
      current -> deliveries/1795464000     what stands; changed in one rename
      deliveries/1795464000/               a complete delivery: never changed again
      .staging-…/                          one that is being written
      .lock

Whoever follows ``current`` gets the old delivery or the new one, and all files of one, whatever
happens in between. A link is replaced by rename(2), which is atomic; its folder was written and
flushed before.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from mirrorhunt.errors import InputError, LockedError

CURRENT = "current"
_DELIVERIES = "deliveries"
_STAGING = ".staging-"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder of a feed, which is made if it is not there.

    Raises LockedError at once if another delivery holds it, and InputError where it cannot be
    written.
    """
    with writing(folder):
        (folder / _DELIVERIES).mkdir(parents=True, exist_ok=True)
        lock = FileLock(str(folder / ".lock"))
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise LockedError(
                f"another delivery holds {str(folder)!r}; it ends by itself, try again then"
            ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn what the disk says into one InputError line."""
    try:
        yield
    except OSError as e:
        raise InputError(
            f"cannot write in {str(folder)!r}: {e.strerror or e}; what stood there still stands. "
            "Make room, or name another destination"
        ) from None


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A new folder beside the deliveries; thrown away at the end unless it was moved."""
    with writing(folder):
        place = Path(tempfile.mkdtemp(prefix=_STAGING, dir=folder))
        place.chmod(0o755)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def of_serial(folder: Path, serial: int) -> Path:
    """Where the delivery *serial* is, or will be."""
    return folder / _DELIVERIES / str(serial)


def complete(folder: Path, staging: Path, serial: int) -> Path:
    """Flush *staging* and let it be the delivery *serial*, which nobody sees yet."""
    place = of_serial(folder, serial)
    flush(staging)
    if place.exists():  # Of a run that was killed before the ledger knew of it.
        shutil.rmtree(place)
    staging.rename(place)
    _flush_entry(place.parent)
    return place


def current(folder: Path) -> int | None:
    """The serial that ``current`` names; None if there is none."""
    try:
        name = Path(os.readlink(folder / CURRENT)).name
    except OSError:
        return None
    return int(name) if name.isdecimal() else None


def point(folder: Path, serial: int) -> None:
    """Let ``current`` name the delivery *serial*."""
    temporary = folder / f".{CURRENT}.new"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(f"{_DELIVERIES}/{serial}", target_is_directory=True)
    temporary.replace(folder / CURRENT)
    _flush_entry(folder)


def sweep(folder: Path, known: frozenset[int]) -> None:
    """Remove what killed runs left behind: what was being written, and complete deliveries that
    the ledger does not *know* of. What stands stays: the ledger may be an older one, restored."""
    stands = current(folder)
    for place in folder.glob(f"{_STAGING}*"):
        shutil.rmtree(place, ignore_errors=True)
    for place in (folder / _DELIVERIES).iterdir():
        if place.name.isdecimal() and int(place.name) not in known | {stands}:
            shutil.rmtree(place, ignore_errors=True)


def prune(folder: Path, keep: int) -> None:
    """Remove all deliveries but the newest *keep* and the one that stands."""
    serials = sorted(int(p.name) for p in (folder / _DELIVERIES).iterdir() if p.name.isdecimal())
    stands = current(folder)
    for serial in serials[:-keep]:
        if serial != stands:
            shutil.rmtree(of_serial(folder, serial), ignore_errors=True)


def flush(folder: Path) -> None:
    """Have everything in *folder* on disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
        else:
            _flush_entry(path)
    _flush_entry(folder)


def _flush_entry(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
