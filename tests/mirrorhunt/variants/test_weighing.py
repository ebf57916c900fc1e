"""What makes a suffix likelier beside counts of moves."""

from collections.abc import Callable

import pytest

from mirrorhunt.variants import Question
from mirrorhunt.variants._suffixes import moved_suffixes, swap_suffixes

Ask = Callable[..., Question]

RESTLESS = [f"films.{suffix}" for suffix in ("cc", "to", "xyz", "top", "lol", "site", "fun")]


def share(chances: dict[str, float], *suffixes: str) -> float:
    return sum(chances[suffix] for suffix in suffixes)


def test_a_network_that_moved_often_is_less_likely_to_take_an_old_suffix(question: Ask) -> None:
    once, often = (swap_suffixes(question(*names)) for names in (RESTLESS[:1], RESTLESS))
    assert share(often, "com", "net", "org") < share(once, "com", "net", "org")


def test_rare_suffixes_follow_on_rare_ones(question: Ask) -> None:
    rare = swap_suffixes(question("films.florist", "films.kaufen", "films.academy"))
    common = swap_suffixes(question("films.net", "films.com", "films.org"))
    assert share(rare, "gold", "vodka", "prof") > share(common, "gold", "vodka", "prof")


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["films.net"], id="one name"),
        pytest.param(RESTLESS, id="many names"),
        pytest.param(["films.example"], id="a suffix in no list"),
        pytest.param(["films.co.uk", "films.github.io"], id="suffixes of two labels"),
    ],
)
def test_chances_of_all_suffixes_sum_to_one_and_none_is_nought(
    names: list[str], question: Ask
) -> None:
    for chances in (swap_suffixes(question(*names)), moved_suffixes(question(*names))):
        assert sum(chances.values()) == pytest.approx(1.0)
        assert min(chances.values()) > 0
