"""The formats that findings are published in, one file each.

A format gets rows that are already chosen and sorted, and writes them as a stream: it keeps
nothing of a row once it is written, so that a million take no more memory than ten. What it cannot
express it leaves out and says so; it never writes a wider name instead.

`mirrorhunt.exports._fit` holds what all formats that servers load have in common.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from mirrorhunt.registry import Registry

DOMAIN = "domain"
"""A scope: the name and all below it."""
HOST = "host"
"""A scope: exactly the name."""
MAX_EXAMPLES = 20


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
class Withdrawn:
    """A host that was published and is not any more, for formats that can say so."""

    host: str
    scope: str
    network: str
    reason: str
    """One word: a state, ``protected``, ``rejected``, ``expired`` …"""
    because: str
    first_seen: datetime
    at: datetime
    """When it was taken back."""


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself beside its rows: the same for the same delivery, so that the
    same rows give the same bytes."""

    feed: str
    serial: int
    """Rises with each delivery of the feed, strictly (RFC 1982 for those who compare)."""
    at: datetime
    """The instant of the snapshot."""
    valid_days: int = 7
    publisher: str = ""
    """Who answers for it, as an organisation names itself; empty if that was not configured."""
    contact: str = ""
    """A mail address for objections."""
    tlp: str = "amber"
    """Traffic Light Protocol 2.0: ``clear``, ``green``, ``amber`` or ``amber+strict``."""
    order: str = ""
    """Reference of the order that the feed rests on."""
    rpz_origin: str = "rpz.mirrorhunt"
    """The name of the response policy zone."""
    withdrawn: Sequence[Withdrawn] = ()
    """What was taken back of late, sorted by host; none of it is among the rows."""

    @property
    def tlp_label(self) -> str:
        """As FIRST writes it: ``TLP:AMBER+STRICT``."""
        return f"TLP:{self.tlp.upper()}"


@dataclass(slots=True)
class Written:
    """What became of the rows, counted while they are written."""

    entries: int = 0
    """Rows that are in the file."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Rows that are not, by reason."""
    examples: list[tuple[str, str]] = field(default_factory=list)
    """(host, reason) of the first `MAX_EXAMPLES` of them."""

    def leave_out(self, host: str, reason: str) -> None:
        """Note that *host* is not in the file."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append((host, reason))


Write = Callable[[Iterable[Row], BinaryIO, About], Written]
"""Writes the rows as one file."""
WriteFolder = Callable[[Iterable[Row], Path, About], Written]
"""Writes the rows as files in a folder, which exists and is empty."""


@dataclass(frozen=True, slots=True)
class Format:
    """How rows are written: `write` one file, or `write_folder` several."""

    describes: str
    """One sentence for ``--help`` and the documentation."""
    file: str
    """The name that the file, or the folder, has in a delivery."""
    write: Write | None = None
    write_folder: WriteFolder | None = None
    reads_evidence: bool = False
    """Whether it writes techniques and evidence: they cost most of the time to read."""
    is_public: bool = False
    """Whether its readers are the public: only a feed that is TLP:CLEAR has it."""


formats: Registry[Format] = Registry(__name__, "format")
