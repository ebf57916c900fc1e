"""Attacks that the forgery table does not have, tried on the policy alone."""

from collections.abc import Callable

import pytest

from mirrorhunt import verdicts
from mirrorhunt.model import Verdict
from tests import make
from tests.must_not_publish import red_team
from tests.must_not_publish.red_team import FACES, HELD, REMAIN, Scene

Attack = Callable[[tuple[str, ...]], Scene]


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("attack", HELD, ids=lambda a: a.__name__)
def test_no_attack_makes_a_victim_probable(attack: Attack, face: str) -> None:
    judgement = red_team.judged(attack(FACES[face]))

    assert judgement.verdict is Verdict.CANDIDATE, judgement.gate
    assert verdicts.auto_confirmable(judgement) is not None
    # That nothing streams would prove nothing.
    assert "offers" not in judgement.gate


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("attack", REMAIN, ids=lambda a: a.__name__)
def test_what_remains_is_known(attack: Attack, face: str) -> None:
    """Named in docs/attribution.md §4. Should the policy learn to hold one, it belongs above."""
    assert red_team.judged(attack(FACES[face])).verdict is Verdict.PROBABLE


@pytest.mark.parametrize("registered", [None, -100, -500])
def test_a_true_mirror_is_probable_all_the_same(registered: float | None) -> None:
    # Also one that is older than all but the seed: what the seed shows speaks for everybody.
    name = "films9.example"
    mirror = make.host(
        name, red_team.mirror(name), since=-5, registered=registered, channels=["link"]
    )

    judgement = red_team.judged(Scene(mirror, red_team.members()))

    assert judgement.verdict is Verdict.PROBABLE
    assert judgement.score_bits > 20
