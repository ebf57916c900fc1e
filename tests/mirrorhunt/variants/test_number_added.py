"""A number where there was none."""

from collections.abc import Callable

import pytest

NOT_MADE = [
    pytest.param(["films2.net"], "films21", id="a number behind a number is counting"),
]
MADE = [
    pytest.param(["films.net"], "films2", id="at the end"),
    pytest.param(["films.net"], "films-2", id="with a hyphen"),
    pytest.param(["films.net"], "1films", id="at the beginning"),
    pytest.param(["lookmanga.net"], "look1manga", id="before a word"),
]
NOT_EXPLAINED = [
    pytest.param("films3.net", ["films2.net"], id="a number changed"),
    pytest.param("123.net", ["456.net"], id="only digits"),
    # Counting on, although the bare name is known as well: else every step of a series that grew
    # from it would be taken for a first number.
    pytest.param("films4.net", ["films.net", "films3.net"], id="a number counts on beside it"),
]
EXPLAINED = [
    pytest.param("films2.net", ["films.org"], "end:2", id="end"),
    pytest.param("4films.net", ["films.net"], "begin:4", id="begin"),
    pytest.param("films20240131.net", ["films.net"], "end", id="a long number is no habit"),
]


@pytest.mark.parametrize(("names", "wrong"), NOT_MADE)
def test_what_is_no_such_change_is_not_made(
    names: list[str], wrong: str, made: Callable[..., dict[str, float]]
) -> None:
    assert wrong not in made("number_added", *names)


@pytest.mark.parametrize(("names", "wanted"), MADE)
def test_the_change_is_made(
    names: list[str], wanted: str, made: Callable[..., dict[str, float]]
) -> None:
    assert made("number_added", *names)[wanted] > 0


@pytest.mark.parametrize(("name", "earlier"), NOT_EXPLAINED)
def test_another_change_is_not_claimed(
    name: str, earlier: list[str], explained: Callable[..., str | None]
) -> None:
    assert explained("number_added", name, *earlier) is None


@pytest.mark.parametrize(("name", "earlier", "detail"), EXPLAINED)
def test_the_change_is_recognised(
    name: str, earlier: list[str], detail: str, explained: Callable[..., str | None]
) -> None:
    assert explained("number_added", name, *earlier) == detail
