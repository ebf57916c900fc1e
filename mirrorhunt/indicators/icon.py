"""The site's icon, byte for byte.

Two values of one picture: ``sha256:``, and ``mmh3:`` as Shodan and others index it, so that a
reviewer can look it up there. Default icons of content systems are left to rarity.
"""

import base64
import hashlib
from collections.abc import Iterable

import mmh3

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.model import Observation, Visit

_MIN_BYTES = 100
"""Less is no picture of anybody's own: an empty pixel has 43 (GIF) to 70 bytes (PNG)."""
_MAX_BYTES = 1024 * 1024
_NO_PICTURE = (b"<!doctype", b"<html", b"<head", b"<script", b"{", b"not found", b"404")


def shodan_hash(icon: bytes) -> int:
    """MurmurHash3 (signed, 32 bit) over the base64 form with a line feed each 76 characters.

    The form comes from Python 2's ``encode("base64")`` (blog.shodan.io, deep dive: http.favicon).
    """
    return mmh3.hash(base64.encodebytes(icon), signed=True)


def read(visit: Visit) -> Iterable[Observation]:
    """``sha256:`` and ``mmh3:`` of the icon, if it is a picture."""
    icon = visit.icon
    if icon is None or not _MIN_BYTES <= len(icon) <= _MAX_BYTES:
        return
    start = icon[:64].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_NO_PICTURE):
        return
    yield Observation("icon", f"sha256:{hashlib.sha256(icon).hexdigest()}")
    yield Observation("icon", f"mmh3:{shodan_hash(icon)}")


kinds.offer(Indicator(read), module=__name__)
