"""The site's icon."""

import hashlib

import pytest

from mirrorhunt.indicators.icon import shodan_hash

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.mark.parametrize(
    "icon",
    [
        pytest.param(None, id="not asked for"),
        pytest.param(b"", id="empty"),
        pytest.param(b"GIF89a" + b"\x00" * 37, id="one pixel"),
        # Servers answer a missing icon with their front page or an error page, status 200.
        pytest.param(b"\n<!DOCTYPE html>" + b" " * 500, id="a page"),
        pytest.param(b"<html>" + b" " * 500, id="a page without doctype"),
        pytest.param(b'{"error":"not found"}' + b" " * 500, id="JSON"),
        pytest.param(b"\x89PNG" + b"x" * 2_000_000, id="too large"),
    ],
)
def test_what_is_no_picture_is_not_read(values, icon):
    assert values("icon", "<p>x</p>", icon=icon) == []


def test_an_icon_is_read_by_both_digests(values):
    assert values("icon", "<p>x</p>", icon=PICTURE) == [
        f"sha256:{hashlib.sha256(PICTURE).hexdigest()}",
        f"mmh3:{shodan_hash(PICTURE)}",
    ]


def test_the_hash_is_over_lines_of_base64_and_signed():
    # MurmurHash3 of "aGVsbG8=\n"; without the line feed it would be another.
    import mmh3

    assert shodan_hash(b"hello") == mmh3.hash(b"aGVsbG8=\n")
    assert shodan_hash(b"hello") != mmh3.hash(b"aGVsbG8=")
    assert -(2**31) <= shodan_hash(PICTURE) < 2**31
