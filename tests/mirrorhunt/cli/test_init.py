"""The command as a whole: settings, exit codes, one line for a fault."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mirrorhunt import __version__
from tests.mirrorhunt.cli.conftest import Run


def test_help_and_version_are_data(run: Run) -> None:
    assert run("--version").out == f"mirrorhunt {__version__}\n"
    ended = run("--help")
    assert (ended.code, ended.err) == (0, "")
    assert "hunt" in ended.out


def test_an_unknown_command_is_a_usage_error(run: Run) -> None:
    ended = run("hnut")

    assert (ended.code, ended.out) == (2, "")


def test_a_key_that_nobody_reads_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mirrorhunt.toml").write_text('databse_url = "sqlite:///x.db"\n')
    ended = run("db", "check")

    assert ended.code == 2
    assert "did you mean 'database_url'?" in ended.line


def test_a_variable_that_nobody_reads_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIRRORHUNT_DATABSE_URL", "sqlite:///x.db")
    ended = run("db", "check")

    assert ended.code == 2
    assert "MIRRORHUNT_DATABSE_URL" in ended.line


def test_a_settings_file_that_was_named_must_be_there(run: Run) -> None:
    ended = run("--config", "absent.toml", "db", "check")

    assert ended.code == 2
    assert "absent.toml" in ended.line


def test_an_option_goes_before_the_environment(run: Run, tmp_path: Path) -> None:
    assert run("--database", "sqlite:///other.db", "db", "upgrade").code == 0
    assert (tmp_path / "other.db").is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("hunt", "https://films.example/", "--yes"), 2, "did you mean 'films.example'?"),
        (("--database", "sqlite:////dev/null/x.db", "db", "upgrade"), 1, "name another database"),
        (("--database", "nothing", "db", "upgrade"), 2, "sqlite:///FILE"),
        (("export", "parchment"), 2, "there are: adblock_browser, "),
    ],
    ids=["seed", "unwritable", "no URL", "no format"],
)
def test_a_process_ends_with_its_code_and_one_line(
    arguments: tuple[str, ...], code: int, says: str, tmp_path: Path
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "mirrorhunt", *arguments],
        cwd=tmp_path,
        env={**os.environ, "MIRRORHUNT_DATABASE_URL": f"sqlite:///{tmp_path}/films.db"},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )

    assert (ended.returncode, ended.stdout) == (code, "")
    [line] = ended.stderr.splitlines()
    assert says in line
