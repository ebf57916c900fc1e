"""The formats that findings are published in, one file each.

A format gets rows that are already chosen, collapsed and sorted, and writes them as a stream.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from mirrorhunt.registry import Registry


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence as it is published."""

    kind: str
    bits: float
    side: str
    because: str


@dataclass(frozen=True, slots=True)
class Row:
    """One published host. Field names and order are the contract of ``export jsonl``."""

    host: str
    registrable_domain: str
    scope: str
    """``domain``: it and all below it; ``host``: exactly it."""
    network: str
    relation: str
    verdict: str
    score_bits: float
    availability: str
    first_seen: datetime
    last_verified: datetime | None
    """When it was last seen live; None if never."""
    valid_until: datetime | None
    """When the entry has to be taken off unless verified again; None unless live."""
    techniques: tuple[str, ...]
    evidence: tuple[Reason, ...]
    reviewed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Format:
    """How rows are written."""

    write: Callable[[Iterable[Row], BinaryIO], int]
    """Writes the rows and returns how many it wrote."""
    describes: str
    """One sentence for ``--help`` and the documentation."""


formats: Registry[Format] = Registry(__name__, "format")
