"""What the tests of every consumer start from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mirrorhunt.exports.servers import starting


@pytest.fixture
def upstream() -> Iterator[int]:
    """The port of a name server to which every name is there."""
    with starting.upstream() as port:
        yield port


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that a server which gives up its rights can read."""
    with starting.folder() as path:
        yield path
