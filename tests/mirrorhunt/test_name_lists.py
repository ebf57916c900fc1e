"""Files of names: how they are told apart, unpacked and read."""

import gzip
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt import name_lists
from mirrorhunt.errors import InputError
from mirrorhunt.name_lists import (
    BLOCK_BYTES,
    MAX_LINE_BYTES,
    Junk,
    NameList,
    Reader,
    is_zone,
    read_line,
    read_zone_line,
)


def text_of(packed: bytes) -> tuple[bytes, str]:
    names = NameList(BytesIO(packed), "the list")
    text = b"".join(names.blocks())
    return text, names.cut


# ---------------------------------------------------------------- one line of a list


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b"films", Junk.ONE_LABEL),
        (b"domain,registered", Junk.ONE_LABEL),
        (b"films..example", Junk.EMPTY_LABEL),
        (b".films.example", Junk.EMPTY_LABEL),
        (b"*.", Junk.NO_NAME),
        (b"f" * 64 + b".example", Junk.TOO_LONG),
        (b"f." * 130 + b"example", Junk.TOO_LONG),
        (b"films.example " + b"x" * MAX_LINE_BYTES, Junk.TOO_LONG),
        (b"\x00\x01\x02.example", Junk.BINARY),
        (b"\xff\xfe.example", Junk.BINARY),
        (b"\x80", Junk.BINARY),
        (b"192.0.2.7", Junk.NO_NAME),
        (b"https://films.example/", Junk.NO_NAME),
        (b"-films.example", Junk.NO_NAME),
        (b"films@mail.example", Junk.NO_NAME),
        ("🍿.example".encode(), Junk.NO_NAME),
        (b",films.example", Junk.NO_NAME),
        # Longer than any name, and never handed to a decoder whose time grows with the square.
        ("ü".encode() * 5000, Junk.TOO_LONG),
    ],
)
def test_a_line_without_a_name_is_counted_by_its_kind(line: bytes, kind: Junk) -> None:
    assert read_line(line) is kind


@pytest.mark.parametrize("line", [b"", b"  \t\r", b"# names of today", b"; names"])
def test_comments_and_empty_lines_are_no_junk(line: bytes) -> None:
    assert read_line(line) is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b"films.example", "films.example"),
        (b"FILMS.Example.", "films.example"),
        (b"  films.example\r", "films.example"),
        (b"*.films.example", "films.example"),
        (b'"films.example","2026-11-24"', "films.example"),
        (b"films.example;2026-11-24", "films.example"),
        (b"films.example\tns1.example", "films.example"),
        (b"films.example # new", "films.example"),
        # Underscores occur in the names of certificates and zones.
        (b"_dmarc.films.example", "_dmarc.films.example"),
        ("bühne.example".encode(), "xn--bhne-0ra.example"),
        # Mixed scripts are a name; it looks like none of ours.
        ("fіlms.example".encode(), "xn--flms-l9d.example"),
        ("ｆｉｌｍｓ.example".encode(), "films.example"),
    ],
)
def test_the_first_field_of_a_line_is_its_name(line: bytes, name: str) -> None:
    assert read_line(line) == name


# ---------------------------------------------------------------- one line of a zone file


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b"films 3600 IN NS ns1.host.example.", "films.com"),
        (b"films.example.\t172800\tin\tns\tns1.host.example.", "films.example"),
        (b"www.films NS ns1", "www.films.com"),
        (b"*.films.example. A 192.0.2.1", "films.example"),
        (b"com. NS a.example.", "com"),
        (b"  3600 IN NS ns2.host.example.", None),
        (b"; films", None),
        (b"$TTL 3600", None),
        (b"@ IN SOA ns1 admin 1 2 3 4 5", None),
        (b". NS a.root.example.", None),
        (b"films..example. NS ns1", Junk.EMPTY_LABEL),
        (b"fi\\046lms NS ns1", Junk.NO_NAME),
    ],
)
def test_the_owner_of_a_zone_line_is_its_name(line: bytes, name: str | Junk | None) -> None:
    assert read_zone_line(line, "com") == name


def test_a_relative_name_without_an_origin_is_junk() -> None:
    assert read_zone_line(b"films NS ns1", "") is Junk.ONE_LABEL


def test_an_origin_holds_until_the_next_one_and_over_blocks() -> None:
    reader = Reader()
    first = reader.block(b"$ORIGIN com.\na NS n\n$origin co ; below\nb NS n\n")
    second = reader.block(b"c NS n\n$ORIGIN example.\nd NS n\n$ORIGIN ..\ne NS n\n")

    assert [first.read(i, line) for i, line in enumerate(first.text.split(b"\n"))] == [
        None,
        "a.com",
        "co.com",
        "b.co.com",
        None,
    ]
    assert [second.read(i, line) for i, line in enumerate(second.text.split(b"\n"))] == [
        "c.co.com",
        None,
        "d.example",
        None,
        Junk.ONE_LABEL,
        None,
    ]


@pytest.mark.parametrize(
    "text",
    [
        b"films.example\nother.example\n",
        b"domain,ns\nfilms.example,ns1.example\n",
        b"films.example in the news\n",
        b"# $ORIGIN com.\nfilms.example\n",
        b"",
        b"\x00\xff\n",
    ],
)
def test_a_list_is_no_zone_file(text: bytes) -> None:
    assert not is_zone(text)


@pytest.mark.parametrize(
    "text",
    [
        b"; comment\n$ORIGIN com.\n",
        b"films.example.\t172800\tin\tns\tns1.example.\n",
        b"FILMS NS NS1.EXAMPLE.\nOTHER NS NS1.EXAMPLE.\n",
        b"example. 3600 IN SOA ns1.example. admin.example. 1 2 3 4 5\n",
    ],
)
def test_a_zone_file_is_told_by_its_lines(text: bytes) -> None:
    assert is_zone(text)


# ---------------------------------------------------------------- packed, cut, endless


@given(st.binary(max_size=2000), st.booleans())
def test_whatever_is_in_a_file_comes_out_as_whole_lines(text: bytes, is_packed: bool) -> None:
    if not is_packed and text.startswith((b"\x1f\x8b", b"PK", b"BZh", b"\xfd", b"\x28")):
        return
    found, cut = text_of(gzip.compress(text) if is_packed else text)

    assert found == (text if text.endswith(b"\n") or not text else text + b"\n")
    assert cut == ""


def test_members_one_after_the_other_and_padding_are_one_text() -> None:
    packed = gzip.compress(b"a.example\n") + gzip.compress(b"b.example\n") + b"\0" * 600

    assert text_of(packed) == (b"a.example\nb.example\n", "")


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_what_was_read_before_a_cut_counts(kept: float) -> None:
    lines = b"".join(b"films%d.example\n" % (i * i) for i in range(60_000))
    packed = gzip.compress(lines)
    text, cut = text_of(packed[: int(len(packed) * kept)])

    assert cut == "its end is missing"
    assert len(text) > len(lines) * kept * 0.5
    assert lines.startswith(text[:-1])


def test_a_damaged_file_is_read_up_to_the_damage() -> None:
    packed = bytearray(gzip.compress(b"films.example\n" * 50_000))
    packed[-8] ^= 1
    text, cut = text_of(bytes(packed))

    assert len(text) > 600_000
    assert cut.startswith("it is damaged")


def test_what_follows_the_packed_text_and_is_none_is_damage() -> None:
    text, cut = text_of(gzip.compress(b"films.example\n") + b"<html>")

    assert (text, cut[:16]) == (b"films.example\n", "it is damaged: E")


def test_a_line_without_an_end_takes_no_memory() -> None:
    # 64 MiB of one line from 64 KiB: never held, and junk in the end.
    packed = gzip.compress(b"x" * (64 << 20) + b"\nfilms.example\n")
    names = NameList(BytesIO(packed), "the list")
    blocks = list(names.blocks())

    assert max(map(len, blocks)) <= 2 * BLOCK_BYTES + MAX_LINE_BYTES
    first, second, rest = b"".join(blocks).split(b"\n")
    assert read_line(first) is Junk.TOO_LONG
    assert (second, rest) == (b"films.example", b"")


@pytest.mark.parametrize(
    ("start", "what"), [(b"PK\x03\x04", "zip"), (b"BZh9", "bzip2"), (b"\xfd7zXZ\x00", "xz")]
)
def test_an_archive_is_refused_with_the_way_to_unpack_it(start: bytes, what: str) -> None:
    with pytest.raises(InputError, match=f"{what} .*unpack it.*mirrorhunt scan -"):
        NameList(BytesIO(start + b"\0" * 100), "new.zip")


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read .*gone"):
        name_lists.check([str(tmp_path / "gone")])
    with pytest.raises(InputError, match="cannot read"):
        name_lists.check([str(tmp_path)])


def test_a_hunt_reads_no_feed_from_standard_input() -> None:
    with pytest.raises(InputError, match="mirrorhunt scan -"):
        name_lists.check(["-"])
