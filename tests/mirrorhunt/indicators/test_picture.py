"""A hash of the page's picture."""

import io
import struct
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from mirrorhunt.indicators import observe
from mirrorhunt.indicators.picture import distance, picture_hash
from mirrorhunt.rendering import Rendering
from tests import make


def drawn(
    seed: int = 0, *, width: int = 640, height: int = 900, rows: int = 12, kind: str = "PNG"
) -> bytes:
    """A page: a bar, a box at a place of its own, rows of text."""
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    unit = width // 16
    pen.rectangle((0, 0, width, unit), fill=(20, 30 + seed * 40 % 200, 60))
    at = (1 + seed * 5 % 9) * unit
    pen.rectangle((at, 2 * unit, at + 5 * unit, (5 + seed % 4) * unit), fill=(0, 0, 0))
    for n in range(rows):
        top = 10 * unit + n * unit // 2
        pen.rectangle(
            (unit, top, unit * (4 + (n * 7 + seed * 3) % 11), top + 6), fill=(90, 90, 90)
        )
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    return buffer.getvalue()


def blank(colour: str, size: tuple[int, int] = (640, 900)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def a_word_on_white() -> bytes:
    picture = Image.new("RGB", (1280, 1280), "white")
    ImageDraw.Draw(picture).text((40, 40), "Loading", fill="black")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of few bytes that says it is as large as that."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack("!I", zlib.crc32(kind + data))
        return struct.pack("!I", len(data)) + kind + data + crc

    header = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0" * 10_000_000, 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<html>no picture</html>", id="no-picture"),
        pytest.param(drawn()[:400], id="cut"),
        pytest.param(blank("white"), id="white"),
        pytest.param(blank("black"), id="black"),
        pytest.param(blank("#20c040"), id="one-colour"),
        pytest.param(blank("white", (1, 1)), id="one-pixel"),
        # A word on white looks like every other word on white.
        pytest.param(a_word_on_white(), id="hardly-anything"),
        pytest.param(bomb(60_000, 60_000), id="bomb"),
        pytest.param(bomb(1, 2**31 - 1), id="bomb-of-one-column"),
        # Formats that no browser of ours writes are not even tried.
        pytest.param(drawn(kind="TIFF"), id="tiff"),
        pytest.param(drawn(kind="GIF"), id="gif"),
        pytest.param(b"RIFF\xff\xff\xff\x7fWEBPVP8 " + b"\0" * 100, id="broken-webp"),
    ],
)
def test_what_shows_nothing_has_no_hash(data: bytes) -> None:
    assert picture_hash(data) is None


@given(st.binary(max_size=400), st.sampled_from([b"", drawn()[:60], b"\xff\xd8\xff", b"RIFF"]))
def test_arbitrary_bytes_never_raise(data: bytes, start: bytes) -> None:
    assert picture_hash(start + data) is None or len(start) > 4


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(drawn(kind="WEBP"), id="another-format"),
        pytest.param(drawn(kind="JPEG"), id="another-format-with-losses"),
        pytest.param(drawn(width=1280, height=1800), id="twice-as-large"),
        # What differs from one mirror to the next is how many matches there are today.
        pytest.param(drawn(height=4000), id="longer"),
    ],
)
def test_the_same_page_keeps_its_hash_nearly(other: bytes) -> None:
    first, second = picture_hash(drawn()), picture_hash(other)
    assert first is not None
    assert second is not None
    assert distance(first, second) <= 24


def test_other_pages_are_far_apart() -> None:
    hashes = [picture_hash(drawn(seed)) for seed in range(6)]
    apart = [distance(a or "", b or "") for n, a in enumerate(hashes) for b in hashes[:n]]
    assert min(apart) > 40


def test_a_distance_is_of_two_hashes() -> None:
    found = picture_hash(drawn())
    assert found is not None
    assert distance(found, found) == 0
    with pytest.raises(ValueError, match="64 hex digits"):
        distance(found, found[:-2])


def pictured(final_url: str, host: str = "goal.example") -> list[str]:
    seen = make.visit(host, "<p>x</p>")
    shown = Rendering(f"https://{host}/", final_url, 200, screenshot=drawn())
    return [o.value for o in observe(replace(seen, rendering=shown)) if o.kind == "picture"]


def test_a_picture_of_somebody_elses_page_is_not_the_hosts() -> None:
    assert pictured("https://other.example/") == []
    assert pictured("https://www.goal.example/home") == [picture_hash(drawn())]


def test_a_look_without_a_picture_shows_none() -> None:
    seen = make.visit("goal.example", "<p>x</p>")
    assert not [o for o in observe(seen) if o.kind == "picture"]
