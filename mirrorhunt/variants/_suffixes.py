"""Which suffix is next: what networks in general moved to, and this one's own habits.

The constants were chosen on 996 public suffix changes of 319 networks (2015-2026), statistics from
one half of the networks and the score from the other; each is on a plateau, none is sharp.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

from mirrorhunt.names import public_suffixes
from mirrorhunt.variants._lore import Lore, shares
from mirrorhunt.variants._rule import Question
from mirrorhunt.variants._weighing import Floats, arrivals, features, weighed

_FAST_MONTHS = 20.0
_SLOW_MONTHS = 60.0
_FAST_SHARE, _SLOW_SHARE, _ALL_SHARE = 0.3, 0.1, 0.6
# Among suffixes that no network moved to yet, and for the rest of the uncertainty, those are
# likelier that are common on the web; a suffix of one brand or one country's offices is not.
_UNSEEN_SHARE = 0.14
_WEB_POWER, _WEB_CAP = 0.45, 3000.0
_SEEN_ON_WEB = 0.3
_PAIR_TRUST = 50.0
_KIND_TRUST = 20.0
_OWN_KIND_TRUST = 0.375
_OWN_SUFFIX_SHARE = 0.1
_OWN_FACTOR = 1.5
"""An older suffix of the network's has few names to it, so what it lacks shows far down the list:
there names under one came true 2 to 9 times as often as counted (cross-validated, 2026-11-24)."""
_OLD = frozenset({"com", "net", "org"})


@lru_cache(maxsize=4096)
def kind_of(suffix: str) -> str:
    """The kind of *suffix*: networks on suffixes of one kind tend to stay with the kind."""
    if suffix in _OLD:
        return "old"
    return "country" if len(suffix.rpartition(".")[2]) == 2 else "new"


@lru_cache(maxsize=1)
def top_level_suffixes() -> frozenset[str]:
    """Suffixes of one label under which one can register."""
    return frozenset(suffix for suffix in public_suffixes() if "." not in suffix)


def swap_suffixes(question: Question) -> dict[str, float]:
    """Suffix to probability, for a label that the network used before."""
    return weighed(question, "swap", *_swaps(question))


def swap_features(question: Question) -> tuple[Sequence[str], Floats]:
    """What `swap_suffixes` weighs: the suffixes, and a row of features for each."""
    return features(question, "swap", *_swaps(question))


def _swaps(question: Question) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Suffixes by how often networks moved to them, and by how often from such a place."""
    past = question.past
    general = general_suffixes(question.lore, "swap")
    following = following_suffixes(question, "swap")
    if len(past.newest_first) == 1:
        return general, following
    # Other labels of the network stand under its other suffixes already.
    newest_first = dict.fromkeys(reversed(past.suffixes))
    own = shares({suffix: 0.85**age for age, suffix in enumerate(newest_first)})
    mixed = {suffix: (1 - _OWN_SUFFIX_SHARE) * p for suffix, p in following.items()}
    for suffix, p in own.items():
        mixed[suffix] = mixed.get(suffix, 0.0) + _OWN_SUFFIX_SHARE * p
    return general, mixed


def following_suffixes(question: Question, table: str) -> dict[str, float]:
    """Suffix to probability, from where the network is now, of a move in *table*."""
    lore, newest = question.lore, question.past.newest_suffix
    general = general_suffixes(lore, table)
    by_kind = _by_kind(question, table)
    following = {suffix: p * by_kind[kind_of(suffix)] for suffix, p in general.items()}
    onward = lore.keep(("onward", table), lambda: _onward(lore, table)).get(newest)
    if onward:
        # What followed this very suffix before counts as much as it was seen often.
        total = sum(onward.values())
        trust = total / (total + _PAIR_TRUST)
        for suffix in following:
            following[suffix] *= 1 - trust
        for suffix, count in onward.items():
            following[suffix] = following.get(suffix, 0.0) + trust * count / total
    return following


def _by_kind(question: Question, table: str) -> dict[str, float]:
    """Kind of suffix to the factor by which it is likelier here than in general."""
    lore, suffixes = question.lore, question.past.suffixes
    general: dict[str, float] = {"old": 0.0, "country": 0.0, "new": 0.0}
    for suffix, p in general_suffixes(lore, table).items():
        general[kind_of(suffix)] += p
    onward = lore.keep(("onward kinds", table), lambda: _onward_kinds(lore, table))
    here = kind_of(suffixes[-1])
    row = shares(
        {kind: onward.get((here, kind), 0.0) + _KIND_TRUST * p for kind, p in general.items()}
    )
    for age, suffix in enumerate(reversed(suffixes[-8:])):
        if age < len(suffixes) - 1:
            row[kind_of(suffix)] += _OWN_KIND_TRUST * 0.8**age
    return {kind: p / general[kind] for kind, p in shares(row).items() if general[kind]}


def general_suffixes(lore: Lore, table: str) -> Mapping[str, float]:
    """Suffix to its share of all moves in *table*, a little left for those never seen."""
    return lore.keep(("general", table), lambda: _general(lore, table))


def _general(lore: Lore, table: str) -> Mapping[str, float]:
    fast = shares(arrivals(lore.counts(table, _FAST_MONTHS)))
    slow = shares(arrivals(lore.counts(table, _SLOW_MONTHS)))
    seen = dict(lore.counts("birth", _SLOW_MONTHS))
    for moves in ("swap", "move"):
        for suffix, count in arrivals(lore.counts(moves, _SLOW_MONTHS)).items():
            seen[suffix] = seen.get(suffix, 0.0) + count
    everything = shares(seen)
    unseen = _unseen(lore, everything)
    return shares(
        {
            suffix: (1 - _UNSEEN_SHARE)
            * (
                _FAST_SHARE * fast.get(suffix, 0.0)
                + _SLOW_SHARE * slow.get(suffix, 0.0)
                + _ALL_SHARE * everything.get(suffix, 0.0)
            )
            + _UNSEEN_SHARE * unseen.get(suffix, 0.0)
            for suffix in sorted(unseen.keys() | everything.keys())
        }
    )


def _unseen(lore: Lore, seen: Mapping[str, float]) -> dict[str, float]:
    web = lore.counts("web", math.inf)
    return shares(
        {
            suffix: min(_WEB_CAP, web.get(suffix, 0.3)) ** _WEB_POWER
            * (_SEEN_ON_WEB if suffix in seen else 1.0)
            for suffix in sorted(top_level_suffixes())
        }
    )


def _onward(lore: Lore, table: str) -> dict[str, dict[str, float]]:
    onward: dict[str, dict[str, float]] = {}
    for key, count in lore.counts(table, _SLOW_MONTHS).items():
        old, _, new = key.partition(">")
        onward.setdefault(old, {})[new] = count
    return onward


def _onward_kinds(lore: Lore, table: str) -> dict[tuple[str, str], float]:
    onward: dict[tuple[str, str], float] = {}
    for key, count in lore.counts(table, _SLOW_MONTHS).items():
        old, _, new = key.partition(">")
        pair = kind_of(old), kind_of(new)
        onward[pair] = onward.get(pair, 0.0) + count
    return onward


def moved_suffixes(question: Question) -> dict[str, float]:
    """Suffix to probability, for a new label under a suffix that the network never used."""
    used = frozenset(question.past.suffixes)
    general = general_suffixes(question.lore, "move")
    following = weighed(question, "move", general, following_suffixes(question, "move"))
    return shares({suffix: p for suffix, p in following.items() if suffix not in used})


def older_suffixes(question: Question) -> dict[str, float]:
    """Suffix to probability, among those that the network used before the newest."""
    newest_first = dict.fromkeys(reversed(question.past.suffixes))
    return shares({s: 0.8**age for age, s in enumerate(newest_first) if age})


def keeping(question: Question, rule: str) -> tuple[float, float, float]:
    """Probabilities that a new label made by *rule* is under the newest suffix, an older one of
    the network's, or one that it never used. They sum to 1."""
    counts = question.lore.counts("stay", _SLOW_MONTHS)
    base = question.lore.keep("keeping", lambda: _keeping_in_general(counts))
    here = {kind: counts.get(f"{rule} {kind}", 0.0) + 4.0 * p for kind, p in base.items()}
    total = sum(here.values())
    same, own = here["same"] / total, here["own"] / total
    stayed, moved = _own_keeping(question, rule)
    if stayed + moved:
        learned = (2.0 * same + stayed) / (2.0 + stayed + moved)
        own *= (1 - learned) / (1 - same)
        same = learned
    if len(set(question.past.suffixes)) == 1:
        own = 0.0
    other = max(1e-6, 1 - same - own)
    own *= _OWN_FACTOR
    total = same + own + other
    return same / total, own / total, other / total


def _keeping_in_general(counts: Mapping[str, float]) -> dict[str, float]:
    total = {"same": 1.4, "own": 0.3, "other": 1.3}
    for key, count in counts.items():
        kind = key.rpartition(" ")[2]
        if kind in total:
            total[kind] += count
    return shares(total)


def _own_keeping(question: Question, rule: str) -> tuple[float, float]:
    """How often the network kept and changed its suffix when it took a new label."""
    stayed = moved = 0.0
    for habit in question.habits:
        if habit.rule != "other_suffix":
            weight = 0.85**habit.age * (1.0 if habit.rule == rule else 0.5)
            stayed += weight * habit.has_stayed
            moved += weight * (not habit.has_stayed)
    return stayed, moved
