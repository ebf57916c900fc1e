"""What others captured, and what passes for it."""

import base64
import contextlib
import gzip
import json
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrorhunt.archive import foreign
from mirrorhunt.archive.foreign import MAX_FILE_BYTES, MAX_PLAIN_BYTES, Foreign, read
from mirrorhunt.archive.warc import warc
from mirrorhunt.errors import InputError
from mirrorhunt.page import MAX_BODY_BYTES
from tests import make

HOST = "films2.example"


def har(*entries: Any) -> bytes:
    return json.dumps({"log": {"version": "1.2", "entries": list(entries)}}).encode()


def entry(url: str = f"https://{HOST}/", text: str = "<p>hi", **changes: Any) -> dict[str, Any]:
    """An answered request, as browsers write it."""
    content = {"size": len(text), "mimeType": "text/html", "text": text}
    made: dict[str, Any] = {
        "startedDateTime": "2026-10-30T12:00:00.123+02:00",
        "serverIPAddress": "192.0.2.7",
        "request": {"method": "GET", "url": url, "headers": []},
        "response": {
            "status": 200,
            "headers": [{"name": "Content-Type", "value": "text/html; charset=iso-8859-1"}],
            "content": content,
        },
    }
    made["response"] |= changes.pop("response", {})
    return made | changes


def of(tmp_path: Path, data: bytes) -> Foreign:
    file = tmp_path / "capture"
    file.write_bytes(data)
    return read(file, HOST)


# ---------------------------------------------------------------- what must not pass


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n", "neither HAR nor WARC nor HTML"),
        (b"hello", "neither HAR nor WARC nor HTML"),
        (b"{", "no HAR 1.2"),
        (b'{"log": []}', "no HAR 1.2"),
        (b'{"log": {"entries": 7}}', "log.entries is no list"),
        pytest.param(b'{"log":' + b"[" * 200_000, "nested too deep", id="a hundred thousand deep"),
        (b"WARC/1.1\r\n", "holds no answer"),
        (b"WARC/1.1\r\nno header at all", "holds no answer|no WARC"),
        (b'{"log": {"entries": []}}', "holds no answer"),
        pytest.param(
            b'{"log": {"entries": ' + b"9" * 10_000 + b"}}", "no HAR 1.2", id="an endless number"
        ),
        (gzip.compress(b"<p>hi", mtime=0)[:-12], "ends in the middle"),
        (b"\x1f\x8b" + b"\xff" * 50, "is damaged"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, data: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why) as e:
        of(tmp_path, data)

    assert "\n" not in str(e.value)
    assert len(str(e.value)) < 400


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read(tmp_path / "nothing", HOST)
    with pytest.raises(InputError, match="directory"):
        read(tmp_path, HOST)


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "large.har"
    with file.open("wb") as f:
        f.truncate(MAX_FILE_BYTES + 1)

    with pytest.raises(InputError, match="is larger than 64 MiB"):
        read(file, HOST)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    packer = zlib.compressobj(9, wbits=31)
    zeros = b"\0" * 2**20
    bomb = b"".join(packer.compress(zeros) for _ in range(MAX_PLAIN_BYTES // 2**20 + 1))

    with pytest.raises(InputError, match="when unpacked"):
        of(tmp_path, bomb + packer.flush())


def test_a_bomb_in_a_response_is_cut(tmp_path: Path) -> None:
    packed = gzip.compress(b"\0" * (MAX_BODY_BYTES * 8), mtime=0)
    [found] = of(tmp_path, record(packed, "Content-Encoding: gzip\r\n")).exchanges

    assert len(found.page.body) == MAX_BODY_BYTES
    assert found.page.is_cut


@pytest.mark.parametrize(
    "bad",
    [
        7,
        None,
        {},
        {"request": {}},
        entry("file:///etc/passwd"),
        entry("data:text/html,hi"),
        entry("https://x.example/" + "a" * 10_000),
        entry(response={"status": "200"}),
        entry(response={"status": 0}),
        entry(response={"headers": [7]}),
        entry(response={"headers": None}),
        entry(response={"content": {"text": "%%%%%", "encoding": "base64"}}),
        entry(response={"content": {"text": 7}}),
        entry(request={"method": "POST", "url": f"https://{HOST}/"}),
    ],
)
def test_an_entry_that_cannot_be_used_is_passed_over(tmp_path: Path, bad: Any) -> None:
    found = of(tmp_path, har(bad, entry())).exchanges

    assert [e.page.url for e in found] == [f"https://{HOST}/"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "log",
                    "entries",
                    "request",
                    "response",
                    "url",
                    "status",
                    "headers",
                    "content",
                    "text",
                ]
            ),
            below,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=150)
@given(st.lists(JSON, max_size=4))
def test_no_json_is_a_fault_of_ours(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Any]
) -> None:
    with contextlib.suppress(InputError):
        of(tmp_path_factory.mktemp("har"), har(*entries))


@settings(max_examples=150)
@given(st.data())
def test_no_damaged_warc_is_a_fault_of_ours(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = bytearray(b"".join(record(b"<p>hi") for _ in range(3)))
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(5, len(whole) - 1))] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("warc")
    with contextlib.suppress(InputError):
        of(folder, bytes(whole[: data.draw(st.integers(10, len(whole)))]))


# ---------------------------------------------------------------- what does


def record(body: bytes, headers: str = "", url: str = f"https://{HOST}/") -> bytes:
    """A response as WARC, not packed."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + headers.encode() + b"\r\n" + body
    return (
        (
            f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
            "WARC-Date: 2026-10-30T10:00:00Z\r\nWARC-IP-Address: 192.0.2.7\r\n"
            "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r\n"
            "Content-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(block)}\r\n\r\n"
        ).encode()
        + block
        + b"\r\n\r\n"
    )


def test_a_har_is_read(tmp_path: Path) -> None:
    got = of(tmp_path, har(entry(text="<title>Films è</title>"), entry(_resourceType="script")))
    first, second = got.exchanges

    assert got.media_type == "application/json"
    # As text it has lost the charset it was sent in.
    assert first.page.title == "Films è"
    assert first.page.header("content-type") == "text/html; charset=utf-8"
    assert first.at == datetime(2026, 10, 30, 10, 0, 0, 123000, UTC)
    assert first.address == "192.0.2.7"
    assert second.kind == "script"


def test_a_har_with_bytes_is_read(tmp_path: Path) -> None:
    text = base64.b64encode("<title>Films è</title>".encode("latin-1")).decode()
    content = {"content": {"text": text, "encoding": "base64"}}
    [found] = of(tmp_path, har(entry(response=content))).exchanges

    assert found.page.title == "Films è"


def test_a_body_in_a_har_is_cut_at_the_bound(tmp_path: Path) -> None:
    text = base64.b64encode(b"a" * (MAX_BODY_BYTES + 100)).decode()
    as_bytes = entry(response={"content": {"text": text, "encoding": "base64"}})
    found = of(tmp_path, har(entry(text="a" * (MAX_BODY_BYTES + 100)), as_bytes)).exchanges

    assert [(len(e.page.body), e.page.is_cut) for e in found] == [(MAX_BODY_BYTES, True)] * 2


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_warc_is_read(tmp_path: Path, *, is_packed: bool) -> None:
    chunked = b"5\r\n<p>hi\r\n3\r\n you\r\n0\r\n\r\n"
    records = [
        record(b"<p>plain"),
        record(chunked.replace(b"3\r\n you", b"4\r\n you"), "Transfer-Encoding: chunked\r\n"),
        record(gzip.compress(b"<p>packed", mtime=0), "Content-Encoding: gzip\r\n"),
    ]
    data = b"".join(gzip.compress(r, mtime=0) if is_packed else r for r in records)
    got = of(tmp_path, data)

    assert got.data == data
    assert [e.page.body for e in got.exchanges] == [b"<p>plain", b"<p>hi you", b"<p>packed"]
    assert {e.at for e in got.exchanges} == {datetime(2026, 10, 30, 10, tzinfo=UTC)}
    assert {e.address for e in got.exchanges} == {"192.0.2.7"}
    headers = {name for e in got.exchanges for name, _ in e.page.headers}
    assert headers == {"content-type"}


def test_our_own_warc_is_read(tmp_path: Path) -> None:
    visit = make.visit(HOST, "<title>Films</title>")
    [found] = of(tmp_path, warc(visit, tool="mirrorhunt 1")).exchanges

    assert visit.page is not None
    assert (found.page.url, found.page.body) == (visit.page.url, visit.page.body)


def test_a_saved_page_is_that_of_the_host(tmp_path: Path) -> None:
    got = of(tmp_path, b"\xef\xbb\xbf\n<!doctype html><title>Films</title>")
    [found] = got.exchanges

    assert (found.page.url, found.page.title, found.at) == (f"https://{HOST}/", "Films", None)
    assert got.media_type == "text/html"


def test_a_flood_of_records_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "MAX_EXCHANGES", 10)

    assert len(of(tmp_path, har(*[entry()] * 30)).exchanges) == 10
    assert len(of(tmp_path, record(b"<p>hi") * 30).exchanges) == 10
