"""The end of the label becomes the suffix."""

from collections.abc import Callable

import pytest

NOT_MADE = [
    pytest.param(["filmszzq.net"], "films.zzq", id="no suffix"),
    pytest.param(["online.net"], ".online", id="nothing left over"),
]
MADE = [
    pytest.param(["filmsclub.net"], "films.club", id="split"),
    pytest.param(["films-club.net"], "films.club", id="a hyphen goes"),
    pytest.param(["pornktube.net"], "pornktu.be", id="a country"),
]
NOT_EXPLAINED = [
    pytest.param("films.rent", ["filmsclub.net"], id="another end"),
]
EXPLAINED = [
    pytest.param("films.club", ["filmsclub.net"], "", id="split"),
    pytest.param("films.club", ["films-club.net"], "", id="at a hyphen"),
]


@pytest.mark.parametrize(("names", "wrong"), NOT_MADE)
def test_what_is_no_such_change_is_not_made(
    names: list[str], wrong: str, made: Callable[..., dict[str, float]]
) -> None:
    assert wrong not in made("suffix_split", *names)


@pytest.mark.parametrize(("names", "wanted"), MADE)
def test_the_change_is_made(
    names: list[str], wanted: str, made: Callable[..., dict[str, float]]
) -> None:
    assert made("suffix_split", *names)[wanted] > 0


@pytest.mark.parametrize(("name", "earlier"), NOT_EXPLAINED)
def test_another_change_is_not_claimed(
    name: str, earlier: list[str], explained: Callable[..., str | None]
) -> None:
    assert explained("suffix_split", name, *earlier) is None


@pytest.mark.parametrize(("name", "earlier", "detail"), EXPLAINED)
def test_the_change_is_recognised(
    name: str, earlier: list[str], detail: str, explained: Callable[..., str | None]
) -> None:
    assert explained("suffix_split", name, *earlier) == detail
