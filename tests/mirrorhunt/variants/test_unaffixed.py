"""A word less."""

from collections.abc import Callable

import pytest

NOT_MADE = [
    pytest.param(["myfilms.net"], "my", id="too little left"),
    pytest.param(["films.net"], "films2", id="nothing more"),
]
MADE = [
    pytest.param(["lookmanga.net"], "look", id="the end"),
    pytest.param(["thefilms.net"], "films", id="the beginning"),
    pytest.param(["films-tv.net"], "films", id="at a hyphen, which goes"),
]
NOT_EXPLAINED = [
    pytest.param("filmstv.net", ["films.net"], id="a word more"),
]
EXPLAINED = [
    pytest.param("films.net", ["filmstv.net"], "end:tv", id="end"),
    pytest.param("films.net", ["thefilms.net"], "begin:the", id="begin"),
]


@pytest.mark.parametrize(("names", "wrong"), NOT_MADE)
def test_what_is_no_such_change_is_not_made(
    names: list[str], wrong: str, made: Callable[..., dict[str, float]]
) -> None:
    assert wrong not in made("unaffixed", *names)


@pytest.mark.parametrize(("names", "wanted"), MADE)
def test_the_change_is_made(
    names: list[str], wanted: str, made: Callable[..., dict[str, float]]
) -> None:
    assert made("unaffixed", *names)[wanted] > 0


@pytest.mark.parametrize(("name", "earlier"), NOT_EXPLAINED)
def test_another_change_is_not_claimed(
    name: str, earlier: list[str], explained: Callable[..., str | None]
) -> None:
    assert explained("unaffixed", name, *earlier) is None


@pytest.mark.parametrize(("name", "earlier", "detail"), EXPLAINED)
def test_the_change_is_recognised(
    name: str, earlier: list[str], detail: str, explained: Callable[..., str | None]
) -> None:
    assert explained("unaffixed", name, *earlier) == detail
