"""One look as WARC: what other programs read there, and that it is the same bytes each time."""

import argparse
import gzip
import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from mirrorhunt.archive.warc import media_type_of_picture, warc
from mirrorhunt.model import Availability, Failure, FailureKind, Hop, Visit
from mirrorhunt.page import Page
from mirrorhunt.rendering import Rendering, Requested
from tests import make

TOOL = "mirrorhunt 1.2.3"
AGENT = "Mozilla/5.0 (compatible; mirrorhunt/1.2.3)"
PICTURE = b"RIFF\x00\x00\x00\x00WEBPVP8 "


def full() -> Visit:
    """A look with all that a look can have."""
    first = Page.of("http://films2.example/", b"moved", 301, {"Location": "/it/"})
    last = Page.of(
        "https://films2.example/it/?q=1",
        "<title>Films è</title>".encode(),
        200,
        {"Content-Type": "text/html", "Content-Length": "7", "Transfer-Encoding": "chunked"},
    )
    return replace(
        make.visit(
            "films2.example",
            dns=make.dns("192.0.2.7", nameservers=["ns.dns.example"]),
            certificate=make.certificate("films2.example"),
        ),
        chain=(Hop(first.url, 301, last.url, "redirect"),),
        fetched=(first, last),
        page=last,
        address="192.0.2.7",
        profile="mobile",
        rendering=Rendering(
            url=last.url,
            final_url=last.url,
            status=200,
            dom=b"<html><body>drawn</body></html>",
            requests=(Requested("https://cdn.example/p.js", "script", 200),),
            screenshot=PICTURE,
            browser="Chromium 156.0",
        ),
    )


def records(data: bytes) -> list[tuple[Any, bytes]]:
    return [(r, r.raw_stream.read()) for r in ArchiveIterator(BytesIO(data))]


def is_sound(tmp_path: Path, data: bytes) -> bool:
    """Whether ``warcio check`` finds nothing wrong."""
    file = tmp_path / "look.warc.gz"
    file.write_bytes(data)
    checker = Checker(argparse.Namespace(inputs=[str(file)], verbose=False))
    return bool(checker.process_all() == 0)


def header(record: Any, name: str) -> str | None:
    found: str | None = record.rec_headers.get_header(name)
    return found


def test_the_records_of_a_look(tmp_path: Path) -> None:
    data = warc(full(), tool=TOOL, user_agent=AGENT)
    found = records(data)

    assert is_sound(tmp_path, data)
    assert [(r.rec_type, header(r, "WARC-Target-URI")) for r, _ in found] == [
        ("warcinfo", None),
        ("response", "http://films2.example/"),
        ("request", "http://films2.example/"),
        ("response", "https://films2.example/it/?q=1"),
        ("request", "https://films2.example/it/?q=1"),
        ("resource", "urn:dom:https://films2.example/it/?q=1"),
        ("resource", "urn:fullPage:https://films2.example/it/?q=1"),
        ("metadata", "urn:mirrorhunt:look:films2.example/"),
    ]
    assert {r.rec_headers.protocol for r, _ in found} == {"WARC/1.1"}
    assert {header(r, "WARC-Date") for r, _ in found} == {"2026-11-01T12:00:00Z"}
    assert len({header(r, "WARC-Record-ID") for r, _ in found}) == len(found)
    info, about = found[0][1].decode(), found[0][0]
    assert TOOL in info
    assert AGENT in info
    assert {header(r, "WARC-Warcinfo-ID") for r, _ in found[1:]} == {
        header(about, "WARC-Record-ID")
    }


def test_each_record_can_be_unpacked_by_itself() -> None:
    data = warc(full(), tool=TOOL)
    iterator = ArchiveIterator(BytesIO(data))
    places = [iterator.get_record_offset() for _ in iterator]

    assert all(gzip.decompress(data[p:]).startswith(b"WARC/1.1\r\n") for p in places)


def test_a_response_is_what_was_read_and_says_what_is_not(tmp_path: Path) -> None:
    _, _, _, (last, body), *_ = records(warc(full(), tool=TOOL))

    assert body == "<title>Films è</title>".encode()
    assert last.http_headers.headers == [
        ("content-type", "text/html"),
        ("x-orig-content-length", "7"),
        ("x-orig-transfer-encoding", "chunked"),
        ("content-length", str(len(body))),
    ]
    assert last.http_headers.get_statuscode() == "200"


def test_requests_and_what_was_drawn_belong_to_a_response() -> None:
    found = [record for record, _ in records(warc(full(), tool=TOOL, user_agent=AGENT))]
    ids = [header(r, "WARC-Record-ID") for r in found]

    assert header(found[2], "WARC-Concurrent-To") == ids[1]
    assert header(found[4], "WARC-Concurrent-To") == ids[3]
    assert {header(r, "WARC-Concurrent-To") for r in found[5:]} == {ids[3]}
    assert found[4].http_headers.protocol == "GET"
    assert found[4].http_headers.statusline.split()[0] == "/it/?q=1"
    assert dict(found[4].http_headers.headers) == {"host": "films2.example", "user-agent": AGENT}


def test_the_address_is_that_of_the_last_response_alone() -> None:
    found = [record for record, _ in records(warc(full(), tool=TOOL))]

    addresses = [header(r, "WARC-IP-Address") for r in found]
    assert addresses == [None, None, None, "192.0.2.7", None, None, None, None]


def test_a_failed_last_hop_gives_its_address_to_nobody() -> None:
    broken = replace(full(), page=None, failure=Failure(FailureKind.RESET, "reset"))
    found = [record for record, _ in records(warc(broken, tool=TOOL))]

    assert [header(r, "WARC-IP-Address") for r in found] == [None] * len(found)


def test_all_else_is_in_one_record() -> None:
    about = json.loads(records(warc(full(), tool=TOOL))[-1][1])

    assert about["dns"]["addresses"] == ["192.0.2.7"]
    assert about["certificate"]["names"] == ["films2.example"]
    assert about["chain"][0]["to_url"] == "https://films2.example/it/?q=1"
    assert about["ruling"] == {
        "availability": "live",
        "rule": "test",
        "because": "as the test says",
    }
    assert about["rendering"]["requests"][0]["url"] == "https://cdn.example/p.js"
    assert about["profile"] == "mobile"


def test_a_look_without_a_page_is_kept_too(tmp_path: Path) -> None:
    gone = replace(
        make.visit("films2.example", None, state=Availability.DEAD, dns=make.dns()),
        failure=Failure(FailureKind.UNRESOLVED, "NXDOMAIN"),
    )
    data = warc(gone, tool=TOOL)

    assert is_sound(tmp_path, data)
    assert [r.rec_type for r, _ in records(data)] == ["warcinfo", "metadata"]


def test_what_was_cut_says_so() -> None:
    page = replace(make.page("<p>and so on"), is_cut=True)
    drawn = Rendering(page.url, page.url, 200, dom=b"<p>and so on", is_cut=True)
    visit = replace(make.visit(), page=page, fetched=(page,), rendering=drawn)
    found = [record for record, _ in records(warc(visit, tool=TOOL))]

    cut = [r.rec_type for r in found if header(r, "WARC-Truncated") == "length"]
    assert cut == ["response", "resource"]


def test_the_same_look_is_the_same_bytes() -> None:
    assert warc(full(), tool=TOOL) == warc(full(), tool=TOOL)


def test_another_look_has_other_ids() -> None:
    later = replace(full(), at=make.at(1))
    ids = [
        {header(r, "WARC-Record-ID") for r, _ in records(warc(visit, tool=TOOL))}
        for visit in (full(), later)
    ]

    assert not ids[0] & ids[1]


def test_two_answers_that_are_the_same_have_two_ids(tmp_path: Path) -> None:
    page = make.page("again")
    twice = replace(make.visit(), page=page, fetched=(page, page))
    found = [header(r, "WARC-Record-ID") for r, _ in records(warc(twice, tool=TOOL))]

    assert len(set(found)) == len(found)


def test_instants_are_utc_to_the_microsecond() -> None:
    visit = replace(full(), at=make.NOW.replace(microsecond=120))

    assert header(records(warc(visit, tool=TOOL))[0][0], "WARC-Date") == (
        "2026-11-01T12:00:00.000120Z"
    )


# ---------------------------------------------------------------- written by an adversary

HOSTILE = st.text(st.sampled_from('\r\n\0 :;\tWARC/1.0-ID<>"é\u202e\ud800\U0001f600'), max_size=40)


@settings(max_examples=60)
@given(
    url=HOSTILE,
    header_name=HOSTILE,
    value=HOSTILE,
    status=st.integers(-1, 1000),
    body=st.sampled_from(
        [b"", b"\r\n\r\n", b"WARC/1.1\r\nWARC-Type: response\r\n\r\n", b"\xff\0"]
    ),
)
def test_no_url_and_no_header_can_forge_a_record(
    tmp_path_factory: pytest.TempPathFactory,
    url: str,
    header_name: str,
    value: str,
    status: int,
    body: bytes,
) -> None:
    page = Page("https://films2.example/" + url, status, ((header_name, value),), body)
    hop = Hop(page.url, 301, page.url, "redirect")
    visit = replace(full(), fetched=(page,), page=page, chain=(hop,))
    data = warc(visit, tool=TOOL, user_agent=AGENT)
    found = records(data)

    assert is_sound(tmp_path_factory.mktemp("warc"), data)
    assert [r.rec_type for r, _ in found] == [
        "warcinfo",
        "response",
        "request",
        "resource",
        "resource",
        "metadata",
    ]
    assert found[1][1] == body
    # One line of it is one header.
    assert len(found[1][0].http_headers.headers) <= 2
    assert len(found[2][0].http_headers.headers) == 2


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PICTURE, "image/webp"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
    ],
)
def test_a_picture_is_known_by_its_bytes(data: bytes, kind: str) -> None:
    assert media_type_of_picture(data) == kind
