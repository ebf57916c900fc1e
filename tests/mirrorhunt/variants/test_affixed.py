"""A word more."""

from collections.abc import Callable

import pytest

NOT_MADE = [
    pytest.param(["filmstv.net"], "filmstvtv", id="a word that is there"),
]
MADE = [
    pytest.param(["films.net"], "filmstv", id="after"),
    pytest.param(["films.net"], "thefilms", id="before"),
    pytest.param(["films.net"], "films-tv", id="with a hyphen"),
    pytest.param(["films3.net"], "filmstv", id="without the old number"),
]
NOT_EXPLAINED = [
    pytest.param("films.net", ["filmstv.net"], id="a word less"),
    pytest.param("abcdefghijklmn.net", ["abc.net"], id="too little in common"),
]
EXPLAINED = [
    pytest.param("filmstv.net", ["films.net"], "end:tv", id="after"),
    pytest.param("thefilms.net", ["films.net"], "begin:the", id="before"),
    pytest.param("my-films.net", ["films.net"], "begin:my", id="hyphen aside"),
]


@pytest.mark.parametrize(("names", "wrong"), NOT_MADE)
def test_what_is_no_such_change_is_not_made(
    names: list[str], wrong: str, made: Callable[..., dict[str, float]]
) -> None:
    assert wrong not in made("affixed", *names)


@pytest.mark.parametrize(("names", "wanted"), MADE)
def test_the_change_is_made(
    names: list[str], wanted: str, made: Callable[..., dict[str, float]]
) -> None:
    assert made("affixed", *names)[wanted] > 0


@pytest.mark.parametrize(("name", "earlier"), NOT_EXPLAINED)
def test_another_change_is_not_claimed(
    name: str, earlier: list[str], explained: Callable[..., str | None]
) -> None:
    assert explained("affixed", name, *earlier) is None


@pytest.mark.parametrize(("name", "earlier", "detail"), EXPLAINED)
def test_the_change_is_recognised(
    name: str, earlier: list[str], detail: str, explained: Callable[..., str | None]
) -> None:
    assert explained("affixed", name, *earlier) == detail
