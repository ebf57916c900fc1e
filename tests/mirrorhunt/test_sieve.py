"""The sieve loses no line."""

import pytest

from mirrorhunt.sieve import Sieve, lines_at, longer_lines

SIEVE = Sieve(["calciostream", "films", "kinofilm"])


def to_read(text: bytes, *, single_labels: bool = False, blanks: bool = False) -> list[bytes]:
    sifted = SIEVE.sift(text, single_labels=single_labels, blanks=blanks)
    return lines_at(text, sifted.to_read)


def test_plain_names_that_look_like_nothing_are_not_read() -> None:
    text = b"unrelated.example\nwww.other-site12.co.uk\nXN--FLMS-L9D.example\na_b.example\n"
    sifted = SIEVE.sift(text, single_labels=False, blanks=False)

    assert sifted == (4, 0, [])


@pytest.mark.parametrize(
    "line",
    [
        # Free substrings, and words of more than six letters beside the label.
        b"mycalciostreamsite.example",
        b"calciostreamabcdefg.example",
        # Too short to carry a word more.
        b"myfilms.example",
        b"filmshd.example",
        # Eight letters in common at an end.
        b"calciostadio.example",
        b"xxxiostream.example",
    ],
)
def test_what_only_begins_or_ends_alike_is_not_read(line: bytes) -> None:
    assert to_read(line + b"\n") == []


@pytest.mark.parametrize(
    "line",
    [
        b"calciostream.example",
        b"CALCIO-stream24.Example",
        b"www.cdn.calciostream.co.uk",
        b"calciostreamabcdef.example",
        b"abcdefcalciostream.example",
        b"my-kinofilm.example",
        b"films.example",
        b"films12.example",
    ],
)
def test_what_looks_alike_is_read_wherever_it_stands(line: bytes) -> None:
    rest = b"unrelated.example\n"

    for text in (line + b"\n" + rest, rest + line + b"\n", rest + line + b"\n" + rest):
        assert to_read(text) == [line]


@pytest.mark.parametrize(
    "line",
    [
        b"single",
        b"12345",
        b"-",
        b".",
        b"dot.example.",
        b"empty..label.example",
        b".example.com",
        b"-hyphen.example",
        b"hyphen-.example",
        b"address.192",
        b"192.0.2.7",
        b"two words.example",
        b"caf\xc3\xa9.example",
        b"nul\x00.example",
        b"l" * 64 + b".example",
        # Digits are not seen by the sieve, but their number is.
        b"1" * 64 + b"a.example",
    ],
)
def test_what_is_not_plainly_a_name_is_read(line: bytes) -> None:
    rest = b"unrelated.example\n"

    assert to_read(rest + line + b"\n" + rest) == [line]


def test_empty_lines_are_counted_or_read() -> None:
    text = b"\nunrelated.example\n\n123\n"

    assert SIEVE.sift(text, single_labels=False, blanks=False) == (4, 2, [3])
    assert SIEVE.sift(text, single_labels=False, blanks=True) == (4, 0, [0, 2, 3])


def test_a_single_label_is_a_name_where_there_is_an_origin() -> None:
    assert to_read(b"single\nfilms\n", single_labels=True) == [b"films"]


def test_without_patterns_nothing_looks_alike() -> None:
    sifted = Sieve([]).sift(b"films.example\nfilms..example\n", single_labels=False, blanks=False)

    assert sifted == (2, 0, [1])


def test_long_lines_are_found() -> None:
    assert longer_lines(b"aaaa\naaaaa\n\n", 4) == [1]
