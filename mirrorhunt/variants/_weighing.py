"""What makes one suffix likelier than another beside how often networks moved to it.

A conditional logit over all suffixes: what is known of each is multiplied by `WEIGHTS`, added up,
and the shares of the exponentials are taken. `benchmarks/fit_suffix_weights.py` fits the weights
on suffix changes of networks that the statistics were not counted in, and prints what they gain.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mirrorhunt.variants._lore import Lore, shares
from mirrorhunt.variants._rule import Question

Floats = NDArray[np.float64]

_KINDS = ("old", "country", "rare country", "new", "rare new", "joined")
FEATURES = (
    "moves",
    "own kinds",
    "seen",
    "on the web",
    "born",
    "own",
    "other length",
    *(f"{kind} with every move" for kind in _KINDS[:-1]),
)
"""The columns of `features`: logarithms of the chance from counted moves, of how the network's own
suffixes lean to this kind, of how often networks ever moved there, of names on the web and of
networks that began there; 1 for a suffix of the network's; letters more or less than the newest
suffix has; and by kind the logarithm of how many names the network had: one that moved often has
left ``com`` behind and takes what comes."""
WEIGHTS: Floats = np.array(
    [0.55, 0.35, 0.39, 0.11, 0.13, 0.34, -0.15, -0.52, -0.05, 0.3, 0.25, 0.49]
)
"""Fitted on 993 public suffix changes of 317 networks (2015-2026), on 2026-11-24."""
_MAX_LOG_MOVES = 3.0
_COMMON_COUNTRY, _COMMON_NEW = 1500, 800
"""Names among the million most visited sites from which on a suffix is no rarity."""
_KIND_TRUST = 2.0
_KIND_FADE = 0.85
_KINDS_SEEN = 12
_BORN_TRUST = 20.0
_HALF_LIFE_MONTHS = 60.0
_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class _Standing:
    """What holds for all networks in a month, by suffix in columns."""

    places: dict[str, int]
    kinds: NDArray[np.int64]
    lengths: NDArray[np.int64]
    known: Floats
    """The logarithms of seen, on the web and born, and last what is set for a suffix that no list
    holds: that of a lab or of a shared platform."""
    shares: Floats
    """Of each kind, among all moves."""


def weighed(
    question: Question, table: str, general: Mapping[str, float], likely: Mapping[str, float]
) -> dict[str, float]:
    """Suffix to probability: what is *likely* from counts of moves in *table*, put right.

    *general* are the shares of suffixes in *table* over all networks.
    """
    suffixes, columns = features(question, table, general, likely)
    logits = columns @ WEIGHTS
    weights = np.exp(logits - logits.max())
    return dict(zip(suffixes, (weights / weights.sum()).tolist(), strict=True))


def features(
    question: Question, table: str, general: Mapping[str, float], likely: Mapping[str, float]
) -> tuple[Sequence[str], Floats]:
    """The suffixes of *likely*, and a row of `FEATURES` for each."""
    lore, past = question.lore, question.past
    standing = lore.keep(("standing", table), lambda: _standing(lore, general))
    suffixes = tuple(likely)
    unknown = len(standing.places)
    at = np.array([standing.places.get(suffix, unknown) for suffix in suffixes])
    kinds = standing.kinds[at]
    newest_first = tuple(dict.fromkeys(reversed(past.suffixes)))
    lengths = standing.lengths[at]
    for row in np.flatnonzero(at == unknown):
        lengths[row] = len(suffixes[row])
    columns = np.zeros((len(suffixes), len(FEATURES)))
    columns[:, 0] = np.log(np.maximum(np.array(list(likely.values())), _LEAST))
    columns[:, 1] = _own_kinds(question, standing, newest_first)[kinds]
    columns[:, 2:5] = standing.known[at]
    used = set(newest_first)
    columns[:, 5] = [suffix in used for suffix in suffixes]
    columns[:, 6] = np.abs(lengths - len(newest_first[0]))
    moved = min(_MAX_LOG_MOVES, math.log(len(past.suffixes)))
    columns[:, 7:] = np.where(kinds[:, None] == np.arange(len(_KINDS) - 1), moved, 0.0)
    return suffixes, columns


def arrivals(counts: Mapping[str, float]) -> dict[str, float]:
    """Suffix to how often networks moved to it, from counts of ``old>new``."""
    found: dict[str, float] = {}
    for key, count in counts.items():
        suffix = key.partition(">")[2]
        found[suffix] = found.get(suffix, 0.0) + count
    return found


def _standing(lore: Lore, general: Mapping[str, float]) -> _Standing:
    web = lore.counts("web", math.inf)
    births = lore.counts("birth", _HALF_LIFE_MONTHS)
    seen: dict[str, float] = {}
    for table in ("swap", "move"):
        for suffix, count in arrivals(lore.counts(table, math.inf)).items():
            seen[suffix] = seen.get(suffix, 0.0) + count
    kinds = [_KINDS.index(_kind(suffix, web)) for suffix in general]
    known = np.log(
        [
            (
                1 + seen.get(suffix, 0.0),
                1 + web.get(suffix, 0.0),
                births.get(suffix, 0.0) + _BORN_TRUST * p,
            )
            for suffix, p in general.items()
        ]
    )
    return _Standing(
        {suffix: number for number, suffix in enumerate(general)},
        np.array([*kinds, _KINDS.index("joined")]),
        np.array([*map(len, general), 0]),
        np.vstack([known, known.min(axis=0)]),
        np.bincount(kinds, list(general.values()), len(_KINDS)).astype(np.float64),
    )


def _kind(suffix: str, web: Mapping[str, float]) -> str:
    if suffix in ("com", "net", "org"):
        return "old"
    if "." in suffix:
        return "joined"
    if len(suffix) == 2:
        return "country" if web.get(suffix, 0.0) >= _COMMON_COUNTRY else "rare country"
    return "new" if web.get(suffix, 0.0) >= _COMMON_NEW else "rare new"


def _own_kinds(question: Question, standing: _Standing, newest_first: tuple[str, ...]) -> Floats:
    """By kind, the logarithm of how much likelier than in general the network's suffixes say."""
    own = dict(zip(_KINDS, _KIND_TRUST * standing.shares, strict=True))
    web = question.lore.counts("web", math.inf)
    for age, suffix in enumerate(newest_first[:_KINDS_SEEN]):
        own[_kind(suffix, web)] += _KIND_FADE**age
    of_kind = np.array(list(shares(own).values()))
    return np.log(np.maximum(of_kind / np.maximum(standing.shares, 1e-3), 1e-6))
