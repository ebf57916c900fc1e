"""What makes one suffix likelier than another beside how often networks moved to it.

A conditional logit over all suffixes: the logarithms below are added and the shares taken. Its
weights were fitted on 996 public suffix changes of 319 networks (2015-2026), on one half of the
networks with statistics from the other, twice; what is here is the mean of the four fits, which
agree in sign and mostly within a third. The fit raised the mean logarithm of the right suffix's
probability on the other half from -4.95 to -4.83 (2026-11-24).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from mirrorhunt.variants._lore import Lore, shares
from mirrorhunt.variants._rule import Question

_MOVES, _OWN_KINDS, _SEEN, _ON_WEB, _BORN = 0.48, 0.35, 0.42, 0.14, 0.14
_OWN = 0.2
_OTHER_LENGTH = -0.18
"""For every letter that the suffix is longer or shorter than the newest one."""
_WITH_EVERY_MOVE = {
    "old": -0.55,
    "country": -0.15,
    "rare country": 0.2,
    "new": 0.17,
    "rare new": 0.36,
    "joined": 0.0,
}
"""By kind, times the logarithm of how many names the network had: one that moved often has left
``com`` behind and takes what comes."""
_MAX_LOG_MOVES = 3.0
_COMMON_COUNTRY, _COMMON_NEW = 1500, 800
"""Names among the million most visited sites from which on a suffix is no rarity."""
_KIND_TRUST = 2.0
_KIND_FADE = 0.85
_KINDS_SEEN = 12
_BORN_TRUST = 20.0
_HALF_LIFE_MONTHS = 60.0
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class _Standing:
    """What holds for all networks in a month."""

    kinds: dict[str, str]
    shares: dict[str, float]
    """Of each kind, among all moves."""
    worth: dict[str, float]


def weighed(
    question: Question, table: str, general: Mapping[str, float], likely: Mapping[str, float]
) -> dict[str, float]:
    """Suffix to probability: what is *likely* from counts of moves in *table*, put right.

    *general* are the shares of suffixes in *table* over all networks.
    """
    lore, suffixes = question.lore, question.past.suffixes
    standing = lore.keep(("standing", table), lambda: _standing(lore, general))
    newest_first = tuple(dict.fromkeys(reversed(suffixes)))
    factors = _by_kind(question, standing, newest_first)
    size = len(newest_first[0])
    near = [math.exp(_OTHER_LENGTH * abs(length - size)) for length in range(_LONGEST)]
    worth, kinds = standing.worth, standing.kinds
    # A suffix of a lab or of a shared platform, which no list of suffixes in use holds.
    unknown = min(worth.values())
    weights = {
        suffix: p**_MOVES
        * worth.get(suffix, unknown)
        * factors[kinds.get(suffix, "joined")]
        * near[min(len(suffix), _LONGEST - 1)]
        for suffix, p in likely.items()
    }
    for suffix in newest_first:
        if suffix in weights:
            weights[suffix] *= math.exp(_OWN)
    return shares(weights)


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
    kinds = {suffix: _kind(suffix, web) for suffix in general}
    share = dict.fromkeys(_WITH_EVERY_MOVE, 0.0)
    for suffix, p in general.items():
        share[kinds[suffix]] += p
    worth = {
        suffix: (1 + seen.get(suffix, 0.0)) ** _SEEN
        * (1 + web.get(suffix, 0.0)) ** _ON_WEB
        * (births.get(suffix, 0.0) + _BORN_TRUST * p) ** _BORN
        for suffix, p in general.items()
    }
    return _Standing(kinds, share, worth)


def _kind(suffix: str, web: Mapping[str, float]) -> str:
    if suffix in ("com", "net", "org"):
        return "old"
    if "." in suffix:
        return "joined"
    if len(suffix) == 2:
        return "country" if web.get(suffix, 0.0) >= _COMMON_COUNTRY else "rare country"
    return "new" if web.get(suffix, 0.0) >= _COMMON_NEW else "rare new"


def _by_kind(
    question: Question, standing: _Standing, newest_first: tuple[str, ...]
) -> dict[str, float]:
    """Kind to the factor that the network's own suffixes and the number of its moves give."""
    own = {kind: _KIND_TRUST * p for kind, p in standing.shares.items()}
    web = question.lore.counts("web", math.inf)
    for age, suffix in enumerate(newest_first[:_KINDS_SEEN]):
        own[_kind(suffix, web)] += _KIND_FADE**age
    moved = min(_MAX_LOG_MOVES, math.log(len(question.past.suffixes)))
    return {
        kind: (p / max(standing.shares[kind], 1e-3)) ** _OWN_KINDS
        * math.exp(_WITH_EVERY_MOVE[kind] * moved)
        for kind, p in shares(own).items()
    }
