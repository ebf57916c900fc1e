"""A file is written whole or not at all."""

from pathlib import Path

import pytest

from mirrorhunt import writing
from mirrorhunt.errors import InputError


def test_what_fails_halfway_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "feed.csv"
    file.write_text("yesterday's")

    def fail(_: object) -> int:
        raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        writing.whole(file, fail)

    assert file.read_text() == "yesterday's"
    assert list(tmp_path.iterdir()) == [file]


def test_what_is_written_takes_the_place_of_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "feed.csv"
    file.write_text("yesterday's")

    assert writing.whole(file, lambda out: out.write(b"today's")) == 7

    assert file.read_text() == "today's"
    assert list(tmp_path.iterdir()) == [file]


def test_where_nothing_can_be_written_it_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing was changed"):
        writing.whole(tmp_path / "absent" / "feed.csv", lambda out: out.write(b""))
