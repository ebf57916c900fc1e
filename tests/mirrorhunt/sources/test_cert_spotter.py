"""Cert Spotter's issuances."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mirrorhunt.sources import Question, UnreadableAnswerError, sources

HERE = Path(__file__).parent / "cert_spotter"
SOURCE = sources["cert_spotter"]


def test_a_piece_of_a_name_cannot_be_asked_for() -> None:
    assert SOURCE.url(Question("filmsenzalimiti", is_label=True), b"") is None


def test_a_domain_is_asked_for_with_all_names_below() -> None:
    assert SOURCE.url(Question("films.example"), b"") == (
        "https://api.certspotter.com/v1/issuances?domain=films.example"
        "&include_subdomains=true&expand=dns_names"
    )


def test_all_names_of_a_certificate_are_read() -> None:
    first, second = SOURCE.read((HERE / "answer.json").read_bytes()).issuances

    assert first.names == ("films12.example", "player.test")
    assert first.names_count == 3
    assert first.logged_at is None
    # Another offset is the same instant.
    assert second.issued_at == datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param((HERE / "rate_limited.json").read_bytes(), id="rate limited"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"not found", id="text"),
    ],
)
def test_what_is_no_answer_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(UnreadableAnswerError):
        SOURCE.read(body)


@pytest.mark.parametrize("entry", ["null", "{}", '{"dns_names": "films.example"}', "[[]]"])
def test_an_entry_that_is_none_is_counted(entry: str) -> None:
    answer = SOURCE.read(f'[{entry}, {{"dns_names": [null, 7, "a.example"]}}]'.encode())

    assert answer.passed_over == 1
    assert [i.names for i in answer.issuances] == [("a.example",)]
