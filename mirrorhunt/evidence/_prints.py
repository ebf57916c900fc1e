"""Comparing pages by their prints: which page of the network is the closest, and does it count.

A print is a short hex text that two similar pages nearly share, so equality, which carries the
other kinds, says nothing here. A print of the network is its own where a seed had it from the
start, or where a close one was there from the start on another member's domain.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mirrorhunt.evidence import Case
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


@dataclass(frozen=True, slots=True)
class _Print:
    raw: bytes
    host: str
    domain: str
    is_seed: bool
    is_native: bool
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True)
class Gallery:
    """The prints of a network."""

    prints: tuple[_Print, ...]
    matrix: Prints
    own: NDArray[np.bool_]
    """Those that count as its own, where a host is told apart from it."""
    confirmed: NDArray[np.bool_]
    """A row for each native print: the prints on other domains that confirm it. Empty where some
    of the network's were left out, as then nothing follows for a part of it."""
    speaking: NDArray[np.bool_]
    """Those that count as its own, where they speak for a host: decoys left out."""
    compared: dict[bytes, NDArray[np.float64]] = field(default_factory=dict, compare=False)
    """What was compared with the matrix already: several kinds and passes ask the same."""

    def closeness(self, raw: bytes, measure: Measure) -> NDArray[np.float64]:
        """How close *raw* is to each print."""
        if raw not in self.compared:
            if len(self.compared) >= _MAX_COMPARED:
                self.compared.clear()
            row = np.frombuffer(raw, dtype=np.uint8)
            self.compared[raw] = measure.closeness(self.matrix, row)
        return self.compared[raw]


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
        if len(found.confirmed):
            return _rest_of(found, network, left_out)
    ordered = sorted(network.members, key=lambda m: (m.host not in network.seeds, m.host))
    prints = [
        p
        for member in ordered
        for p in _prints(member, measure, is_seed=member.host in network.seeds)
    ]
    # Natives first: whatever members show later can then never push one out.
    kept = tuple(sorted(prints, key=lambda p: not p.is_native))[:MAX_PRINTS_OF_NETWORK]
    matrix = _matrix([p.raw for p in kept], measure)
    confirmed = _confirmed(kept, matrix, measure)
    own, speaking = _own(kept, confirmed, network)
    if len(kept) < len(prints):
        confirmed = confirmed[:0]
    return Gallery(kept, matrix, own, confirmed, speaking)


def _rest_of(found: Gallery, network: NetworkFacts, left_out: str) -> Gallery:
    """*found* without the prints of the member *left_out*."""
    rest = np.array([p.host != left_out for p in found.prints], dtype=np.bool_)
    prints = tuple(p for p in found.prints if p.host != left_out)
    confirmed = found.confirmed if rest.all() else found.confirmed[np.ix_(rest, rest)]
    own, speaking = _own(prints, confirmed, network)
    return Gallery(prints, found.matrix[rest], own, confirmed, speaking)


def _prints(host: HostFacts, measure: Measure, *, is_seed: bool) -> list[_Print]:
    seen = _recent(shown_by(host, measure.kind))
    read = ((measure.read(o.value), o) for o in seen)
    return [
        _Print(
            raw,
            host.host,
            host.registrable_domain,
            is_seed,
            o.is_native,
            o.first_seen_at,
            o.last_seen_at,
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


def _own(
    prints: tuple[_Print, ...], confirmed: NDArray[np.bool_], network: NetworkFacts
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of *prints* are the network's own, and which of them without decoys: native on a seed,
    or with another native that confirms it."""
    seeds = np.array([p.is_seed for p in prints], dtype=np.bool_)
    native = np.array([p.is_native for p in prints], dtype=np.bool_)
    own = native & (seeds | (confirmed & native).any(axis=1))
    if not network.decoys:
        return own, own
    honest = native & np.array([p.host not in network.decoys for p in prints], dtype=np.bool_)
    return own, honest & (seeds | (confirmed & honest).any(axis=1))


def closest(case: Case, measure: Measure, fade: Callable[[float, float], float]) -> Closest | None:
    """The print of the network that speaks loudest; its own before any other, if they speak.

    *fade* gives the bits of (closeness, days apart). None where a side has no print.
    """
    found = gallery(case.network, measure)
    if not found.prints:
        return None
    own: list[tuple[float, float, str, Closest]] = []
    other: list[tuple[float, float, str, Closest]] = []
    for o in _recent(shown_by(case.candidate, measure.kind)):
        raw = measure.read(o.value)
        if raw is None:
            continue
        scores = found.closeness(raw, measure)
        for rows, ranked in ((found.speaking, own), (~found.speaking, other)):
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
