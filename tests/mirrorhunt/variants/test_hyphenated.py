"""A hyphen more or less."""

from collections.abc import Callable

import pytest

NOT_MADE = [
    pytest.param(["my-films.net"], "my--films", id="two hyphens in a row"),
    pytest.param(["films.net"], "-films", id="at an end"),
]
MADE = [
    pytest.param(["lookmanga.net"], "look-manga", id="at a word"),
    pytest.param(["films.net"], "f-ilms", id="anywhere, less likely"),
    pytest.param(["my-films.net"], "myfilms", id="dropped"),
]
NOT_EXPLAINED = [
    pytest.param("films.net", ["films.org"], id="the same label"),
    pytest.param("my-film.net", ["myfilms.net"], id="another label"),
]
EXPLAINED = [
    pytest.param("my-films.net", ["myfilms.net"], "+", id="put"),
    pytest.param("myfilms.net", ["my-films.net"], "-", id="dropped"),
]


@pytest.mark.parametrize(("names", "wrong"), NOT_MADE)
def test_what_is_no_such_change_is_not_made(
    names: list[str], wrong: str, made: Callable[..., dict[str, float]]
) -> None:
    assert wrong not in made("hyphenated", *names)


@pytest.mark.parametrize(("names", "wanted"), MADE)
def test_the_change_is_made(
    names: list[str], wanted: str, made: Callable[..., dict[str, float]]
) -> None:
    assert made("hyphenated", *names)[wanted] > 0


@pytest.mark.parametrize(("name", "earlier"), NOT_EXPLAINED)
def test_another_change_is_not_claimed(
    name: str, earlier: list[str], explained: Callable[..., str | None]
) -> None:
    assert explained("hyphenated", name, *earlier) is None


@pytest.mark.parametrize(("name", "earlier", "detail"), EXPLAINED)
def test_the_change_is_recognised(
    name: str, earlier: list[str], detail: str, explained: Callable[..., str | None]
) -> None:
    assert explained("hyphenated", name, *earlier) == detail
