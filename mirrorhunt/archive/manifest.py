"""What a package consists of, and what was done to come to it.

``manifest.sha256`` is what ``sha256sum -c`` reads. ``chain.jsonl`` is the chain of custody: who
did what with which bytes and when, one JSON object a line, each naming the digest of the line
before it, so that no line can be taken out or put in without changing all that follow.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from mirrorhunt.errors import InputError

MANIFEST = "evidence/manifest.sha256"
CHAIN = "evidence/chain.jsonl"
NOTHING = "0" * 64
"""What stands before the first line."""
KEYS = ("seq", "time", "actor", "action", "object", "tool", "prev_line_sha256")
_LINE = re.compile(r"([0-9a-f]{64})  (\S+)", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was done."""

    at: datetime
    actor: str
    action: str
    """One word: ``proposed``, ``looked``, ``captured``, ``registered``, ``judged``,
    ``reviewed``, ``packed`` …"""
    detail: str
    object: str | None = None
    """SHA-256 of the bytes it was done to; None where there are none."""
    tool: str = ""
    member: str | None = None
    """The member of the package that holds these bytes, where one does."""


def chain(acts: Iterable[Act]) -> bytes:
    """*acts* in the order of their instants as lines, each bound to the one before."""
    lines: list[bytes] = []
    previous = NOTHING
    for seq, act in enumerate(sorted(acts, key=lambda a: a.at), 1):
        plain = asdict(act)
        plain["time"] = plain.pop("at").isoformat(timespec="microseconds")
        said = {"seq": seq, **plain, "prev_line_sha256": previous}
        line = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
        previous = sha256(line).hexdigest()
        lines.append(line + b"\n")
    return b"".join(lines)


def check_chain(data: bytes, digests: Mapping[str, str]) -> list[str]:
    """What is wrong with the chain *data* of a package with members of *digests*; empty if
    nothing."""
    wrong: list[str] = []
    previous = NOTHING
    lines = data.split(b"\n")
    if lines.pop() != b"":
        wrong.append("the last line is not ended")
    if not lines:
        wrong.append("it has no line")
    for seq, line in enumerate(lines, 1):
        said = _object(line)
        if said is None or any(key not in said for key in KEYS):
            wrong.append(f"line {seq} is no entry: it needs {', '.join(KEYS)}")
        else:
            wrong += _check_entry(said, seq, previous, digests)
        previous = sha256(line).hexdigest()
    return wrong


def _object(line: bytes) -> Mapping[str, Any] | None:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _check_entry(
    said: Mapping[str, Any], seq: int, previous: str, digests: Mapping[str, str]
) -> list[str]:
    wrong = []
    if said["seq"] != seq:
        wrong.append(f"line {seq} is numbered {said['seq']!r}")
    if said["prev_line_sha256"] != previous:
        wrong.append(f"line {seq} does not follow the line before it: one was changed or left out")
    held = said["object"]
    if held is not None and not (isinstance(held, str) and _DIGEST.fullmatch(held)):
        wrong.append(f"line {seq} names {str(held)[:80]!r}, which is no SHA-256")
    member = said.get("member")
    if member is not None and digests.get(str(member)) != held:
        wrong.append(f"line {seq} is about {str(member)[:80]!r}, which is not in the package so")
    return wrong


def manifest(digests: Mapping[str, str]) -> bytes:
    """*digests* (path to SHA-256) as ``sha256sum -c`` reads them, sorted by path."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())).encode()


def read(data: bytes) -> dict[str, str]:
    """Path to digest. Raises InputError for what `manifest` would not have written."""
    found: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            raise InputError(f"{line[:80]!r} is not a digest, two spaces and a path")
        found[match[2]] = match[1]
    if manifest(found) != data:
        raise InputError("its lines are not sorted by path, each once and each ended")
    return found


def check(data: bytes, digests: Mapping[str, str], exempt: Sequence[str]) -> list[str]:
    """What is wrong with the manifest *data* of a package with members of *digests*; *exempt* are
    not in it, as they came after it."""
    try:
        listed = read(data)
    except InputError as e:
        return [str(e)]
    there = {path: digest for path, digest in digests.items() if path not in exempt}
    wrong = [f"{path} is missing" for path in sorted(listed.keys() - there.keys())]
    wrong += [f"{path} is not listed" for path in sorted(there.keys() - listed.keys())]
    return wrong + [
        f"{path} was changed: its SHA-256 is {there[path]}, not {listed[path]}"
        for path in sorted(listed.keys() & there.keys())
        if listed[path] != there[path]
    ]
