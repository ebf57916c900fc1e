"""A number in the label goes up, or fills a gap."""

from collections.abc import Callable

import pytest

NOT_MADE = [
    pytest.param(["films.net"], "films1", id="no number, nothing to count"),
    pytest.param(["films0.net"], "films-1", id="below zero"),
    pytest.param(["films09.net"], "films9", id="width kept"),
    pytest.param(
        ["films12345678901234.net"],
        "films12345678901235",
        id="a number of many digits is a name, not a count",
    ),
]
MADE = [
    pytest.param(["films12.net"], "films13", id="one up"),
    pytest.param(["films12.net", "films3.net"], "films13", id="from the highest"),
    pytest.param(["films12.net", "films3.net"], "films4", id="from the newest"),
    pytest.param(["films09.net"], "films10", id="leading zero"),
    pytest.param(["films9hd.net"], "films10hd", id="number in the middle"),
    pytest.param(["films9.net"], "films7", id="a gap"),
    pytest.param(["films-9.net"], "films-10", id="hyphen"),
]
NOT_EXPLAINED = [
    pytest.param("cine13.net", ["films12.net"], id="another word"),
    pytest.param("4films13.net", ["3films12.net"], id="two numbers changed"),
    pytest.param("films.net", ["films.org"], id="no number"),
]
EXPLAINED = [
    pytest.param("films13.net", ["films12.net"], "+1", id="up"),
    pytest.param("films11.net", ["films12.net"], "-1", id="down"),
    pytest.param("films9000.net", ["films12.net"], "+60", id="far steps are one class"),
]


@pytest.mark.parametrize(("names", "wrong"), NOT_MADE)
def test_what_is_no_such_change_is_not_made(
    names: list[str], wrong: str, made: Callable[..., dict[str, float]]
) -> None:
    assert wrong not in made("numbered", *names)


@pytest.mark.parametrize(("names", "wanted"), MADE)
def test_the_change_is_made(
    names: list[str], wanted: str, made: Callable[..., dict[str, float]]
) -> None:
    assert made("numbered", *names)[wanted] > 0


@pytest.mark.parametrize(("name", "earlier"), NOT_EXPLAINED)
def test_another_change_is_not_claimed(
    name: str, earlier: list[str], explained: Callable[..., str | None]
) -> None:
    assert explained("numbered", name, *earlier) is None


@pytest.mark.parametrize(("name", "earlier", "detail"), EXPLAINED)
def test_the_change_is_recognised(
    name: str, earlier: list[str], detail: str, explained: Callable[..., str | None]
) -> None:
    assert explained("numbered", name, *earlier) == detail
