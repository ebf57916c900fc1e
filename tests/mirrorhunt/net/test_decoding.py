"""Content encodings, as servers get them wrong and as attackers mean them."""

import gzip
import os
import zlib
from collections.abc import Callable

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.net.decoding import Decoded, UnreadableEncodingError, decode

LIMIT = 1024 * 1024
PAGE = b"<html><title>Films</title>" + os.urandom(3000).hex().encode() + b"</html>"


def _raw_deflate(body: bytes) -> bytes:
    squeezer = zlib.compressobj(wbits=-15)
    return squeezer.compress(body) + squeezer.flush()


ENCODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    # What Microsoft's servers once sent under that name.
    "raw deflate": ("deflate", _raw_deflate),
    "brotli": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
}
each_encoding = pytest.mark.parametrize("name", list(ENCODERS))


@each_encoding
def test_a_body_comes_out_whole(name: str) -> None:
    header, encode = ENCODERS[name]
    assert decode(encode(PAGE), [header], LIMIT) == Decoded(PAGE)


@each_encoding
def test_a_body_as_long_as_the_bound_is_not_cut(name: str) -> None:
    header, encode = ENCODERS[name]
    assert decode(encode(PAGE), [header], len(PAGE)) == Decoded(PAGE)
    assert decode(encode(PAGE), [header], len(PAGE) - 1) == Decoded(PAGE[:-1], is_cut=True)


@each_encoding
def test_a_bomb_is_cut_at_the_bound(name: str) -> None:
    header, encode = ENCODERS[name]
    found = decode(encode(b"\0" * 50_000_000), [header], LIMIT)
    assert len(found.body) == LIMIT
    assert found.is_cut


@each_encoding
def test_a_stream_that_breaks_off_gives_what_it_holds(name: str) -> None:
    header, encode = ENCODERS[name]
    # zstd gives blocks of 128 KiB or nothing.
    page = b"<html>" + os.urandom(200_000).hex().encode()
    body = encode(page)
    found = decode(body[: len(body) * 3 // 4], [header], LIMIT)
    assert found.is_cut
    assert not found.is_raw
    assert len(found.body) > 1000
    assert page.startswith(found.body)


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_a_stream_that_holds_nothing_yet_is_empty_and_not_shown_as_text(name: str) -> None:
    header, encode = ENCODERS[name]
    assert decode(encode(PAGE)[:16], [header], LIMIT) == Decoded(b"", is_cut=True)


@each_encoding
def test_a_plain_body_under_a_false_header_is_given_as_it_came(name: str) -> None:
    header, _ = ENCODERS[name]
    assert decode(PAGE, [header], LIMIT) == Decoded(PAGE, is_raw=True)


@pytest.mark.parametrize("header", ["identity", "", "UTF-8", "none", "identity, utf-8"])
def test_what_is_no_encoding_changes_nothing(header: str) -> None:
    assert decode(PAGE, [header], LIMIT) == Decoded(PAGE)


def test_a_wrong_checksum_does_not_cost_the_page() -> None:
    body = bytearray(gzip.compress(PAGE))
    body[-8] ^= 0xFF
    assert decode(bytes(body), ["gzip"], LIMIT) == Decoded(PAGE, is_cut=True)


def test_layers_are_taken_off_in_the_order_opposite_to_the_header() -> None:
    body = brotli.compress(gzip.compress(PAGE))
    assert decode(body, ["gzip, br"], LIMIT) == Decoded(PAGE)
    assert decode(body, ["gzip", "br"], LIMIT) == Decoded(PAGE)


@pytest.mark.parametrize(
    "header", ["lzma", "aes128gcm", ", ".join(["gzip"] * 1000), "gzip,gzip,gzip,gzip"]
)
def test_unknown_and_too_many_encodings_are_told(header: str) -> None:
    with pytest.raises(UnreadableEncodingError):
        decode(gzip.compress(PAGE), [header], LIMIT)


def test_several_members_are_one_body_and_padding_is_none() -> None:
    body = gzip.compress(b"one ") + gzip.compress(b"two")
    assert decode(body, ["gzip"], LIMIT) == Decoded(b"one two")
    assert decode(body + b"\0" * 100, ["gzip"], LIMIT) == Decoded(b"one two")
    assert decode(zstd.compress(b"one ") * 2, ["zstd"], LIMIT) == Decoded(b"one one ")


def test_members_without_content_are_not_counted_for_ever() -> None:
    found = decode(gzip.compress(b"") * 10_000 + gzip.compress(PAGE), ["gzip"], LIMIT)
    assert found == Decoded(b"", is_cut=True)


def test_an_empty_body_is_empty_under_any_header() -> None:
    assert decode(b"", ["gzip"], LIMIT) == Decoded(b"")
    assert decode(gzip.compress(b""), ["gzip"], LIMIT) == Decoded(b"")


@given(
    body=st.binary(max_size=400),
    headers=st.lists(st.sampled_from(["gzip", "deflate", "br", "zstd"]), max_size=3),
    limit=st.integers(0, 300),
)
def test_no_bytes_do_anything_but_give_bounded_bytes(
    body: bytes, headers: list[str], limit: int
) -> None:
    assert len(decode(body, headers, limit).body) <= limit


@given(
    page=st.binary(max_size=2000),
    at=st.integers(0, 10_000),
    name=st.sampled_from(sorted(ENCODERS)),
)
def test_a_damaged_stream_never_raises(page: bytes, at: int, name: str) -> None:
    header, encode = ENCODERS[name]
    body = bytearray(encode(page))
    body[at % len(body)] ^= 0x41
    assert len(decode(bytes(body), [header], 1000).body) <= 1000
