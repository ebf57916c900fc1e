"""Another word at the same stem."""

from collections.abc import Callable

import pytest

NOT_MADE = [
    pytest.param(["zqxv.net"], "zqxvtoon", id="no word to take away"),
]
MADE = [
    pytest.param(["alphascans.net"], "alphatoon", id="end"),
    pytest.param(["alphamanga.net"], "mangaalpha", id="from the end to the beginning"),
]
NOT_EXPLAINED = [
    pytest.param("filters.net", ["films.net"], id="hardly alike"),
    pytest.param("masterfil.net", ["filters.net"], id="a short stem elsewhere"),
]
EXPLAINED = [
    pytest.param("alphatoon.net", ["alphascans.net"], "end:toon", id="end"),
    pytest.param("visoralpha.net", ["zonaalpha.net"], "begin:visor", id="begin"),
    pytest.param("visoralpha.net", ["alphascans.net"], "begin:visor", id="stem moved to the end"),
    pytest.param("alphatoon.net", ["zonaalpha.net"], "end:toon", id="stem moved to the front"),
]


@pytest.mark.parametrize(("names", "wrong"), NOT_MADE)
def test_what_is_no_such_change_is_not_made(
    names: list[str], wrong: str, made: Callable[..., dict[str, float]]
) -> None:
    assert wrong not in made("other_ending", *names)


@pytest.mark.parametrize(("names", "wanted"), MADE)
def test_the_change_is_made(
    names: list[str], wanted: str, made: Callable[..., dict[str, float]]
) -> None:
    assert made("other_ending", *names)[wanted] > 0


@pytest.mark.parametrize(("name", "earlier"), NOT_EXPLAINED)
def test_another_change_is_not_claimed(
    name: str, earlier: list[str], explained: Callable[..., str | None]
) -> None:
    assert explained("other_ending", name, *earlier) is None


@pytest.mark.parametrize(("name", "earlier", "detail"), EXPLAINED)
def test_the_change_is_recognised(
    name: str, earlier: list[str], detail: str, explained: Callable[..., str | None]
) -> None:
    assert explained("other_ending", name, *earlier) == detail
