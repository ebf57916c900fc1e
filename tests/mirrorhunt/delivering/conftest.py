"""A desk on either database, and one on SQLite for what no database decides."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests import published
from tests.published import Desk


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    return published.desk(engine, tmp_path / "feed")


@pytest.fixture
def any_desk(any_engine: Engine, tmp_path: Path) -> Desk:
    return published.desk(any_engine, tmp_path / "feed")
