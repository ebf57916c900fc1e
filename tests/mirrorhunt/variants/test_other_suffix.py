"""A label kept under another suffix."""

from collections.abc import Callable

import pytest

NOT_MADE = [
    pytest.param(["films.net"], "films2", id="a made-up label"),
]
MADE = [
    pytest.param(["films.net"], "films", id="the newest label"),
    pytest.param(["films.net", "cinema.org"], "films", id="an older label"),
    pytest.param(["xn--bcher-kva.net"], "xn--bcher-kva", id="an A-label is kept whole"),
]
NOT_EXPLAINED = [
    pytest.param("films2.org", ["films.net"], id="another label"),
]
EXPLAINED = [
    pytest.param("films.org", ["films.net"], "0", id="newest"),
    pytest.param("films.org", ["cine.net", "films.net"], "1", id="older"),
]


@pytest.mark.parametrize(("names", "wrong"), NOT_MADE)
def test_what_is_no_such_change_is_not_made(
    names: list[str], wrong: str, made: Callable[..., dict[str, float]]
) -> None:
    assert wrong not in made("other_suffix", *names)


@pytest.mark.parametrize(("names", "wanted"), MADE)
def test_the_change_is_made(
    names: list[str], wanted: str, made: Callable[..., dict[str, float]]
) -> None:
    assert made("other_suffix", *names)[wanted] > 0


@pytest.mark.parametrize(("name", "earlier"), NOT_EXPLAINED)
def test_another_change_is_not_claimed(
    name: str, earlier: list[str], explained: Callable[..., str | None]
) -> None:
    assert explained("other_suffix", name, *earlier) is None


@pytest.mark.parametrize(("name", "earlier", "detail"), EXPLAINED)
def test_the_change_is_recognised(
    name: str, earlier: list[str], detail: str, explained: Callable[..., str | None]
) -> None:
    assert explained("other_suffix", name, *earlier) == detail
