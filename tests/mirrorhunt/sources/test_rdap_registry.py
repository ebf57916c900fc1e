"""Registries found by IANA's list."""

from pathlib import Path

import pytest

from mirrorhunt.sources import Question, UnreadableAnswerError, sources
from mirrorhunt.sources._rdap import bootstrap

GUIDE = (Path(__file__).parent / "rdap_registry" / "dns.json").read_bytes()
SOURCE = sources["rdap_registry"]


@pytest.mark.parametrize(
    ("domain", "url"),
    [
        # What the registry says must not travel in the clear.
        pytest.param("films.test", None, id="plain HTTP alone"),
        pytest.param("films.it", None, id="not in the list"),
        pytest.param(
            "films.com", "https://rdap.registry.example/com/v1/domain/films.com", id="in it"
        ),
        pytest.param(
            "films.example", "https://rdap.registry.example/v1/domain/films.example", id="no slash"
        ),
        pytest.param("films.co.uk", "https://rdap.uk.example/domain/films.co.uk", id="two labels"),
        # Listed as uk alone.
        pytest.param("films.ac.uk", "https://rdap.uk.example/domain/films.ac.uk", id="its parent"),
    ],
)
def test_the_list_says_where_to_ask(domain: str, url: str | None) -> None:
    assert SOURCE.url(Question(domain), GUIDE) == url


def test_without_the_list_nobody_can_be_asked() -> None:
    assert SOURCE.guide.startswith("https://")
    for guide in (b"", b"<html>", b"[]", b'{"services": 7}', GUIDE[:200]):
        assert SOURCE.url(Question("films.com"), guide) is None


def test_a_list_that_is_none_is_said_to_be_none() -> None:
    with pytest.raises(UnreadableAnswerError):
        bootstrap(b'{"services": {}}')


def test_broken_services_are_passed_over() -> None:
    assert bootstrap(b'{"services": [7, [], [[1], [2]], [["com"], 7], ["com", "x"]]}') == {}
