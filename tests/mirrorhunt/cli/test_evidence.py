"""`mirrorhunt evidence`: one file, or one line that says why not."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests import packed, tsa
from tests.mirrorhunt.cli.conftest import Run


@pytest.fixture
def archived(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> packed.Archive:
    monkeypatch.setenv("MIRRORHUNT_ARCHIVE", str(tmp_path / "vault"))
    monkeypatch.setenv("MIRRORHUNT_BROWSER", "no")
    monkeypatch.setenv("MIRRORHUNT_AUTHOR", "ann")
    return packed.archive(engine, tmp_path / "vault")


def test_a_package_is_made_and_verified(run: Run, archived: packed.Archive) -> None:
    made = run("evidence", packed.HOST, "-o", "films2.wacz")
    verified = run("evidence", "verify", "films2.wacz")

    assert (made.code, verified.code) == (0, 0)
    assert "2 captures, 2 pictures, not dated" in made.out
    assert verified.out.startswith(f"good: evidence on {packed.HOST}, network 'films'")
    # The digest to note is the one that is checked.
    assert made.out.split("SHA-256 ")[1] == verified.out.split("SHA-256 ")[1]


def test_make_is_the_long_form(run: Run, archived: packed.Archive) -> None:
    ended = run("evidence", "make", packed.HOST, "--output", "films2.wacz", "--json")

    assert ended.code == 0
    assert json.loads(ended.out)["members"] == 14


def test_options_may_come_first(run: Run, archived: packed.Archive) -> None:
    assert run("evidence", "-o", "films2.wacz", packed.HOST).code == 0


def test_a_changed_byte_is_a_line_and_code_2(
    run: Run, archived: packed.Archive, tmp_path: Path
) -> None:
    run("evidence", packed.HOST, "-o", "films2.wacz")
    file = tmp_path / "films2.wacz"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    ended = run("evidence", "verify", "films2.wacz")
    as_json = run("evidence", "verify", "films2.wacz", "--json")

    assert ended.code == as_json.code == 2
    assert ended.out.startswith("container: the content of ")
    assert "not good: 1 problem" in ended.err
    said = json.loads(as_json.out)
    assert said["is_good"] is False
    assert said["problems"][0]["check"] == "container"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("evidence", "nobody.example", "-o", "a.wacz"), "nothing is stored about"),
        (("evidence", "not a host", "-o", "a.wacz"), "not a host"),
        (("evidence", packed.HOST, "-o", "no/folder/a.wacz"), "nothing was changed"),
        (("evidence", packed.HOST, "-o", "a.wacz", "--network", "x"), "nothing to do with"),
        (("evidence", packed.HOST, "-o", "a.wacz", "--timestamp"), "set timestamp_url"),
        (("evidence", "verify", "none.wacz"), "cannot read 'none.wacz'"),
        (("evidence", "verify", "vault", "--ca", "none.pem"), "cannot read 'none.pem'"),
    ],
)
def test_bad_input_is_one_line(
    run: Run, archived: packed.Archive, arguments: tuple[str, ...], said: str
) -> None:
    ended = run(*arguments)

    assert ended.code == 2
    assert said in ended.line


def test_verifying_needs_no_database(
    run: Run, archived: packed.Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("evidence", packed.HOST, "-o", "films2.wacz")
    monkeypatch.setenv("MIRRORHUNT_DATABASE_URL", "sqlite:////none/at/all.db")

    assert run("evidence", "verify", "films2.wacz").code == 0


def test_a_browser_that_fails_costs_the_pdf_alone(
    run: Run, archived: packed.Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("MIRRORHUNT_BROWSER", "yes")
    monkeypatch.setenv("MIRRORHUNT_BROWSER_PATH", str(program))
    ended = run("evidence", packed.HOST, "-o", "films2.wacz")

    assert ended.code == 5
    assert "no PDF of the report, all else is there: the browser failed" in ended.err
    assert run("evidence", "verify", "films2.wacz").code == 0


def test_a_date_is_asked_for_and_checked(
    run: Run, archived: packed.Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = tsa.authority(tmp_path / "tsa")
    with tsa.served(lambda query: (200, authority.reply(query))) as (url, asked):
        monkeypatch.setenv("MIRRORHUNT_TIMESTAMP_URL", url)
        without = run("evidence", packed.HOST, "-o", "b.wacz", "--no-timestamp")
        made = run("evidence", packed.HOST, "-o", "films2.wacz")
    unchecked = run("evidence", "verify", "films2.wacz")
    checked = run("evidence", "verify", "films2.wacz", "--ca", str(authority.root))

    assert len(asked) == 1
    assert "not dated" in without.out
    assert ", dated 2" in made.out
    assert "give --ca FILE" in unchecked.out
    assert "whom --ca vouches for" in checked.out
    assert (unchecked.code, checked.code) == (0, 0)


def test_an_authority_that_fails_leaves_no_file(
    run: Run, archived: packed.Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIRRORHUNT_TIMESTAMP_URL", "http://127.0.0.1:1/")
    ended = run("evidence", packed.HOST, "-o", "films2.wacz")

    assert ended.code == 1
    assert "--no-timestamp" in ended.line
    assert not (tmp_path / "films2.wacz").exists()


def test_a_protected_name_is_packed_and_says_that_it_must_not_be_blocked(
    run: Run, archived: packed.Archive, tmp_path: Path
) -> None:
    run("protect", "add", packed.HOST, "--reason", "ours", "--owner", "ann")
    ended = run("evidence", packed.HOST, "-o", "films2.wacz")
    import zipfile

    with zipfile.ZipFile(tmp_path / "films2.wacz") as zipped:
        said = json.loads(zipped.read("evidence/packet.json"))

    assert ended.code == 0
    assert said["status"] == "withdraw"
