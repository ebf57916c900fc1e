"""The deliveries on disk, as they are served: what a manifest lists, and no other file.

A name from a request is looked up in the manifest, never joined to a path before: no path leads
out of a delivery. What is opened is opened folder by folder and follows no link.
"""

import hashlib
import json
import os
import stat
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from mirrorhunt.delivering import placing
from mirrorhunt.delivering.files import MANIFEST, SIGNATURE, listed
from mirrorhunt.delivering.verifying import MAX_MANIFEST_BYTES
from mirrorhunt.feeds import Feed

_MAX_SIGNATURE_BYTES = 4096
_KEPT = 32
"""Manifests that are kept in memory."""
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery that can be loaded."""

    folder: Path
    serial: int
    at: datetime
    manifest: Mapping[str, Any]
    digests: Mapping[str, tuple[str, int]]
    """SHA-256 and bytes of each file, its manifest and signature among them."""


class DamagedDeliveryError(Exception):
    """A delivery that is not as its manifest says: one line for the operator."""


class Shelf:
    """The deliveries of *feeds*. Reads the disk: not for an event loop."""

    def __init__(self, feeds: tuple[Feed, ...]) -> None:
        self.feeds = {feed.name: feed for feed in feeds}
        self._kept: OrderedDict[tuple[object, ...], Delivery] = OrderedDict()

    def delivery(self, feed: str, serial: int | None = None) -> Delivery | None:
        """The one that stands, or an earlier one that is still there; None if there is none.

        What is above the one that stands is being written, or was taken back.
        """
        configured = self.feeds.get(feed)
        if configured is None:
            return None
        for _ in range(_TRIES):
            stands = placing.current(configured.folder)
            if stands is None or (serial is not None and serial > stands):
                return None
            wanted = stands if serial is None else serial
            found = self._read(placing.of_serial(configured.folder, wanted), wanted)
            if found is not None or serial is not None:
                return found
            # Removed since `current` was read: another one stands by now.
        return None

    def open(self, delivery: Delivery, file: str) -> BinaryIO | None:
        """*file* of *delivery*; None if it does not list it, or is gone from the disk.

        Raises DamagedDeliveryError where the file is not what the manifest says it is.
        """
        known = delivery.digests.get(file)
        if known is None:
            return None
        try:
            opened = _open(delivery.folder, file)
        except FileNotFoundError:
            if delivery.folder.is_dir():
                raise DamagedDeliveryError(f"{str(delivery.folder / file)!r} is gone") from None
            return None  # The whole delivery was removed: there are newer ones.
        except OSError as e:
            path = str(delivery.folder / file)
            raise DamagedDeliveryError(f"{path!r} cannot be served: {e.strerror}") from None
        about = os.fstat(opened.fileno())
        if not stat.S_ISREG(about.st_mode) or about.st_size != known[1]:
            opened.close()
            path = str(delivery.folder / file)
            raise DamagedDeliveryError(f"{path!r} is not as its manifest says")
        return opened

    def _read(self, folder: Path, serial: int) -> Delivery | None:
        try:
            with _open(folder, MANIFEST) as file:
                about = os.fstat(file.fileno())
                key = (str(folder), about.st_ino, about.st_mtime_ns, about.st_size)
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
                text = file.read(MAX_MANIFEST_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as e:
            raise DamagedDeliveryError(f"{str(folder)!r} cannot be read: {e.strerror}") from None
        try:
            if len(text) > MAX_MANIFEST_BYTES:
                raise ValueError("it is too large")
            said = json.loads(text)
            at = datetime.fromisoformat(said["at"])
            if int(said["serial"]) != serial or at.tzinfo is None:
                raise ValueError("it is of another delivery")
            digests = {
                name: (sha256, size) for name, sha256, size in listed(said) if _is_plain(name)
            }
        except (ValueError, KeyError, TypeError, AttributeError) as e:
            raise DamagedDeliveryError(f"{str(folder)!r} has no good manifest: {e!r}") from None
        digests[MANIFEST] = (hashlib.sha256(text).hexdigest(), len(text))
        try:
            with _open(folder, SIGNATURE) as file:
                signature = file.read(_MAX_SIGNATURE_BYTES)
            digests[SIGNATURE] = (hashlib.sha256(signature).hexdigest(), len(signature))
        except OSError:
            pass  # Unsigned.
        self._kept[key] = made = Delivery(folder, serial, at, said, digests)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return made


def _is_plain(path: str) -> bool:
    """Whether *path* stays in its folder, on any system."""
    parts = path.split("/")
    return path.isprintable() and "\\" not in path and not {"", ".", ".."} & set(parts)


def _open(folder: Path, file: str) -> BinaryIO:
    """Open *file* below *folder* without following a link. Raises OSError."""
    *above, name = file.split("/")
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        for part in above:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        # A pipe would keep whoever opens it waiting.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        return os.fdopen(os.open(name, flags, dir_fd=at), "rb")
    finally:
        os.close(at)
