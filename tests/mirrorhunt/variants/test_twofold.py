"""A word and a number at once."""

from collections.abc import Callable

import pytest

NOT_MADE = [
    pytest.param(["films.net"], "films", id="a word alone is another rule"),
]
MADE = [
    pytest.param(["films.net"], "filmstoon1", id="word and number"),
    pytest.param(["films3.net"], "filmstoon", id="number to word"),
    pytest.param(["thefilms.net"], "films1", id="shorter and a number"),
]
NOT_EXPLAINED = [
    pytest.param("films2.net", ["films.net"], id="only a number"),
    pytest.param("filmstv.net", ["films.net"], id="only a word"),
]
EXPLAINED = [
    pytest.param("filmstv1.net", ["films.net"], "more", id="more"),
    pytest.param("films1.net", ["thefilms.net"], "less", id="less"),
]


@pytest.mark.parametrize(("names", "wrong"), NOT_MADE)
def test_what_is_no_such_change_is_not_made(
    names: list[str], wrong: str, made: Callable[..., dict[str, float]]
) -> None:
    assert wrong not in made("twofold", *names)


@pytest.mark.parametrize(("names", "wanted"), MADE)
def test_the_change_is_made(
    names: list[str], wanted: str, made: Callable[..., dict[str, float]]
) -> None:
    assert made("twofold", *names)[wanted] > 0


@pytest.mark.parametrize(("name", "earlier"), NOT_EXPLAINED)
def test_another_change_is_not_claimed(
    name: str, earlier: list[str], explained: Callable[..., str | None]
) -> None:
    assert explained("twofold", name, *earlier) is None


@pytest.mark.parametrize(("name", "earlier", "detail"), EXPLAINED)
def test_the_change_is_recognised(
    name: str, earlier: list[str], detail: str, explained: Callable[..., str | None]
) -> None:
    assert explained("twofold", name, *earlier) == detail
