"""One letter more, less or other."""

from collections.abc import Callable

import pytest

NOT_MADE = [
    pytest.param(["films.net"], "filmsxy", id="two letters"),
    pytest.param(["abc.net"], "abd", id="a label of three letters has too many neighbours"),
    pytest.param(["xn--bcher-kva.net"], "xn--bcher-kvb", id="an A-label is not spelled"),
]
MADE = [
    pytest.param(["films.net"], "filmsz", id="put at the end"),
    pytest.param(["films.net"], "film", id="taken from the end"),
    pytest.param(["films.net"], "fillms", id="doubled"),
    pytest.param(["films.net"], "filmz", id="other"),
    pytest.param(["films.net"], "fims", id="left out"),
]
NOT_EXPLAINED = [
    pytest.param("films.net", ["films.org"], id="the same"),
    pytest.param("filmsxy.net", ["films.net"], id="two letters"),
    pytest.param("abc.net", ["abd.net"], id="short"),
]
EXPLAINED = [
    pytest.param("filmsz.net", ["films.net"], "append:z", id="append"),
    pytest.param("film.net", ["films.net"], "chop:s", id="chop"),
    pytest.param("fillms.net", ["films.net"], "double", id="double"),
    pytest.param("folms.net", ["films.net"], "swap", id="swap"),
    pytest.param("filmz.net", ["films.net"], "last:z", id="last"),
    pytest.param("fims.net", ["films.net"], "delete", id="delete"),
    pytest.param("fidlms.net", ["films.net"], "insert", id="insert"),
]


@pytest.mark.parametrize(("names", "wrong"), NOT_MADE)
def test_what_is_no_such_change_is_not_made(
    names: list[str], wrong: str, made: Callable[..., dict[str, float]]
) -> None:
    assert wrong not in made("edited", *names)


@pytest.mark.parametrize(("names", "wanted"), MADE)
def test_the_change_is_made(
    names: list[str], wanted: str, made: Callable[..., dict[str, float]]
) -> None:
    assert made("edited", *names)[wanted] > 0


@pytest.mark.parametrize(("name", "earlier"), NOT_EXPLAINED)
def test_another_change_is_not_claimed(
    name: str, earlier: list[str], explained: Callable[..., str | None]
) -> None:
    assert explained("edited", name, *earlier) is None


@pytest.mark.parametrize(("name", "earlier", "detail"), EXPLAINED)
def test_the_change_is_recognised(
    name: str, earlier: list[str], detail: str, explained: Callable[..., str | None]
) -> None:
    assert explained("edited", name, *earlier) == detail
