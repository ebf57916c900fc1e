"""The command, run in this process: its exit code, its data and its talk."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mirrorhunt import cli


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line on stderr."""
        [line] = self.err.splitlines()
        return line


Run = Callable[..., Ended]


@pytest.fixture
def run(
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> Run:
    """``run("export", "csv")``: what the command says, in a folder and database of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIRRORHUNT_DATABASE_URL", engine.url.render_as_string())
    # The width of a terminal must not decide what a script reads.
    monkeypatch.setenv("COLUMNS", "80")

    def of(*arguments: str) -> Ended:
        monkeypatch.setattr("sys.argv", ["mirrorhunt", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capsysbinary.readouterr()
        code = ended.value.code
        return Ended(
            code if isinstance(code, int) else 0, captured.out.decode(), captured.err.decode()
        )

    return of
