"""Is a package as it was made? Needs the file alone: no database, no network.

Every byte is covered: the container has one writing (`mirrorhunt.archive.container`), each member
is in the manifest, the manifest and what dates it are in the data package, and the data package is
made again and compared. Whoever changes one thing has to change it all; that it was all changed is
told by the date of an authority alone, or by the digest of the file that was noted elsewhere.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography import x509

from mirrorhunt.archive import container, manifest, packet, report, timestamps, wacz
from mirrorhunt.archive.packaging import DATING, UNSEALED
from mirrorhunt.archive.wacz import About, Member
from mirrorhunt.errors import InputError

MAX_READ_BYTES = 32 << 20
"""Of a member that has to be understood; captures, report and pictures are only digested."""
REQUIRED = (
    wacz.DATAPACKAGE,
    wacz.DIGEST,
    wacz.PAGES,
    wacz.INDEX,
    wacz.INDEX_OF_INDEX,
    manifest.MANIFEST,
    manifest.CHAIN,
    packet.PACKET,
    packet.SCHEMA,
    report.REPORT,
)
_READ = frozenset({*REQUIRED, *DATING}) - {report.REPORT, wacz.INDEX, wacz.INDEX_OF_INDEX}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was made."""

    check: str
    """``container``, ``members``, ``manifest``, ``datapackage``, ``packet``, ``chain`` or
    ``timestamp``."""
    what: str
    means: str
    """For those who have to decide what to make of it."""


@dataclass(slots=True)
class Verified:
    """What a look at a package came to."""

    path: str
    sha256: str = ""
    size_bytes: int = 0
    members: int = 0
    host: str = ""
    network: str = ""
    made_at: str = ""
    timestamp: str = "none: it bears the date of its maker's own clock"
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """True if nothing was changed."""
        return not self.problems


_MEANS = {
    "container": "the file was changed, cut off or added to, or something else made it",
    "members": "what belongs to a package was taken out, or something was put in",
    "manifest": "a file in it was changed after the package was made",
    "datapackage": "its description was changed after the package was made",
    "packet": "programs cannot rely on the packet",
    "chain": "what was done cannot be followed without a gap",
    "timestamp": "the date proves nothing",
}


def verify(path: Path, trusted: Sequence[x509.Certificate] | None = None) -> Verified:
    """Check the package at *path*; timestamps against *trusted*, if given.

    Raises InputError if the file cannot be read at all. A package that is not good is no error.
    """
    found = Verified(str(path))
    try:
        with path.open("rb") as source:
            found.size_bytes = source.seek(0, 2)
            source.seek(0)
            whole = sha256()
            while piece := source.read(1 << 20):
                whole.update(piece)
            found.sha256 = whole.hexdigest()
            members, bodies = _take(container.read(source), found)
    except OSError as e:
        raise InputError(f"cannot read {str(path)!r}: {e.strerror or e}") from None
    if members is None:
        return found
    found.members = len(members)
    digests = {m.path: m.sha256 for m in members}
    missing = [name for name in REQUIRED if name not in digests]
    _note(found, "members", (f"{name} is missing" for name in missing))
    if not any(name.startswith("archive/") for name in digests):
        _note(found, "members", ["it holds no capture"])
    for check in (_check_manifest, _check_chain, _check_packet, _check_datapackage):
        check(found, members, digests, bodies)
    _check_timestamp(found, digests, bodies, trusted)
    return found


def _note(found: Verified, check: str, wrong: Iterable[str]) -> None:
    found.problems += (Problem(check, what, _MEANS[check]) for what in wrong)


def _take(
    read: Iterator[tuple[container.Entry, Iterator[bytes]]], found: Verified
) -> tuple[list[Member] | None, dict[str, bytes]]:
    """The members and the contents that have to be understood; None if the container is broken."""
    members: list[Member] = []
    bodies: dict[str, bytes] = {}
    try:
        for entry, pieces in read:
            digest = sha256()
            body = bytearray()
            is_read = entry.name in _READ
            if is_read and entry.size_bytes > MAX_READ_BYTES:
                raise container.ForeignError(
                    f"{entry.name} has {entry.size_bytes} bytes, more than any of ours"
                )
            for piece in pieces:
                digest.update(piece)
                if is_read:
                    body += piece
            members.append(Member(entry.name, entry.size_bytes, digest.hexdigest()))
            if is_read:
                bodies[entry.name] = bytes(body)
    except container.ForeignError as e:
        _note(found, "container", [str(e)])
        return None, {}
    return members, bodies


def _check_manifest(
    found: Verified, _: Sequence[Member], digests: Mapping[str, str], bodies: Mapping[str, bytes]
) -> None:
    data = bodies.get(manifest.MANIFEST)
    if data is not None:
        _note(found, "manifest", manifest.check(data, digests, (*UNSEALED, *DATING)))


def _check_chain(
    found: Verified, _: Sequence[Member], digests: Mapping[str, str], bodies: Mapping[str, bytes]
) -> None:
    data = bodies.get(manifest.CHAIN)
    if data is not None:
        _note(found, "chain", manifest.check_chain(data, digests))


def _check_packet(
    found: Verified, _: Sequence[Member], digests: Mapping[str, str], bodies: Mapping[str, bytes]
) -> None:
    data = bodies.get(packet.PACKET)
    if data is None:
        return
    said = _json(data)
    if not isinstance(said, dict):
        _note(found, "packet", ["it is no JSON object"])
        return
    wrong = packet.check(said)
    _note(found, "packet", wrong[:20])
    if wrong:
        return
    found.host, found.network = said["target"]["host"], said["family"]
    found.made_at = said["made_at"]
    _note(
        found,
        "packet",
        (
            f"{e['path']!r} is not in the package with the SHA-256 that the packet gives it"
            for e in said["evidence"]
            if digests.get(e["path"]) != e["sha256"]
        ),
    )


def _check_datapackage(
    found: Verified,
    members: Sequence[Member],
    _: Mapping[str, str],
    bodies: Mapping[str, bytes],
) -> None:
    data, digest = bodies.get(wacz.DATAPACKAGE), bodies.get(wacz.DIGEST)
    if data is None or digest is None:
        return
    if wacz.digest(data) != digest:
        _note(found, "datapackage", [f"{wacz.DIGEST} is not the digest of {wacz.DATAPACKAGE}"])
    said = _json(bodies.get(packet.PACKET, b""))
    if not isinstance(said, dict) or packet.check(said):
        return
    if wacz.datapackage(members, _about(said)) != data:
        _note(
            found,
            "datapackage",
            [f"{wacz.DATAPACKAGE} is not what these files and this packet make"],
        )


def _about(said: Mapping[str, Any]) -> About:
    about = said["package"]
    return About(
        title=about["title"],
        description=about["description"],
        created=said["made_at"].replace("+00:00", "Z"),
        main_url=about["main_url"],
        main_at=about["main_at"],
        software=about["software"],
    )


def _check_timestamp(
    found: Verified,
    digests: Mapping[str, str],
    bodies: Mapping[str, bytes],
    trusted: Sequence[x509.Certificate] | None,
) -> None:
    there = [name for name in DATING if name in digests]
    query, reply = bodies.get(timestamps.QUERY), bodies.get(timestamps.REPLY)
    listing = bodies.get(manifest.MANIFEST)
    if not there:
        if trusted is not None:
            _note(found, "timestamp", ["there is none, and --ca asks for one"])
        return
    if query is None or reply is None or listing is None:
        _note(found, "timestamp", [f"there are only {', '.join(there)} of it"])
        return
    wrong, said = timestamps.check(listing, query, reply, trusted)
    _note(found, "timestamp", [wrong] if wrong else [])
    found.timestamp = said or "not valid"


def _json(data: bytes) -> object:
    try:
        said: object = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return said
