"""The names that must never be published, by group, as ``names.txt`` holds them."""

from functools import cache
from pathlib import Path

_MARK = "## "
_FILE = Path(__file__).with_name("names.txt")


@cache
def groups() -> dict[str, tuple[str, ...]]:
    """What each group's heading says to its names."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith(_MARK):
            heading = line.removeprefix(_MARK).strip()
        elif line and not line.startswith("#"):
            found.setdefault(heading, []).extend(line.split())
    return {heading: tuple(names) for heading, names in found.items()}


@cache
def everybody() -> tuple[str, ...]:
    """All names, in the order of the file."""
    return tuple(name for names in groups().values() for name in names)


@cache
def platforms() -> tuple[str, ...]:
    """Names below which strangers publish on hosts of their own."""
    return next(names for heading, names in groups().items() if "where others publish" in heading)
