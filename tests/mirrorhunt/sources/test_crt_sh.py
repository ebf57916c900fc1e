"""crt.sh's JSON."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mirrorhunt.sources import Question, UnreadableAnswerError, sources
from mirrorhunt.sources._json import MAX_ENTRIES, MAX_NAMES

HERE = Path(__file__).parent / "crt_sh"
WHOLE = (HERE / "answer.json").read_bytes()
SOURCE = sources["crt_sh"]


@pytest.mark.parametrize(
    ("question", "url"),
    [
        # Short pieces are in everybody's names.
        pytest.param(Question("goals", is_label=True), None, id="short-label"),
        pytest.param(Question("films%films", is_label=True), None, id="wildcard-of-its-own"),
        pytest.param(
            Question("filmsenzalimiti", is_label=True),
            "https://crt.sh/?q=%25filmsenzalimiti%25&output=json",
            id="label",
        ),
        pytest.param(
            Question("films.example"), "https://crt.sh/?q=films.example&output=json", id="domain"
        ),
        pytest.param(
            Question("a.example&x=y"),
            "https://crt.sh/?q=a.example%26x%3Dy&output=json",
            id="quoted",
        ),
    ],
)
def test_what_is_asked(question: Question, url: str | None) -> None:
    assert SOURCE.url(question, b"") == url


def test_names_are_read_with_their_instants() -> None:
    answer = SOURCE.read(WHOLE)
    first, second = answer.issuances

    assert first.names == ("films12.example", "www.films12.example")
    assert first.issued_at == datetime(2026, 10, 3, 8, 14, 12, tzinfo=UTC)
    assert first.logged_at == datetime(2026, 10, 3, 9, 12, 44, 170000, tzinfo=UTC)
    # The wildcard stands for the name below which it is.
    assert second.names == ("films-hd.test",)
    assert (second.names_count, second.logged_at) == (2, None)
    # A certificate for mail addresses names no host.
    assert (answer.passed_over, answer.is_whole, answer.items) == (1, True, 2)


def test_nothing_found_is_an_answer() -> None:
    assert SOURCE.read(b" [ ] ").items == 0


@pytest.mark.parametrize(
    "body",
    [
        pytest.param((HERE / "error_page.html").read_bytes(), id="error page"),
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"error": "busy"}', id="no list"),
        pytest.param(b"[" * 100_000, id="deeply nested"),
        pytest.param(b"[\x00\xff\xfe", id="binary"),
        pytest.param(b'[{"name_value": "films', id="cut in the first entry"),
        pytest.param(b"[" + b"9" * 100_000 + b"]", id="an endless number"),
    ],
)
def test_what_is_no_answer_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(UnreadableAnswerError) as error:
        SOURCE.read(body)

    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300


def test_half_an_answer_gives_its_half() -> None:
    answer = SOURCE.read(WHOLE[: len(WHOLE) // 2])

    assert not answer.is_whole
    assert [i.names[0] for i in answer.issuances] == ["films12.example"]


@pytest.mark.parametrize(
    "entry",
    [
        "null",
        "7",
        '"films.example"',
        "{}",
        '{"name_value": 7, "common_name": []}',
        '{"name_value": "no host"}',
        '{"name_value": null}',
    ],
)
def test_an_entry_that_is_none_is_counted(entry: str) -> None:
    answer = SOURCE.read(f'[{entry}, {{"name_value": "a.example", "not_before": 7}}]'.encode())

    assert answer.passed_over == 1
    assert answer.issuances[0].names == ("a.example",)
    assert answer.issuances[0].issued_at is None


def test_a_flood_is_cut() -> None:
    many = b"[" + b",".join([b'{"name_value":"a.example"}'] * (MAX_ENTRIES + 5)) + b"]"
    wide = "\\n".join(f"a{n}.example" for n in range(1000))
    answer = SOURCE.read(many)

    assert (len(answer.issuances), answer.is_whole) == (MAX_ENTRIES, False)
    (issuance,) = SOURCE.read(f'[{{"name_value":"{wide}"}}]'.encode()).issuances
    assert (len(issuance.names), issuance.names_count) == (MAX_NAMES, 1000)
