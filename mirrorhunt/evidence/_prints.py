"""Comparing pages by their prints: which page of the network is the closest, and does it count.

A print is a short hex text that two similar pages nearly share, so equality, which carries the
other kinds, says nothing here. A print of the network is its own where a seed had it from the
start, or where a close one was there from the start on another member's domain.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mirrorhunt.evidence import Case
from mirrorhunt.evidence._first import born, heard_until
from mirrorhunt.evidence._weights import gap_days, shown_by
from mirrorhunt.facts import HostFacts, NetworkFacts
from mirrorhunt.model import StoredObservation

MAX_PRINTS_OF_HOST = 4
"""Prints from its first day, and as many later ones, that are looked at for one host."""
MAX_PRINTS_OF_NETWORK = 2_000
"""Prints compared; seeds come first, then hosts by name."""
_MAX_NEAREST = 8
_MAX_COMPARED = 1_000
"""Prints of candidates whose closeness to those of the network is kept: 16 MB at most."""

Prints = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Measure:
    """How prints of one kind are read and compared."""

    kind: str
    length_bytes: int
    closeness: Callable[[Prints, Prints], NDArray[np.float64]]
    """A matrix of prints and one print to one number a row; higher is closer."""
    same: float
    """From here up, two members confirm each other's page."""
    near: float
    """From here up, the likeness says anything at all."""

    def read(self, text: str) -> bytes | None:
        """The print that *text* writes, or None where it writes none."""
        try:
            raw = bytes.fromhex(text)
        except ValueError:
            return None
        return raw if len(raw) == self.length_bytes else None


def _similarity(matrix: Prints, row: Prints) -> NDArray[np.float64]:
    """Share of equal bytes: an estimate of the Jaccard similarity of two shingle sets."""
    return np.asarray((matrix == row).mean(axis=1), dtype=np.float64)


def _nearness(matrix: Prints, row: Prints) -> NDArray[np.float64]:
    """Minus the number of bits that differ."""
    different = np.bitwise_count(matrix ^ row).sum(axis=1)
    return np.negative(np.asarray(different, dtype=np.float64))


SHAPE = Measure("page_shape", length_bytes=64, closeness=_similarity, same=0.5, near=0.3)
TAGS = Measure("page_tags", length_bytes=8, closeness=_nearness, same=-12.0, near=-17.0)
PICTURE = Measure("picture", length_bytes=32, closeness=_nearness, same=-40.0, near=-64.0)


@dataclass(frozen=True, slots=True)
class _Print:
    raw: bytes
    host: str
    domain: str
    is_seed: bool
    is_native: bool
    first_seen_at: datetime
    last_seen_at: datetime
    born: float
    """When its host was there first, as `mirrorhunt.evidence._first` counts."""


@dataclass(frozen=True)
class Gallery:
    """The prints of a network."""

    prints: tuple[_Print, ...]
    matrix: Prints
    own: NDArray[np.bool_]
    """Those that count as its own, where a host is told apart from it."""
    speaking: NDArray[np.bool_]
    """Those that count as its own, where they speak for a host: decoys left out."""
    standing: "_Standing | None" = None
    """What follows for a part of it. None where some of the network's prints were left out, as
    then nothing does, and in a part."""
    part_of: "tuple[Gallery, NDArray[np.intp]] | None" = None
    """The gallery that this is a part of, and the places of its prints there."""
    compared: dict[bytes, NDArray[np.float64]] = field(default_factory=dict, compare=False)
    """What was compared with the matrix already: several kinds and passes ask the same."""

    @cached_property
    def born(self) -> NDArray[np.float64]:
        """When the host of each was there first."""
        if self.part_of is not None:
            whole, places = self.part_of
            return whole.born[places]
        return np.array([p.born for p in self.prints], dtype=np.float64)

    def closeness(self, raw: bytes, measure: Measure) -> NDArray[np.float64]:
        """How close *raw* is to each print."""
        if self.part_of is not None:
            whole, places = self.part_of
            return whole.closeness(raw, measure)[places]
        if raw not in self.compared:
            if len(self.compared) >= _MAX_COMPARED:
                self.compared.clear()
            row = np.frombuffer(raw, dtype=np.uint8)
            self.compared[raw] = measure.closeness(self.matrix, row)
        return self.compared[raw]


@dataclass(frozen=True)
class _Standing:
    """Which prints of a network another one confirms, and by how many."""

    places: Mapping[str, list[int]]
    """Member to its prints."""
    seeds: NDArray[np.bool_]
    native: NDArray[np.bool_]
    honest: NDArray[np.bool_]
    """Native, and no decoy's."""
    confirmed: NDArray[np.bool_]
    """A row for each native print: the prints on other domains that confirm it."""
    by_native: NDArray[np.intp]
    """How many natives confirm each."""
    by_honest: NDArray[np.intp]

    def own(self, left_out: Sequence[int] = ()) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which prints are the network's own, and which of them without decoys: native on a
        seed, or with another native that confirms it. *left_out* confirm nothing."""
        gone = np.array(left_out, dtype=np.intp)
        lost = self.confirmed[:, gone]
        natives = self.by_native - (lost & self.native[gone]).sum(axis=1)
        honests = self.by_honest - (lost & self.honest[gone]).sum(axis=1)
        own = self.native & (self.seeds | (natives > 0))
        return own, self.honest & (self.seeds | (honests > 0))


@dataclass(frozen=True, slots=True)
class Closest:
    """The closest print of the network, and what time says about it."""

    closeness: float
    host: str
    days: float
    is_own: bool
    is_native: bool
    since: datetime


def gallery(network: NetworkFacts, measure: Measure) -> Gallery:
    """The prints of *network*, read once and kept beside it."""
    kept = vars(network)
    key = f"{__name__}.{measure.kind}"
    if key not in kept:
        kept[key] = _gallery(network, measure)
    found: Gallery = kept[key]
    return found


def _gallery(network: NetworkFacts, measure: Measure) -> Gallery:
    if network.rest_of is not None:
        whole, left_out = network.rest_of
        found = gallery(whole, measure)
        if found.standing is not None:
            return _rest_of(found, found.standing, left_out)
    ordered = sorted(network.members, key=lambda m: (m.host not in network.seeds, m.host))
    prints = [p for member in ordered for p in _prints(member, measure, network)]
    # Natives first: whatever members show later can then never push one out.
    kept = tuple(sorted(prints, key=lambda p: not p.is_native))[:MAX_PRINTS_OF_NETWORK]
    matrix = _matrix([p.raw for p in kept], measure)
    standing = _standing(kept, matrix, measure, network)
    own, speaking = standing.own()
    return Gallery(kept, matrix, own, speaking, standing if len(kept) == len(prints) else None)


def _rest_of(found: Gallery, standing: _Standing, left_out: str) -> Gallery:
    """*found* without the prints of the member *left_out*."""
    gone = standing.places.get(left_out, [])
    own, speaking = standing.own(gone)
    kept = np.ones(len(found.prints), dtype=np.bool_)
    kept[gone] = False
    places = np.flatnonzero(kept)
    prints = tuple(compress(found.prints, kept))
    part_of = (found, places)
    return Gallery(prints, found.matrix[places], own[places], speaking[places], None, part_of)


def _prints(host: HostFacts, measure: Measure, network: NetworkFacts) -> list[_Print]:
    seen = _recent(shown_by(host, measure.kind))
    read = ((measure.read(o.value), o) for o in seen)
    return [
        _Print(
            raw,
            host.host,
            host.registrable_domain,
            host.host in network.seeds,
            o.is_native,
            o.first_seen_at,
            o.last_seen_at,
            born(host, network),
        )
        for raw, o in read
        if raw is not None
    ]


def _recent(seen: Sequence[StoredObservation]) -> list[StoredObservation]:
    native = sorted((o for o in seen if o.is_native), key=lambda o: (o.first_seen_at, o.value))
    later = sorted(
        (o for o in seen if not o.is_native), key=lambda o: (o.last_seen_at, o.value), reverse=True
    )
    return native[:MAX_PRINTS_OF_HOST] + later[:MAX_PRINTS_OF_HOST]


def _matrix(raws: list[bytes], measure: Measure) -> Prints:
    joined: NDArray[Any] = np.frombuffer(b"".join(raws), dtype=np.uint8)
    return joined.reshape(-1, measure.length_bytes)


def _confirmed(prints: tuple[_Print, ...], matrix: Prints, measure: Measure) -> NDArray[np.bool_]:
    """A row for each print: which prints on other domains are close to it."""
    domains = np.array([p.domain for p in prints], dtype=np.str_)
    confirmed = np.zeros((len(prints), len(prints)), dtype=np.bool_)
    for i, p in enumerate(prints):
        if p.is_native:
            close = measure.closeness(matrix, matrix[i]) >= measure.same
            confirmed[i] = close & (domains != p.domain)
    return confirmed


def _standing(
    prints: tuple[_Print, ...], matrix: Prints, measure: Measure, network: NetworkFacts
) -> _Standing:
    native = np.array([p.is_native for p in prints], dtype=np.bool_)
    honest = native & np.array([p.host not in network.decoys for p in prints], dtype=np.bool_)
    confirmed = _confirmed(prints, matrix, measure)
    places: dict[str, list[int]] = {}
    for i, p in enumerate(prints):
        places.setdefault(p.host, []).append(i)
    return _Standing(
        places,
        np.array([p.is_seed for p in prints], dtype=np.bool_),
        native,
        honest,
        confirmed,
        (confirmed & native).sum(axis=1),
        (confirmed & honest).sum(axis=1),
    )


def closest(case: Case, measure: Measure, fade: Callable[[float, float], float]) -> Closest | None:
    """The print of the network that speaks loudest; its own before any other, if they speak.

    *fade* gives the bits of (closeness, days apart). None where a side has no print.
    """
    found = gallery(case.network, measure)
    if not found.prints:
        return None
    speaking = found.speaking & (found.born < heard_until(case.candidate))
    own: list[tuple[float, float, str, Closest]] = []
    other: list[tuple[float, float, str, Closest]] = []
    for o in _recent(shown_by(case.candidate, measure.kind)):
        raw = measure.read(o.value)
        if raw is None:
            continue
        scores = found.closeness(raw, measure)
        for rows, ranked in ((speaking, own), (~speaking, other)):
            for i in _nearest(scores, rows):
                p = found.prints[i]
                days = gap_days(
                    (o.first_seen_at, o.last_seen_at), (p.first_seen_at, p.last_seen_at)
                )
                near = float(scores[i])
                this = Closest(near, p.host, days, ranked is own, p.is_native, p.first_seen_at)
                ranked.append((fade(near, days), near, p.host, this))
    best = max(own, key=lambda r: r[:3], default=None)
    if best is None or best[0] <= 0:
        best = max(other, key=lambda r: r[:3], default=best)
    return best[3] if best else None


def _nearest(scores: NDArray[np.float64], rows: NDArray[np.bool_]) -> list[int]:
    """The closest few of *rows*: an old print may be closer, and a fresh one speak louder."""
    indices = np.flatnonzero(rows)
    order = np.argsort(-scores[indices], kind="stable")[:_MAX_NEAREST]
    return [int(i) for i in indices[order]]


def nearest_own(case: Case, measure: Measure) -> float | None:
    """Closeness to the nearest of the network's own prints; None where a side has none."""
    found = gallery(case.network, measure)
    raws = [measure.read(o.value) for o in _recent(shown_by(case.candidate, measure.kind))]
    read = [raw for raw in raws if raw is not None]
    if not read or not found.own.any():
        return None
    return max(float(found.closeness(raw, measure)[found.own].max()) for raw in read)


def members_alike(case: Case, measure: Measure) -> list[str]:
    """The members whose own page is the candidate's, sorted."""
    found = gallery(case.network, measure)
    raws = [measure.read(o.value) for o in _recent(shown_by(case.candidate, measure.kind))]
    alike: set[str] = set()
    for raw in filter(None, raws):
        rows = np.flatnonzero(found.own & (found.closeness(raw, measure) >= measure.same))
        alike |= {found.prints[int(i)].host for i in rows}
    return sorted(alike)
