"""What state a host is in, one rule a file, asked in the order the rules themselves give.

The first rule that rules wins. Rules read a `Visit` and nothing else; each names the source of
every signature it carries.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from mirrorhunt.model import Ruling, Visit
from mirrorhunt.registry import Registry


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to tell a state."""

    order: int
    """Asked from the lowest: 100s DNS, 300s who answers in the host's place, 400s what the page
    is, 500s what the lack of one says, 900 what is left."""
    rule: Callable[[Visit], Ruling | None]


rules: Registry[Rule] = Registry(__name__, "availability rule")


@cache
def _ordered() -> tuple[Rule, ...]:
    return tuple(sorted(rules.values(), key=lambda r: r.order))


def ruling(visit: Visit) -> Ruling:
    """The state that *visit* found its host in."""
    for rule in _ordered():
        found = rule.rule(visit)
        if found is not None:
            return found
    raise AssertionError("the last rule rules everything")
