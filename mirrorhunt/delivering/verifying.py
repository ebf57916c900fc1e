"""Check a delivery on the side of who loads it: no database, no configuration."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mirrorhunt.delivering import files, signing
from mirrorhunt.delivering.files import MANIFEST, SCHEMA_VERSION, SIGNATURE
from mirrorhunt.errors import InputError

MAX_MANIFEST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found."""

    lines: tuple[str, ...]
    """What is good, for people."""
    problems: tuple[str, ...]
    """What is not; empty if the delivery may be loaded."""


def verify(folder: Path, public_key: Path | None, loaded: int | None) -> Verified:
    """Check the delivery in *folder*: its files by the manifest, the manifest by *public_key*
    where that is given, the serial against the one *loaded* last.

    Raises InputError where there is no manifest that can be read.
    """
    try:
        path = folder / MANIFEST
        if path.stat().st_size > MAX_MANIFEST_BYTES:
            raise InputError(f"{str(path)!r} is larger than any manifest")
        text = path.read_bytes()
        said = json.loads(text)
        serial = int(said["serial"])
        if said["schema_version"] != SCHEMA_VERSION:
            raise InputError(
                f"{str(path)!r} is of version {said['schema_version']!r}; this program knows "
                f"{SCHEMA_VERSION}: take a newer one"
            )
        listed = list(files.listed(said))
    except OSError as e:
        raise InputError(f"cannot read {str(folder / MANIFEST)!r}: {e.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise InputError(f"{str(folder / MANIFEST)!r} is no manifest: {e!r}") from None
    lines = [
        f"feed {said.get('feed')}, serial {serial}, not valid after {said.get('not_valid_after')}"
    ]
    problems = [
        p for path, sha256, _ in listed if (p := _problem(folder, path, sha256)) is not None
    ]
    if not problems:
        lines.append(f"{len(listed)} files are as the manifest says")
    problems += _unlisted(folder, {path for path, _, _ in listed})
    if public_key is not None:
        try:
            signature = (folder / SIGNATURE).read_bytes()
            key = public_key.read_bytes()
        except OSError as e:
            problems.append(f"no signature could be checked: {e.filename}: {e.strerror}")
        else:
            if signing.is_signed(text, signature, key):
                lines.append("the signature is good")
            else:
                problems.append("the signature is not of this manifest and this key")
    if loaded is not None and serial <= loaded:
        problems.append(f"serial {serial} is not above {loaded}: an old delivery, or the same")
    return Verified(tuple(lines), tuple(problems))


def _problem(folder: Path, path: str, sha256: str) -> str | None:
    name = PurePosixPath(path)
    if name.is_absolute() or ".." in name.parts:
        return f"{str(name)!r} leads out of the delivery"
    try:
        with (folder / name).open("rb") as f:
            digest = hashlib.file_digest(f, "sha256").hexdigest()
    except (OSError, ValueError) as e:  # A NUL in a name is a ValueError.
        return f"{str(name)!r}: {getattr(e, 'strerror', None) or e}"
    return None if digest == sha256 else f"{str(name)!r} was changed"


def _unlisted(folder: Path, listed: set[str]) -> list[str]:
    beside = {MANIFEST, SIGNATURE}
    return [
        f"{name!r} is not in the manifest"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (name := path.relative_to(folder).as_posix()) not in listed | beside
    ]
