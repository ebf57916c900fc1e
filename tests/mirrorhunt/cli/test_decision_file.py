"""Files of decisions, as they come."""

import json
from contextlib import suppress
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from mirrorhunt import judging
from mirrorhunt.cli import _decision_file
from mirrorhunt.cli._decision_file import Defaults
from mirrorhunt.decisions import Decision
from mirrorhunt.errors import InputError
from mirrorhunt.model import Verdict
from mirrorhunt.reviewing import Wish
from mirrorhunt.store import findings
from tests import make, stored
from tests.mirrorhunt.cli.conftest import Run

DEFAULTS = Defaults("ann", "", None)
WISH = Wish("films2.example", Decision.CONFIRM, "ann", "seen")


def read(folder: Path, text: str | bytes) -> _decision_file.Wishes:
    file = folder / "decided.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return _decision_file.read(str(file), DEFAULTS)


FORMS = {
    "comma": "host,decision,reason\nfilms2.example,confirm,seen\n",
    "semicolon": "host;decision;reason\nfilms2.example;confirm;seen\n",
    "tab": "host\tdecision\treason\nfilms2.example\tconfirm\tseen\n",
    "byte order mark": "\ufeffhost,decision,reason\nfilms2.example,confirm,seen\n",
    "carriage returns": "host,decision,reason\r\nfilms2.example,confirm,seen\r\n",
    "no last line end": "host,decision,reason\nfilms2.example,confirm,seen",
    "empty lines": "host,decision,reason\n\n\nfilms2.example,confirm,seen\n,,\n",
    "capitals and spaces": " Host , DECISION,reason\n films2.example , Confirm , seen \n",
    "quotes": '"host","decision","reason"\n"films2.example","confirm","seen"\n',
    "columns that nobody needs": (
        "bits,reason,host,decision,title\n4,seen,films2.example,confirm,Films\n"
    ),
    "too few cells": "host,decision,reason,network,role\nfilms2.example,confirm,seen\n",
    "undecided lines": (
        "host,decision,reason\nfilms1.example,,\nfilms2.example,confirm,seen\nfilms3.example,,x\n"
    ),
    "objects": '{"host": "films2.example", "decision": "confirm", "reason": "seen"}\n',
    "objects with more": (
        '\ufeff{"host": "films2.example", "decision": "confirm", "reason": "seen", '
        '"network": null, "flags": [], "score_bits": 4.0}\n\n'
    ),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_table_or_objects_however_they_are_written(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).wishes == (WISH,)


def test_a_line_may_say_everything(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "host,decision,reason,network,role,author,seen,until\n"
        "a.example,protect,ours,films,,bob,,2027-01-02\n"
        "b.example,relate,lists,,Hub,,abc,\n",
    )

    assert found.lines == (2, 3)
    protect, relate = found.wishes
    assert (protect.network, protect.author) == ("films", "bob")
    assert protect.until is not None
    assert protect.until.isoformat() == "2027-01-02T00:00:00+00:00"
    assert (relate.role, relate.author, relate.digest) == ("hub", "ann", "abc")


BAD = {
    "empty": ("", "the first line has to name the columns"),
    "no header": ("films2.example,confirm,seen\n", "it has: films2.example, confirm, seen"),
    "a column twice": ("host,host,decision\n", "each once"),
    "nothing decided": ("host,decision\nfilms2.example,\n", "no line has a decision"),
    "an unknown decision": (
        "host,decision\na.example,approve\n",
        "1 line is wrong, so nothing was kept: line 2: decision 'approve'; there are: confirm",
    ),
    "too many cells": ("host,decision\na.example,confirm,x\n", "line 2: 3 cells under 2 columns"),
    "an open quote": ('host,decision\n"a.example,confirm\n', "no row of a table"),
    "no date": (
        "host,decision,until\na.example,protect,soon\n",
        "'soon' is no date: write 2027-03-01",
    ),
    "no UTF-8": (b"host,decision,reason\na.example,confirm,\xff\xfe\n", "reason is no UTF-8"),
    "binary": (b"\x7fELF\x00\x01" * 50, "the first line has to name the columns"),
    "no object": ('{"host": "a.example"\n', "line 1: no JSON object"),
    "a list": ('{"host":"a.example","decision":"undo"}\n[1]\n', "line 2: no JSON object: '[1]'"),
    "a number": ('{"host": 7, "decision": "undo"}\n', "line 1: host is no text: '7'"),
    "too deep": ('{"host": ' + "[" * 90_000 + "\n", "line 1: no JSON object"),
    "too long": ('{"host": "' + "a" * 200_000 + '"}\n', "longer than 100,000 characters"),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD)
def test_a_file_that_cannot_be_used_is_one_line(
    tmp_path: Path, case: tuple[str | bytes, str]
) -> None:
    text, why = case
    with pytest.raises(InputError) as raised:
        read(tmp_path, text)

    assert why in str(raised.value)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 1500


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read the decisions in .*none\.csv.: No such"):
        _decision_file.read(str(tmp_path / "none.csv"), DEFAULTS)


def test_the_first_five_mistakes_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    text = "host,decision\n" + "".join(f"h{n}.example,maybe\n" for n in range(9))
    with pytest.raises(InputError, match="9 lines are wrong") as raised:
        read(tmp_path, text)

    assert str(raised.value).count("line ") == 5
    assert str(raised.value).endswith("(and 4 more)")


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace")))
def test_no_bytes_break_it(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("decided")
    for head in (b"", b"host,decision,reason\n", b'{"host": "a.example", "decision": "undo"}\n'):
        with suppress(InputError):
            read(folder, head + data)


# ---------------------------------------------------------------- the command


@pytest.fixture
def judged(engine: Engine) -> None:
    hunting = stored.begun(engine)
    found = [f"films{n}.example" for n in range(2, 8)]
    stored.proposed(engine, hunting, *found)
    stored.looked(engine, hunting, *(stored.look(host) for host in found))
    judging.judge_network(engine, "films", make.NOW, lambda _: False)


def verdicts(engine: Engine) -> dict[str, Verdict]:
    with engine.begin() as connection:
        return {f.host: f.verdict for f in findings.findings(connection, "films", [*Verdict])}


@pytest.mark.usefixtures("judged")
def test_a_file_is_kept_whole(run: Run, engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(
        "host,decision,reason\nfilms2.example,confirm,seen\nfilms3.example,reject,a fan\n"
        "films4.example,,\n"
    )
    ended = run("review", "file", "d.csv", "--author", "ann")

    assert ended.code == 0
    assert "1 lines have no decision" in ended.err
    assert verdicts(engine)["films2.example"] is Verdict.CONFIRMED
    assert verdicts(engine)["films3.example"] is Verdict.REJECTED


@pytest.mark.usefixtures("judged")
def test_a_dry_run_writes_nothing(run: Run, engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("host,decision\nfilms2.example,confirm\n")
    ended = run("review", "file", "d.csv", "--author", "ann", "--reason", "all seen", "--dry-run")

    assert (ended.code, ended.out) == (0, "")
    assert ended.line == "1 hosts, 1 confirm: nothing was written"
    assert stored.counts(engine)["reviews"] == 0


@pytest.mark.usefixtures("judged")
def test_decisions_are_read_from_standard_input(
    run: Run, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = b"host,decision,reason\nfilms2.example,reject,seen\nfilms3.example,reject,\xff\n"
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text)))
    assert "standard input: 1 line is wrong" in run("review", "file", "-").line

    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b"".join(text.splitlines(True)[:2]))))
    assert run("review", "file", "-", "--author", "ann").code == 0
    assert verdicts(engine)["films2.example"] is Verdict.REJECTED


@pytest.mark.usefixtures("judged")
def test_a_line_that_cannot_be_kept_is_named_and_nothing_is(
    run: Run, engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "d.csv").write_text(
        "host,decision,reason\nfilms2.example,confirm,seen\nunseen.example,confirm,seen\n"
        "films3.example,reject,\nfilms2.example,reject,no\n"
    )
    ended = run("review", "file", "d.csv", "--author", "ann")

    assert (ended.code, ended.out) == (2, "")
    assert "'d.csv': 3 of 4 decisions cannot be kept, so none was: line 3: unseen" in ended.line
    assert "line 4: films3.example: a decision needs a reason" in ended.line
    assert "line 5: films2.example: reject contradicts confirm before it" in ended.line
    assert stored.counts(engine)["reviews"] == 0


@pytest.mark.usefixtures("judged")
def test_what_the_list_prints_is_read_back(run: Run, engine: Engine, tmp_path: Path) -> None:
    run("review", "confirm", "films2.example", "--reason", "seen", "--author", "ann")
    printed = run("export", "csv", "--verdict", "candidate", "--availability", "any").out
    head, *rows = printed.splitlines()
    decided = [f"{head},decision,reason", *(f"{row},reject,no" for row in rows if "films3" in row)]
    (tmp_path / "d.csv").write_text("\n".join(decided))
    assert run("review", "file", "d.csv", "--author", "ann").code == 0
    assert verdicts(engine)["films3.example"] is Verdict.REJECTED

    shown = json.loads(run("review", "show", "films4.example", "--json").out)
    line = {"host": "films4.example", "seen": shown["seen"]["films"], "decision": "confirm"}
    (tmp_path / "d.jsonl").write_text(json.dumps(line | {"reason": "seen"}))
    assert run("review", "file", "d.jsonl", "--author", "ann").code == 0
    assert verdicts(engine)["films4.example"] is Verdict.CONFIRMED
