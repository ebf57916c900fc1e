"""One thing a file."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

from mirrorhunt.errors import UnknownNameError
from mirrorhunt.registry import Registry


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package on the path, whose files offer things to the registry of its ``__init__``."""
    package = tmp_path / "shelf_of_the_test"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from mirrorhunt.registry import Registry\nthings = Registry(__name__, 'thing')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.startswith("shelf_of_the_test")]:
        monkeypatch.delitem(sys.modules, name)
    return package


def offer(folder: Path, name: str, *things: str) -> None:
    lines = [f"things.offer({thing!r}, module=__name__)" for thing in things]
    text = "\n".join(["from shelf_of_the_test import things", *lines])
    (folder / f"{name}.py").write_text(text)


def loaded() -> Registry[str]:
    found: Registry[str] = import_module("shelf_of_the_test").things
    return found


def test_a_file_with_an_underscore_offers_nothing(folder: Path) -> None:
    offer(folder, "_hidden", "hidden")

    assert list(loaded()) == []


def test_a_second_thing_of_one_file_is_refused(folder: Path) -> None:
    offer(folder, "greedy", "one", "two")

    with pytest.raises(ValueError, match="two things: 'one' and 'two'"):
        len(loaded())


def test_an_unknown_name_lists_what_there_is(folder: Path) -> None:
    offer(folder, "beta", "b")
    offer(folder, "alpha", "a")

    with pytest.raises(UnknownNameError, match=r"^no thing 'gamma'; there are: alpha, beta$"):
        loaded()["gamma"]


def test_things_have_the_name_of_their_file_in_alphabetical_order(folder: Path) -> None:
    for name in ("beta", "gamma", "alpha"):
        offer(folder, name, name.upper())

    assert dict(loaded()) == {"alpha": "ALPHA", "beta": "BETA", "gamma": "GAMMA"}
    assert list(loaded()) == ["alpha", "beta", "gamma"]
    assert "alpha" in loaded()
    assert "delta" not in loaded()


def test_files_are_read_on_first_use_and_not_before(folder: Path) -> None:
    offer(folder, "broken")
    (folder / "broken.py").write_text("raise RuntimeError('read')")
    things = loaded()

    with pytest.raises(RuntimeError, match="read"):
        list(things)
