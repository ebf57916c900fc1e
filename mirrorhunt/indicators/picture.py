"""How the page looks: a hash of its picture, of which similar pictures nearly share all bits.

256 bits by the discrete cosine transform (the "pHash" of Zauner 2010, sixteen frequencies each
way instead of eight: pages are mostly white, and 64 bits of two white pages are soon the same).
Only the top of the page is looked at, as below it the matches of the day decide.
"""

import io
import warnings
from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.model import Observation, Visit
from mirrorhunt.names import host_of_url, registrable_domain

MAX_PIXELS = 1_600 * 20_000
"""Of a picture that is decoded at all; a larger one is none of ours."""
MAX_PICTURE_BYTES = 16 * 1024 * 1024
_FORMATS = ("WEBP", "PNG", "JPEG")
_SIDE = 64
_FREQUENCIES = 16
_LEAST_SPREAD = 4.0
"""Standard deviation of the grey values (of 255) below which a picture shows nothing."""
_MOST_OF_ONE = 0.985
"""Share of the picture that one grey may have: a line of text on white has no look of its own."""

Grey = NDArray[np.float64]


def read(visit: Visit) -> Iterable[Observation]:
    """64 hex digits; nothing where there is no picture of the host's own, or nothing on it."""
    rendering = visit.rendering
    if rendering is None or not rendering.screenshot:
        return ()
    on = host_of_url(rendering.final_url) or ""
    if (registrable_domain(on) or on) != (registrable_domain(visit.host) or visit.host):
        return ()
    found = picture_hash(rendering.screenshot)
    return () if found is None else (Observation("picture", found),)


def picture_hash(data: bytes) -> str | None:
    """The hash of the picture in *data*; None if it is none, too large, or blank."""
    grey = _grey(data)
    if grey is None or grey.std() < _LEAST_SPREAD:
        return None
    counts = np.bincount(grey.astype(np.uint8).ravel() >> 2, minlength=64)
    if counts.max() > _MOST_OF_ONE * grey.size:
        return None
    cosines = _cosines()
    low = (cosines @ grey @ cosines.T)[:_FREQUENCIES, :_FREQUENCIES].ravel()
    # The first is the brightness of the whole, which is no feature.
    bits = low > np.median(low[1:])
    bits[0] = False
    return np.packbits(bits).tobytes().hex()


def _grey(data: bytes) -> Grey | None:
    """The top of the picture, as wide as high, in `_SIDE` grey values each way."""
    if len(data) > MAX_PICTURE_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                width, height = picture.size
                if not width or not height or width * height > MAX_PIXELS:
                    return None
                # JPEG alone: decoded at a fraction of its size.
                picture.draft("L", (_SIDE * 4, max(1, _SIDE * 4 * height // width)))
                # As transparent pixels have whatever colour, they are made white.
                shown = picture.convert("RGBA") if picture.mode in {"RGBA", "LA", "P"} else picture
                if shown.mode == "RGBA":
                    white = Image.new("RGBA", shown.size, "white")
                    white.alpha_composite(shown)
                    shown = white
                width, height = shown.size
                square = Image.new("L", (width, width), 255)
                square.paste(shown.convert("L").crop((0, 0, width, min(width, height))), (0, 0))
                small = square.resize((_SIDE, _SIDE), Image.Resampling.BOX)
    except Exception:
        # Whatever a decoder stumbles over was sent by whoever drew the page; it is no picture.
        return None
    return np.asarray(small, dtype=np.float64)


@cache
def _cosines() -> Grey:
    """The matrix of the discrete cosine transform (type II, not scaled)."""
    n = np.arange(_SIDE)
    matrix: Grey = np.cos(np.pi / _SIDE * (n[None, :] + 0.5) * n[:, None])
    return matrix


def distance(a: str, b: str) -> int:
    """How many of the 256 bits of two hashes differ. Raises ValueError for a text that is none."""
    left, right = bytes.fromhex(a), bytes.fromhex(b)
    if len(left) != len(right) or len(left) != _FREQUENCIES**2 // 8:
        raise ValueError(f"a picture's hash has {_FREQUENCIES**2 // 4} hex digits: {a!r}, {b!r}")
    return (int.from_bytes(left) ^ int.from_bytes(right)).bit_count()


kinds.offer(Indicator(read), module=__name__)
