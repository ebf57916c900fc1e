"""Two letters after a stem."""

from collections.abc import Callable

import pytest

NOT_MADE = [
    pytest.param(["films.net"], "filmsxyz", id="three letters"),
    pytest.param(["abcde.net"], "abcxy", id="after too short a stem"),
]
MADE = [
    pytest.param(["films.net"], "filmsxy", id="put"),
    pytest.param(["cinemaab.net"], "cinemaxy", id="changed"),
    pytest.param(["cinemaxab.net", "cinemaqrs.org"], "cinemaxy", id="where two labels part"),
]
NOT_EXPLAINED = [
    pytest.param("films12.net", ["films.net"], id="digits"),
    pytest.param("abcxy.net", ["abc.net"], id="short stem"),
]
EXPLAINED = [
    pytest.param("filmsxy.net", ["films.net"], "xy", id="put"),
    pytest.param("cinemaxy.net", ["cinemaab.net"], "xy", id="changed"),
]


@pytest.mark.parametrize(("names", "wrong"), NOT_MADE)
def test_what_is_no_such_change_is_not_made(
    names: list[str], wrong: str, made: Callable[..., dict[str, float]]
) -> None:
    assert wrong not in made("other_letters", *names)


@pytest.mark.parametrize(("names", "wanted"), MADE)
def test_the_change_is_made(
    names: list[str], wanted: str, made: Callable[..., dict[str, float]]
) -> None:
    assert made("other_letters", *names)[wanted] > 0


@pytest.mark.parametrize(("name", "earlier"), NOT_EXPLAINED)
def test_another_change_is_not_claimed(
    name: str, earlier: list[str], explained: Callable[..., str | None]
) -> None:
    assert explained("other_letters", name, *earlier) is None


@pytest.mark.parametrize(("name", "earlier", "detail"), EXPLAINED)
def test_the_change_is_recognised(
    name: str, earlier: list[str], detail: str, explained: Callable[..., str | None]
) -> None:
    assert explained("other_letters", name, *earlier) == detail
