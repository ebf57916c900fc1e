"""The questions themselves: they would prove nothing if they were wrong."""

from pathlib import Path

from tests.mirrorhunt.exports.servers.asking import (
    COLUMNS,
    FEED,
    LATER,
    QUESTIONS,
    ask_all,
    cell,
    domains_alone,
    names_alone,
    note,
)


def test_the_questions_mean_what_the_rows_say() -> None:
    for rows in (FEED, LATER):
        for question in QUESTIONS:
            meant = domains_alone(question, "A", rows) or names_alone(question, "A", rows)
            assert question.blocked(rows) == meant, question


def test_a_consumer_that_blocks_everything_is_noticed() -> None:
    wrong = ask_all(lambda name, kind: "blocked", FEED)

    assert {w.name for w in wrong} == {q.name for q in QUESTIONS if not q.is_blocked}


def test_a_consumer_that_blocks_nothing_is_noticed() -> None:
    wrong = ask_all(lambda name, kind: "allowed", FEED)

    assert {w.name for w in wrong} == {q.name for q in QUESTIONS if q.is_blocked}


def test_a_consumer_that_does_not_answer_is_noticed() -> None:
    assert len(ask_all(lambda name, kind: "no answer", FEED, kinds=("A",))) == len(QUESTIONS)


def test_the_table_has_a_line_for_each_consumer(tmp_path: Path) -> None:
    cells = dict.fromkeys(COLUMNS, "blocked")
    file = tmp_path / "matrix.md"

    note(file, "one", cells)
    note(file, "another", cells)
    note(file, "one", cells | {COLUMNS[0]: "allowed"})

    head, _, *lines = file.read_text().splitlines()
    assert head == f"|  | {' | '.join(COLUMNS)} |"
    assert [line.split(" | ")[:2] for line in lines] == [
        ["| another", "blocked"],
        ["| one", "allowed"],
    ]


def test_a_cell_names_the_types_only_if_they_differ() -> None:
    assert cell({"A": {"blocked"}, "TXT": {"blocked"}}) == "●"
    assert cell({"A": {"blocked"}, "AAAA": {"blocked"}, "TXT": {"allowed"}}) == "● A AAAA, ○ TXT"
    assert cell({"A": {"no answer"}}) == "no answer"
