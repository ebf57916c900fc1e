"""What people decided, and what was learned of it: rows are added, and none is changed but that
of a name under protection."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mirrorhunt.store.tables._base import Base, Id
from mirrorhunt.store.types import SafeText


class Review(Base):
    """What a person decided about a host and a network. Never updated: an undo is a row too."""

    __tablename__ = "reviews"
    __table_args__ = (Index("ix_reviews_network_id_host_id", "network_id", "host_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"))
    host_id: Mapped[int] = mapped_column(ForeignKey("hosts.id"), index=True)
    decision: Mapped[str] = mapped_column(SafeText(20))
    """``confirm``, ``reject``, ``protect``, ``relate`` or ``undo``."""
    role: Mapped[str] = mapped_column(SafeText(20), default="")
    """For ``relate``: what the host is to the network."""
    reason: Mapped[str]
    author: Mapped[str] = mapped_column(SafeText(100))
    at: Mapped[datetime]
    verdict_id: Mapped[int | None] = mapped_column(ForeignKey("verdicts.id"))
    """The verdict that was seen, with its evidence."""
    digest: Mapped[str] = mapped_column(SafeText(64), default="")
    """Of the evidence that was seen."""
    drawn: Mapped[str] = mapped_column(SafeText(20), default="")
    """``random`` if chance had drawn the host next to be looked at; else empty."""
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("reviews.id"))
    expires_at: Mapped[datetime | None]
    """For ``protect``: from then on it binds nobody; None if it always does."""


class Calibration(Base):
    """Numbers that were learned from reviews; the newest is in force."""

    __tablename__ = "calibrations"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    version: Mapped[str] = mapped_column(SafeText(40), unique=True)
    made_at: Mapped[datetime]
    decisions: Mapped[int]
    """How many reviews it was learned from."""
    numbers: Mapped[dict[str, Any]]
    """A `mirrorhunt.policy.Policy`."""


class Secret(Base):
    """What this database knows and nobody else may: the salt that draws the audited sample."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(SafeText(40), primary_key=True)
    value: Mapped[str] = mapped_column(SafeText(100))


class Protected(Base):
    """A name that an operator put under protection: never scored, never published."""

    __tablename__ = "protected"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(SafeText(253), unique=True)
    owner: Mapped[str]
    reason: Mapped[str]
    added_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class ProtectionChange(Base):
    """One change of what operators protect. Rows are added, never changed."""

    __tablename__ = "protection_changes"
    __table_args__ = (Index("ix_protection_changes_name", "name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(SafeText(253))
    change: Mapped[str] = mapped_column(SafeText(20))
    """``added``, ``changed`` or ``ended``."""
    author: Mapped[str]
    """Who did it."""
    owner: Mapped[str]
    """Who answers for the name."""
    reason: Mapped[str]
    """Why it was added or changed; why it was ended."""
    at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
