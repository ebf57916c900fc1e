"""A hunt in the world that frames others, before the framing and after it."""

import json
from pathlib import Path

import pytest

from mirrorhunt.lab.run import lab_running
from mirrorhunt.lab.score import Score, score
from mirrorhunt.lab.worlds import worlds
from tests.hunt.conftest import place_in

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("framing")]

DAY_S = 86_400


@pytest.fixture(scope="module")
def hunted(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Score]:
    """The score of each day; one database for both."""
    folder: Path = tmp_path_factory.mktemp("framing")
    world = worlds["framing"](1)
    scores = {}
    for day in world.days:
        today = world.on(day)
        with lab_running(today) as lab:
            place = place_in(folder, lab)
            place.environment["MIRRORHUNT_CLOCK_AHEAD_S"] = str(day * DAY_S)
            listed = folder / "listed.txt"
            listed.write_text("\n".join(today.candidates), encoding="utf-8")
            ended = place.run("hunt", *today.seeds, "--candidates", str(listed), "--yes")
            assert ended.code == 0, ended.err
            rows = place.run("export", "jsonl", "--verdict", "candidate")
            found = [json.loads(line) for line in rows.out.splitlines()]
            scores[day] = score(today, found, lab.requests)
    return scores


def test_whoever_is_framed_is_looked_at_and_not_taken_for_a_mirror(
    hunted: dict[int, Score],
) -> None:
    for day, found in hunted.items():
        assert found.tally("probable").wrong == {}, day
        assert found.protected_reported == ()
    # More than a hundred of them were there to be taken.
    wrong = hunted[14].tally("candidate").wrong
    assert sum(map(len, wrong.values())) >= 100
    assert len(wrong) >= 20


def test_the_mirrors_are_found_all_the_same(hunted: dict[int, Score]) -> None:
    assert hunted[0].tally("probable").recall == 1.0
    later = hunted[14].tally("probable")
    # All but the ten that never showed anything of the network's.
    assert later.found == 30
    assert later.wanted == 40
    assert hunted[14].copies.found == hunted[14].copies.wanted == 5
