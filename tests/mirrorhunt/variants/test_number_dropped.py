"""The number goes."""

from collections.abc import Callable

import pytest

NOT_MADE = [
    pytest.param(["films.net"], "films", id="nothing to drop"),
    pytest.param(["1337.net"], "", id="a label of digits alone"),
]
MADE = [
    pytest.param(["films12.net"], "films", id="end"),
    pytest.param(["films-12.net"], "films", id="with its hyphen"),
    pytest.param(["4films12.net"], "films12", id="one of two"),
]
NOT_EXPLAINED = [
    pytest.param("films3.net", ["films2.net"], id="a number changed"),
]
EXPLAINED = [
    pytest.param("films.net", ["films2.net"], "", id="dropped"),
]


@pytest.mark.parametrize(("names", "wrong"), NOT_MADE)
def test_what_is_no_such_change_is_not_made(
    names: list[str], wrong: str, made: Callable[..., dict[str, float]]
) -> None:
    assert wrong not in made("number_dropped", *names)


@pytest.mark.parametrize(("names", "wanted"), MADE)
def test_the_change_is_made(
    names: list[str], wanted: str, made: Callable[..., dict[str, float]]
) -> None:
    assert made("number_dropped", *names)[wanted] > 0


@pytest.mark.parametrize(("name", "earlier"), NOT_EXPLAINED)
def test_another_change_is_not_claimed(
    name: str, earlier: list[str], explained: Callable[..., str | None]
) -> None:
    assert explained("number_dropped", name, *earlier) is None


@pytest.mark.parametrize(("name", "earlier", "detail"), EXPLAINED)
def test_the_change_is_recognised(
    name: str, earlier: list[str], detail: str, explained: Callable[..., str | None]
) -> None:
    assert explained("number_dropped", name, *earlier) == detail
