"""What the program did."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from mirrorhunt.store.tables._base import Base, Id
from mirrorhunt.store.types import SafeText


class Run(Base):
    """One invocation."""

    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(SafeText(20))
    """``hunt``, or ``crawl`` for a spider run by hand."""
    network_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    round: Mapped[int] = mapped_column(default=1)
    """The round it is in; a hunt that was killed goes on with it."""
    version: Mapped[str] = mapped_column(SafeText(20))
    failure: Mapped[str | None]


class Question(Base):
    """How many made-up names a run asked DNS for, by the rule that made them."""

    __tablename__ = "questions"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(SafeText(40), primary_key=True)
    asked: Mapped[int]
    expected: Mapped[float] = mapped_column(Float)
    """The sum of their probabilities: how many the rule expected to find."""
    names: Mapped[list[Any]]
    """Kept while the run may have to be resumed; empty once there was another."""


class Crawl(Base):
    """One spider within a run."""

    __tablename__ = "crawls"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    spider: Mapped[str] = mapped_column(SafeText(40))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    stats: Mapped[dict[str, Any]]
