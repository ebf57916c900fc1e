"""The container: any program opens it, and no byte of it can be changed."""

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.archive import container
from mirrorhunt.errors import InputError

MEMBERS = [("pages/pages.jsonl", b"{}\n"), ("archive/a.warc.gz", bytes(range(256))), ("a", b"")]


def written(members: list[tuple[str, bytes]] = MEMBERS) -> bytes:
    out = io.BytesIO()
    container.write(members, out)
    return out.getvalue()


def read(data: bytes) -> list[tuple[str, bytes]]:
    return [(e.name, b"".join(pieces)) for e, pieces in container.read(io.BytesIO(data))]


def zipped(name: str, data: bytes = b"x" * 1000, method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as zipped_file:
        zipped_file.writestr(name, data)
    return out.getvalue()


def test_what_is_written_is_read_by_us_and_by_others() -> None:
    data = written()

    assert read(data) == MEMBERS
    with zipfile.ZipFile(io.BytesIO(data)) as others:
        assert others.testzip() is None
        assert [(i.filename, others.read(i)) for i in others.infolist()] == MEMBERS
        assert {i.compress_type for i in others.infolist()} == {zipfile.ZIP_STORED}


def test_every_single_bit_counts() -> None:
    data = written()

    for at in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[at] ^= 1 << bit
            with pytest.raises(container.ForeignError):
                read(bytes(changed))


def test_every_byte_that_is_missing_or_too_much_counts() -> None:
    data = written()

    for at in range(len(data)):
        with pytest.raises(container.ForeignError):
            read(data[:at])
        with pytest.raises(container.ForeignError):
            read(data[:at] + b"\x00" + data[at:])


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(container.ForeignError):
        read(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(zipped("../../etc/passwd"), id="leads out"),
        pytest.param(zipped("/etc/passwd"), id="absolute"),
        pytest.param(zipped("a/../../b"), id="leads out later"),
        pytest.param(zipped("c:\\windows"), id="of another system"),
        pytest.param(zipped("a" * 5000), id="long name"),
        # A bomb is refused by its header: 10 MB of zeros in a few kB are never unpacked.
        pytest.param(zipped("a", bytes(10_000_000), zipfile.ZIP_DEFLATED), id="bomb"),
        pytest.param(b"", id="empty"),
        pytest.param(b"PK\x05\x06" + bytes(18), id="empty zip"),
        pytest.param(b"MZ" + written(), id="a program before it"),
        pytest.param(written() + written(), id="two of them"),
    ],
)
def test_a_foreign_file_is_refused(data: bytes) -> None:
    with pytest.raises(container.ForeignError):
        read(data)


def test_two_members_of_one_name_are_refused() -> None:
    # Written by hand: our writer refuses it too.
    one = written([("a", b"1")])
    local = one[: one.index(b"PK\x01\x02")]
    central = one[len(local) : one.index(b"PK\x05\x06")]
    second = bytearray(central)
    struct.pack_into("<I", second, 42, len(local))
    end = b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, 2, 2, 2 * len(central), 2 * len(local), 0)

    with pytest.raises(container.ForeignError, match="two members"):
        read(local + local + central + bytes(second) + end)
    with pytest.raises(InputError):
        written([("a", b"1"), ("a", b"2")])


def test_a_changed_content_with_its_checksum_put_right_is_still_read() -> None:
    # That is what digests are for: the container says only that nothing else is in it.
    changed = written([("a", b"other")])

    assert read(changed) == [("a", b"other")]
    assert zlib.crc32(b"other").to_bytes(4, "little") in changed


@pytest.mark.parametrize("name", ["", "A", "a b", ".a", "a/", "/a", "a..b", "ä", "a/./b", "a:b"])
def test_what_is_no_name_is_not_written(name: str) -> None:
    with pytest.raises(InputError):
        written([(name, b"")])
