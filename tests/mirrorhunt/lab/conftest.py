"""The small lab that the tests of the servers share."""

from collections.abc import Iterator

import pytest

from mirrorhunt.lab.run import Lab, lab_running
from tests.mirrorhunt.lab.small import Client, small_world


@pytest.fixture(scope="package")
def lab() -> Iterator[Lab]:
    """The small world, served."""
    with lab_running(small_world()) as running:
        yield running


@pytest.fixture
def client(lab: Lab) -> Client:
    """A client of the small lab."""
    return Client(lab)
