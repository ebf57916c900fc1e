"""Digests and custody: what is written is what other tools read, and gaps are told."""

import json

import pytest

from mirrorhunt.archive import manifest
from mirrorhunt.archive.manifest import Act
from mirrorhunt.errors import InputError
from tests import make

DIGEST = "ab" * 32
ACTS = [
    Act(make.at(2), "ann", "reviewed", "as the test says"),
    Act(make.at(1), "mirrorhunt", "captured", "a page", DIGEST, "mirrorhunt 1", "archive/a"),
    Act(make.at(3), "ann", "packed", "archive/a", DIGEST, "mirrorhunt 1", "archive/a"),
]


def changed(line: int, **values: object) -> bytes:
    lines = manifest.chain(ACTS).splitlines()
    lines[line] = json.dumps(json.loads(lines[line]) | values).encode()
    return b"\n".join(lines) + b"\n"


def test_acts_are_told_in_their_order() -> None:
    lines = [json.loads(line) for line in manifest.chain(ACTS).splitlines()]

    assert [(line["seq"], line["action"]) for line in lines] == [
        (1, "captured"),
        (2, "reviewed"),
        (3, "packed"),
    ]
    assert lines[0]["prev_line_sha256"] == manifest.NOTHING


def test_a_chain_without_a_gap_is_right() -> None:
    assert manifest.check_chain(manifest.chain(ACTS), {"archive/a": DIGEST}) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "no line", id="empty"),
        pytest.param(manifest.chain(ACTS)[:-1], "not ended", id="cut"),
        pytest.param(manifest.chain(ACTS).split(b"\n", 1)[1], "does not follow", id="first gone"),
        pytest.param(changed(0, actor="bob"), "line 2 does not follow", id="changed"),
        pytest.param(changed(2, seq=9), "numbered 9", id="number"),
        pytest.param(changed(2, object="x"), "no SHA-256", id="digest"),
        pytest.param(changed(2, member="archive/b"), "not in the package so", id="member"),
        pytest.param(changed(2, member=["a"]), "not in the package so", id="member of a kind"),
        pytest.param(b"[1]\n", "no entry", id="list"),
        pytest.param(b"{}\n", "no entry", id="keys"),
        pytest.param(b"[" * 100_000 + b"\n", "no entry", id="deep"),
        pytest.param(b"\xff\n", "no entry", id="bytes"),
    ],
)
def test_what_is_wrong_with_a_chain_is_told(data: bytes, said: str) -> None:
    wrong = manifest.check_chain(data, {"archive/a": DIGEST})

    assert any(said in line for line in wrong), wrong


def test_a_manifest_is_read_as_it_was_written() -> None:
    digests = {"b": "0" * 64, "a/b.c": DIGEST}
    data = manifest.manifest(digests)

    assert data == f"{DIGEST}  a/b.c\n{'0' * 64}  b\n".encode()
    assert manifest.read(data) == digests
    assert manifest.check(data, {**digests, "m": DIGEST}, ["m"]) == []


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"x", id="no line"),
        pytest.param(f"{DIGEST} a\n".encode(), id="one space"),
        pytest.param(f"{DIGEST}  a".encode(), id="not ended"),
        pytest.param(f"{DIGEST}  b\n{DIGEST}  a\n".encode(), id="not sorted"),
        pytest.param(f"{DIGEST}  a\n{DIGEST}  a\n".encode(), id="twice"),
        pytest.param(f"{DIGEST.upper()}  a\n".encode(), id="upper case"),
        pytest.param(b"\xff\xfe", id="bytes"),
    ],
)
def test_another_writing_is_no_manifest(data: bytes) -> None:
    with pytest.raises(InputError):
        manifest.read(data)
    assert manifest.check(data, {"a": DIGEST}, []) != []
