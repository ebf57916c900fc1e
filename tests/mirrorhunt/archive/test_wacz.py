"""What replay tools read: index, pages, data package."""

import gzip
import json

import pytest
from surt import surt

from mirrorhunt.archive import wacz, warc
from mirrorhunt.archive.wacz import Record
from mirrorhunt.errors import InputError
from tests import packed

DATA = warc.warc(
    packed.look(packed.HOST, "<h1>Films</h1>", screenshot=packed.picture()), tool="a tool"
)


def record(url: str, at: str = "2026-11-01T12:00:00Z", **more: object) -> Record:
    values = {
        "url": url, "at": at, "type": "response", "status": "200", "mime": "text/html",
        "digest": "sha1:A", "offset": 0, "length": 1, "file": "a.warc.gz",
    }  # fmt: skip
    return Record(**(values | more))  # type: ignore[arg-type]


def test_what_can_be_replayed_is_found() -> None:
    found = wacz.records("a.warc.gz", DATA)

    assert [(r.type, r.status, r.mime) for r in found] == [
        ("response", "301", ""),
        ("response", "200", "text/html"),
        ("resource", "", "text/html"),
        ("resource", "", "image/png"),
    ]
    assert {r.url for r in found} >= {f"http://{packed.HOST}/", f"https://{packed.HOST}/"}
    assert all(gzip.decompress(DATA[r.offset : r.offset + r.length]) for r in found)


def test_the_page_is_where_the_look_ended() -> None:
    found = wacz.records("a.warc.gz", DATA)
    page = wacz.page_of(found, f"https://{packed.HOST}/", "Films")

    assert page is not None
    assert (page.url, page.title) == (f"https://{packed.HOST}/", "Films")
    assert wacz.page_of([], None, "") is None


def test_the_index_is_sorted_and_keyed_as_others_do() -> None:
    urls = ["https://b.example/x?b=1&a=2", "https://a.example/", "http://a.example/"]
    packed_index, blocks = wacz.index([record(url) for url in urls])
    lines = gzip.decompress(packed_index).decode().splitlines()

    assert lines == sorted(lines)
    assert {line.split(" ")[0] for line in lines} == {surt(url) for url in urls}
    assert blocks.splitlines()[0].startswith(b"!meta 0 ")


def test_a_long_index_is_cut_into_blocks_that_are_read_alone() -> None:
    found = [record(f"https://a.example/{n}") for n in range(2 * wacz.LINES_PER_BLOCK + 1)]
    data, blocks = wacz.index(found)
    where = [json.loads(line.split(b" ", 2)[2]) for line in blocks.splitlines()[1:]]

    assert [len(gzip.decompress(data[w["offset"] : w["offset"] + w["length"]]).splitlines())
            for w in where] == [1024, 1024, 1]  # fmt: skip


@pytest.mark.parametrize(
    "url",
    ["https://a.example/\x00", "https://[::1", "x" * 5000, "https://ä.example/ b", "", "://", "%"],
)
def test_any_address_gets_a_key_without_a_space(url: str) -> None:
    data, _ = wacz.index([record(url)])
    [line] = gzip.decompress(data).decode().splitlines()
    _, at, rest = line.split(" ", 2)

    assert at == "20261101120000"
    assert json.loads(rest).get("url", "") == url


def test_what_is_no_warc_is_one_line() -> None:
    with pytest.raises(InputError, match=r"a\.warc\.gz is no WARC"):
        wacz.records("a.warc.gz", b"<html>")


@pytest.mark.parametrize("data", [b"", b"x", b"WARC/1.1\r\n", b"\x1f\x8b\x08\x00abc"])
def test_of_a_piece_of_a_warc_nothing_is_found(data: bytes) -> None:
    # The vault has checked the digest: a piece was kept as a piece.
    assert wacz.records("a.warc.gz", data) == []


def test_of_a_warc_that_ends_early_what_is_there_is_found() -> None:
    whole = wacz.records("a.warc.gz", DATA)

    assert wacz.records("a.warc.gz", DATA[: whole[-1].offset]) == whole[:-1]
