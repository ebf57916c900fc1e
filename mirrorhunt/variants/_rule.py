"""What a rule is, and what it may look at."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from mirrorhunt.registry import Registry
from mirrorhunt.variants._lore import Lore
from mirrorhunt.variants._past import Past

_BASES = 5


@dataclass(frozen=True, slots=True)
class Habit:
    """One move of the network itself, and the rule that explains it."""

    rule: str
    """Empty where no rule does."""
    detail: str
    age: int
    """0 for the newest move."""
    has_stayed: bool
    """True if the suffix was that of the name before."""


@dataclass(frozen=True)
class Question:
    """Which name is next: the network's past, and what is known of networks in general."""

    past: Past
    lore: Lore
    habits: tuple[Habit, ...] = ()

    @cached_property
    def bases(self) -> tuple[tuple[str, float], ...]:
        """Labels that a new one may be made from, with the share of moves that start there.

        Labels in punycode are left out: a letter changed there is another alphabet's accident.
        """
        usable = [label for label in self.past.newest_first if not label.startswith("xn--")]
        weights = [
            0.55**rank + 0.2 * self.past.usage[label] / len(self.past.labels)
            for rank, label in enumerate(usable[:_BASES])
        ]
        total = sum(weights)
        return tuple(
            (label, weight / total) for label, weight in zip(usable, weights, strict=False)
        )

    def own_details(self, rule: str, fade: float = 0.85) -> dict[str, float]:
        """How the network itself used *rule*: detail to its count, older moves counting less."""
        details: dict[str, float] = {}
        for habit in self.habits:
            if habit.rule == rule:
                details[habit.detail] = details.get(habit.detail, 0.0) + fade**habit.age
        return details


class Idea(NamedTuple):
    """A label that a rule makes."""

    label: str
    weight: float
    """Its share of what the rule proposes."""
    because: str
    suffix: str = ""
    """Set where the rule knows the suffix as well."""


@dataclass(frozen=True, slots=True)
class Move:
    """A name that a network took, and what it had before."""

    label: str
    suffix: str
    earlier: tuple[str, ...]
    """Labels used before, newest first."""
    earlier_suffixes: tuple[str, ...]
    """Suffixes used before, newest first."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How labels are made from labels."""

    breadth: int
    """About how many labels it makes of one; a move is ascribed to the narrowest rule."""
    reach: float
    """The share of moves explained by it whose label is among its ideas: what `explains` says
    yes to may be wider than what can be enumerated."""
    explains: Callable[[Move], str | None]
    """The detail that statistics count; None if the rule does not lead there."""
    ideas: Callable[[Question], Iterable[Idea]]


rules: Registry[Rule] = Registry("mirrorhunt.variants", "variant rule")


@lru_cache(maxsize=1)
def narrowest_first() -> tuple[tuple[str, Rule], ...]:
    """All rules with their names, the one that leaves least open first."""
    return tuple(sorted(rules.items(), key=lambda item: (item[1].breadth, item[0])))
