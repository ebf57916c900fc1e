"""What was concluded from it, and what judging keeps for the next time."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from mirrorhunt.store.tables._base import Base, Id
from mirrorhunt.store.types import SafeText


class KindClusters(Base):
    """How many clusters show any value of a kind, as last counted."""

    __tablename__ = "kind_clusters"

    kind: Mapped[str] = mapped_column(SafeText(40), primary_key=True)
    clusters: Mapped[int]
    counted_at: Mapped[datetime]
    """When all kinds were last counted."""
    last_observation_id: Mapped[int] = mapped_column(Id)
    """The newest observation there was then."""


class Memory(Base):
    """How a host was judged before: a copy of what could be worked out again, to save the work."""

    __tablename__ = "memories"

    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), primary_key=True)
    host_id: Mapped[int] = mapped_column(ForeignKey("hosts.id"), primary_key=True)
    keys: Mapped[str]
    """Digests of all that each judgement follows from, separated by commas."""
    packed: Mapped[bytes] = mapped_column(LargeBinary)
    """The judgements, in that order."""
    made_at: Mapped[datetime]


class Verdict(Base):
    """What the policy concluded about a host and a network; a new row for new evidence."""

    __tablename__ = "verdicts"
    __table_args__ = (
        Index("ix_verdicts_network_id_host_id", "network_id", "host_id"),
        Index("ix_verdicts_network_id_is_current_verdict", "network_id", "is_current", "verdict"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"))
    host_id: Mapped[int] = mapped_column(ForeignKey("hosts.id"), index=True)
    verdict: Mapped[str] = mapped_column(SafeText(20))
    relation: Mapped[str] = mapped_column(SafeText(20))
    score_bits: Mapped[float] = mapped_column(Float)
    scores: Mapped[dict[str, Any]]
    prior_bits: Mapped[float] = mapped_column(Float)
    gate: Mapped[str]
    policy: Mapped[str] = mapped_column(SafeText(40))
    role: Mapped[str] = mapped_column(SafeText(20), default="")
    flags: Mapped[str] = mapped_column(SafeText(100), default="")
    """Separated by commas."""
    reviewed_by: Mapped[str] = mapped_column(default="")
    """Whose word it rests on, separated by commas; empty where it is the policy's."""
    is_reopened: Mapped[bool] = mapped_column(Boolean, default=False)
    """A person decided, and what they saw has changed since."""
    digest: Mapped[str] = mapped_column(SafeText(64))
    judged_at: Mapped[datetime]
    last_judged_at: Mapped[datetime]
    """When the same evidence was last judged again, with the same end."""
    is_current: Mapped[bool] = mapped_column(Boolean)


class Evidence(Base):
    """One reason in a verdict, counted or ignored."""

    __tablename__ = "evidence"

    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdicts.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(SafeText(40))
    side: Mapped[str] = mapped_column(SafeText(20))
    relations: Mapped[str] = mapped_column(SafeText(40))
    group: Mapped[str] = mapped_column(SafeText(20))
    bits: Mapped[float] = mapped_column(Float)
    value: Mapped[str]
    because: Mapped[str]
    ignored: Mapped[str]
    """Why it counts for nothing; empty where it counts."""
