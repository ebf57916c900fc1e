"""Which rule explains each move that a network made."""

from collections.abc import Sequence
from functools import lru_cache

from mirrorhunt.variants._past import Past
from mirrorhunt.variants._rule import Habit, Move, narrowest_first

_NAMES_COMPARED = 60
_LABELS_COMPARED = 12
_HOPS_EXPLAINED = 20


def habits_of(past: Past) -> tuple[Habit, ...]:
    """The network's latest moves, newest first, at most 20."""
    newest = len(past.labels) - 1
    habits = []
    for age in range(min(_HOPS_EXPLAINED, newest)):
        at = newest - age
        rule, detail = explain(move_at(past, at))
        has_stayed = past.suffixes[at] == past.suffixes[at - 1]
        habits.append(Habit(rule, detail, age, has_stayed))
    return tuple(habits)


def move_at(past: Past, at: int) -> Move:
    """The move to the name at *at*, 1 for the first."""
    return move_to(past.labels[at], past.suffixes[at], past.labels[:at], past.suffixes[:at])


def move_to(label: str, suffix: str, labels: Sequence[str], suffixes: Sequence[str]) -> Move:
    """A move from *labels* and *suffixes*, oldest first, of which the latest few are compared."""
    return Move(label, suffix, _latest(labels), _latest(suffixes))


def _latest(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reversed(texts[-_NAMES_COMPARED:])))[:_LABELS_COMPARED]


@lru_cache(maxsize=65536)
def explain(move: Move) -> tuple[str, str]:
    """(rule, detail) of the narrowest rule that leads to *move*; ("", "") if none does.

    A wide rule explains nearly anything, so it explains little.
    """
    for name, rule in narrowest_first():
        detail = rule.explains(move)
        if detail is not None:
            return name, detail
    return "", ""
