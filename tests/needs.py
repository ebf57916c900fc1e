"""What a test needs of the machine beside this project, and what happens where it is not there."""

import os
from typing import NoReturn

import pytest

LACKING = "not on this machine: "
# Read before the environment is cleaned of what is ours.
ALL_MUST_RUN = bool(os.environ.get("MIRRORHUNT_TEST_ALL"))


def lacking(what: str) -> NoReturn:
    """Skip this test for want of *what*, which is said at the end of the run; or fail, where all
    tests have to run (MIRRORHUNT_TEST_ALL=1, as on CI)."""
    if ALL_MUST_RUN:
        pytest.fail(LACKING + what, pytrace=False)
    pytest.skip(LACKING + what)
