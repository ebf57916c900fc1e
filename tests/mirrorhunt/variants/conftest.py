"""What the tests of the variant rules have in common."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from mirrorhunt.variants import Known, Move, Question, Statistics, question_of, rules

NOW = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def question() -> Callable[..., Question]:
    """The question that names, oldest first, put to the rules."""

    def make(*names: str) -> Question:
        return question_of([Known(name) for name in names], NOW, Statistics.shipped())

    return make


@pytest.fixture(scope="session")
def made(question: Callable[..., Question]) -> Callable[..., dict[str, float]]:
    """Label to weight of what a rule makes of names; ``label.suffix`` where it knows both."""

    def make(rule: str, *names: str) -> dict[str, float]:
        weights: dict[str, float] = {}
        for idea in rules[rule].ideas(question(*names)):
            name = f"{idea.label}.{idea.suffix}" if idea.suffix else idea.label
            weights[name] = weights.get(name, 0.0) + idea.weight
        return weights

    return make


@pytest.fixture(scope="session")
def explained() -> Callable[..., str | None]:
    """What a rule says of a move to a name, from labels newest first."""

    def explain(rule: str, name: str, *earlier: str) -> str | None:
        label, _, suffix = name.partition(".")
        olds = [old.partition(".") for old in earlier]
        move = Move(label, suffix, tuple(o[0] for o in olds), tuple(o[2] for o in olds))
        return rules[rule].explains(move)

    return explain
