"""The network's own words in a new order."""

from collections.abc import Callable

import pytest

NOT_MADE = [
    pytest.param(["alphascans.net"], "betascans", id="words of others"),
]
MADE = [
    pytest.param(["alphamanga.net"], "mangaalpha", id="turned"),
    pytest.param(["alphamanga.net"], "manga-alpha", id="turned with a hyphen"),
    pytest.param(["my-films.net", "the-cinema.org"], "my-cinema", id="paired anew"),
]
NOT_EXPLAINED = [
    pytest.param("alphatoon.net", ["alphascans.net"], id="a new word"),
]
EXPLAINED = [
    pytest.param("mangaalpha.net", ["alphamanga.net"], "turned", id="turned"),
    pytest.param("alphatoons.net", ["betatoons.org", "alphascans.net"], "paired", id="paired"),
]


@pytest.mark.parametrize(("names", "wrong"), NOT_MADE)
def test_what_is_no_such_change_is_not_made(
    names: list[str], wrong: str, made: Callable[..., dict[str, float]]
) -> None:
    assert wrong not in made("recombined", *names)


@pytest.mark.parametrize(("names", "wanted"), MADE)
def test_the_change_is_made(
    names: list[str], wanted: str, made: Callable[..., dict[str, float]]
) -> None:
    assert made("recombined", *names)[wanted] > 0


@pytest.mark.parametrize(("name", "earlier"), NOT_EXPLAINED)
def test_another_change_is_not_claimed(
    name: str, earlier: list[str], explained: Callable[..., str | None]
) -> None:
    assert explained("recombined", name, *earlier) is None


@pytest.mark.parametrize(("name", "earlier", "detail"), EXPLAINED)
def test_the_change_is_recognised(
    name: str, earlier: list[str], detail: str, explained: Callable[..., str | None]
) -> None:
    assert explained("recombined", name, *earlier) == detail
