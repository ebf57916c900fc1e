"""The suffix becomes part of the label."""

from collections.abc import Callable

import pytest

NOT_MADE = [
    pytest.param(["films.online"], "filmsclub", id="a suffix that the network never used"),
]
MADE = [
    pytest.param(["films.online"], "filmsonline", id="joined"),
    pytest.param(["films.online"], "films-online", id="with a hyphen"),
    pytest.param(["films.co.uk"], "filmscouk", id="a suffix of several labels"),
]
NOT_EXPLAINED = [
    pytest.param("filmshd.net", ["films.online"], id="another word"),
]
EXPLAINED = [
    pytest.param("filmsonline.com", ["films.online"], "", id="joined"),
]


@pytest.mark.parametrize(("names", "wrong"), NOT_MADE)
def test_what_is_no_such_change_is_not_made(
    names: list[str], wrong: str, made: Callable[..., dict[str, float]]
) -> None:
    assert wrong not in made("suffix_joined", *names)


@pytest.mark.parametrize(("names", "wanted"), MADE)
def test_the_change_is_made(
    names: list[str], wanted: str, made: Callable[..., dict[str, float]]
) -> None:
    assert made("suffix_joined", *names)[wanted] > 0


@pytest.mark.parametrize(("name", "earlier"), NOT_EXPLAINED)
def test_another_change_is_not_claimed(
    name: str, earlier: list[str], explained: Callable[..., str | None]
) -> None:
    assert explained("suffix_joined", name, *earlier) is None


@pytest.mark.parametrize(("name", "earlier", "detail"), EXPLAINED)
def test_the_change_is_recognised(
    name: str, earlier: list[str], detail: str, explained: Callable[..., str | None]
) -> None:
    assert explained("suffix_joined", name, *earlier) == detail
