"""Verification: one changed byte is told, whatever byte it is, and so is a package made anew."""

import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mirrorhunt.archive import container, manifest, packet, report, timestamps, verifying, wacz
from mirrorhunt.archive.wacz import Member
from mirrorhunt.errors import InputError
from tests import packed

FLIPS = 1_500
Members = dict[str, bytes]


@pytest.fixture
def package(engine: Engine, tmp_path: Path) -> Path:
    return packed.archive(engine, tmp_path / "vault").made(tmp_path / "films2.wacz").path


def members_of(package: Path) -> Members:
    with package.open("rb") as source:
        return {entry.name: b"".join(pieces) for entry, pieces in container.read(source)}


def rewritten(package: Path, members: Members) -> Path:
    """The package with *members* in a container that is right."""
    with package.open("wb") as out:
        container.write(members.items(), out)
    return package


def checks(package: Path) -> set[str]:
    return {problem.check for problem in verifying.verify(package).problems}


def said(package: Path) -> str:
    return "\n".join(problem.what for problem in verifying.verify(package).problems)


def test_any_flipped_bit_is_told(package: Path) -> None:
    data = package.read_bytes()
    chance = random.Random(20261101)
    # Every byte of the directory and of each header, and chance over the whole.
    start = data.index(b"PK\x01\x02")
    places = {*range(start, len(data)), *range(200)}
    places |= {chance.randrange(len(data)) for _ in range(FLIPS)}
    missed = []
    for at in sorted(places):
        changed = bytearray(data)
        changed[at] ^= 1 << chance.randrange(8)
        package.write_bytes(changed)
        if verifying.verify(package).is_good:
            missed.append(at)

    assert missed == []


def test_a_byte_too_much_or_too_few_is_told(package: Path) -> None:
    data = package.read_bytes()
    for changed in (data + b"\x00", data[:-1], b"\x00" + data, data[: len(data) // 2]):
        package.write_bytes(changed)

        assert checks(package) == {"container"}


@pytest.mark.parametrize("name", sorted(verifying.REQUIRED))
def test_a_member_that_is_missing_is_told(package: Path, name: str) -> None:
    members = members_of(package)
    del members[name]

    assert f"{name} is missing" in said(rewritten(package, members))


def test_captures_that_are_missing_are_told(package: Path) -> None:
    members = {n: d for n, d in members_of(package).items() if not n.startswith("archive/")}

    assert {"members", "manifest", "packet", "chain"} <= checks(rewritten(package, members))


@pytest.mark.parametrize("name", ["evidence/more.txt", "report/film.html", "archive/b.warc.gz"])
def test_a_member_that_was_put_in_is_told(package: Path, name: str) -> None:
    members = members_of(package) | {name: b"more"}

    assert f"{name} is not listed" in said(rewritten(package, members))


def test_another_order_of_members_is_told_by_nobody(package: Path) -> None:
    # The order says nothing: what is in the package, and all its digests, are the same.
    members = dict(reversed(members_of(package).items()))

    assert verifying.verify(rewritten(package, members)).is_good


def sealed_again(members: Members, *, with_manifest: bool = True) -> Members:
    """*members* as somebody would seal them who wants a change to go unnoticed."""
    from hashlib import sha256

    digests = {n: sha256(d).hexdigest() for n, d in members.items()}
    exempt = {*verifying.UNSEALED, *verifying.DATING}
    if with_manifest:
        members[manifest.MANIFEST] = manifest.manifest(
            {n: d for n, d in digests.items() if n not in exempt}
        )
    package = json.loads(members[wacz.DATAPACKAGE])
    for resource in package["resources"]:
        data = members[resource["path"]]
        resource["hash"] = f"sha256:{sha256(data).hexdigest()}"
        resource["bytes"] = len(data)
    members[wacz.DATAPACKAGE] = json.dumps(package, indent=2).encode() + b"\n"
    members[wacz.DIGEST] = wacz.digest(members[wacz.DATAPACKAGE])
    return members


def change_packet(members: Members) -> None:
    changed = json.loads(members[packet.PACKET])
    del changed["target"]
    members[packet.PACKET] = packet.encoded(changed)


def change_digest_in_packet(members: Members) -> None:
    changed = json.loads(members[packet.PACKET])
    changed["evidence"][0]["sha256"] = "0" * 64
    members[packet.PACKET] = packet.encoded(changed)


def deepen_packet(members: Members) -> None:
    members[packet.PACKET] = b'{"a":' * 100_000 + b"1" + b"}" * 100_000


def change_chain(members: Members) -> None:
    members[manifest.CHAIN] = members[manifest.CHAIN].replace(b"judged", b"guessed", 1)


def shorten_chain(members: Members) -> None:
    _, rest = members[manifest.CHAIN].split(b"\n", 1)
    members[manifest.CHAIN] = rest


def change_screenshot(members: Members) -> None:
    name = next(n for n in members if n.startswith("pictures/"))
    members[name] = packed.picture("red")


def change_title(members: Members) -> None:
    members[wacz.DATAPACKAGE] = members[wacz.DATAPACKAGE].replace(b"Evidence", b"Evident", 1)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (change_packet, "packet"),
        (change_digest_in_packet, "packet"),
        (deepen_packet, "packet"),
        (change_chain, "chain"),
        (shorten_chain, "chain"),
        # Its digest stands in the packet and in the chain.
        (change_screenshot, "packet"),
        (change_screenshot, "chain"),
        (change_title, "datapackage"),
    ],
)
def test_a_change_that_was_sealed_again_is_told_by_what_refers_to_it(
    package: Path, change: Callable[[Members], None], check: str
) -> None:
    members = members_of(package)
    change(members)

    assert check in checks(rewritten(package, sealed_again(members)))


def test_a_change_with_the_old_manifest_is_told_by_name(package: Path) -> None:
    members = members_of(package)
    members[report.REPORT] += b"<!-- -->"
    members = sealed_again(members, with_manifest=False)

    assert f"{report.REPORT} was changed" in said(rewritten(package, members))


def test_only_halves_of_a_timestamp_are_told(package: Path) -> None:
    members = members_of(package) | {timestamps.REPLY: b"0"}
    digests = [Member(n, len(d), "0" * 64) for n, d in members.items()]

    assert digests
    assert "timestamp" in checks(rewritten(package, members))


def test_a_bomb_is_never_unpacked(package: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(packet.PACKET, bytes(200_000_000))
    package.write_bytes(out.getvalue())

    assert "compressed" in said(package)


def test_a_member_too_long_to_be_understood_is_not_taken_in(package: Path) -> None:
    members = members_of(package)
    members[packet.PACKET] = bytes(verifying.MAX_READ_BYTES + 1)

    assert "more than any of ours" in said(rewritten(package, members))


@pytest.mark.parametrize("name", ["../films2.html", "/etc/passwd", "report/../../a", "A.html"])
def test_a_path_outside_the_package_is_told(package: Path, name: str) -> None:
    data = package.read_bytes()
    short = b"report/report.html"
    assert len(name) <= len(short)
    padded = (name + "x" * (len(short) - len(name))).encode()
    package.write_bytes(data.replace(short, padded))

    assert checks(package) == {"container"}


def test_what_cannot_be_read_at_all_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        verifying.verify(tmp_path / "none.wacz")
    with pytest.raises(InputError, match="cannot read"):
        verifying.verify(tmp_path)
