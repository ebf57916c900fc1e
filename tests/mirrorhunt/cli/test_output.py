"""How the command line talks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.cli._output import as_json, cell, safe, shown_host, talk


@given(st.text(st.characters()), st.integers(1, 50))
def test_nothing_that_is_shown_steers_a_terminal(text: str, width: int) -> None:
    shown = safe(text, width)

    assert len(shown) <= width
    assert not [c for c in shown if ord(c) < 32 or 0x7F <= ord(c) < 0xA0]
    assert not set(shown) & set(
        "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


def test_a_cell_is_never_markup() -> None:
    assert cell("[red]x[/red]").plain == "[red]x[/red]"


def test_a_host_is_shown_as_people_read_it_beside_what_it_is() -> None:
    assert shown_host("films.example") == "films.example"
    assert shown_host("xn--bcher-kva.example") == "xn--bcher-kva.example (bücher.example)"


def test_json_stays_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    as_json({"title": "a\nb\u2028c"})

    assert capsys.readouterr().out.count("\n") == 1


def test_talk_is_one_line_however_narrow_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    talk("a message that is longer than twenty columns by far\nand has two lines")
    captured = capsys.readouterr()

    assert captured.out == ""
    assert captured.err.count("\n") == 1
