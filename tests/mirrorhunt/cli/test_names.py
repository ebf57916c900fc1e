"""`mirrorhunt names propose`."""

import json

import pytest

from tests.mirrorhunt.cli.conftest import Run


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "no host given"),
        (("co.uk",), "public suffix"),
        (("192.0.2.7",), "is an address"),
        (("https://films1.example/",), "give the host alone"),
    ],
    ids=["nothing", "public suffix", "address", "URL"],
)
def test_a_name_that_cannot_be_used_is_one_line(
    arguments: tuple[str, ...], says: str, run: Run
) -> None:
    ended = run("names", "propose", *arguments)

    assert (ended.code, ended.out) == (2, "")
    assert says in ended.line


def test_names_are_proposed_in_order_and_none_that_is_protected(run: Run) -> None:
    ended = run("names", "propose", "films1.example", "--limit", "20", "--json")
    lines = [json.loads(line) for line in ended.out.splitlines()]

    assert ended.code == 0
    assert len(lines) == 20
    assert len({line["host"] for line in lines}) == 20
    chances = [line["probability"] for line in lines]
    assert chances == sorted(chances, reverse=True)


def test_the_table_has_a_sentence_for_each_name(run: Run) -> None:
    ended = run("names", "propose", "films1.example", "--limit", "3")

    assert ended.code == 0
    assert "because" in ended.out
