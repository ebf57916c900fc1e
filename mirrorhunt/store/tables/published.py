"""What was published, where, and what was taken back: the ledger. Rows are added, and closed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mirrorhunt.store.tables._base import Base, Id
from mirrorhunt.store.types import SafeText


class Feed(Base):
    """A feed that was delivered, or held, at least once; what it chooses is configured."""

    __tablename__ = "feeds"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(SafeText(40), unique=True)
    created_at: Mapped[datetime]
    held_at: Mapped[datetime | None]
    """Since when nothing is delivered until somebody lets it; None: it is not held."""
    held_by: Mapped[str] = mapped_column(default="")
    held_because: Mapped[str] = mapped_column(default="")


class Delivery(Base):
    """One publication of a feed."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("feed_id", "serial"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))
    serial: Mapped[int] = mapped_column(Id)
    """Rises with each delivery of the feed; below 2^32, as a zone's (RFC 1035)."""
    at: Mapped[datetime]
    """The instant of the snapshot."""
    author: Mapped[str]
    restores: Mapped[int | None] = mapped_column(Id)
    """The serial of the delivery that it brings back; None for a plain one."""
    because: Mapped[str] = mapped_column(default="")
    """Why it was forced past its bounds, or brings back another; else empty."""
    entries: Mapped[int]
    added: Mapped[int]
    changed: Mapped[int]
    withdrawn: Mapped[int]
    renewed: Mapped[int]
    """Entries that stand longer than in the delivery before, as they were verified again."""
    digest: Mapped[str] = mapped_column(SafeText(64))
    """SHA-256 of the rows and of the choice: equal digests, equal deliveries."""
    manifest_digest: Mapped[str] = mapped_column(SafeText(64))
    """SHA-256 of its manifest, which has those of all files."""
    files: Mapped[list[Any]]
    """As in the manifest."""
    placed_at: Mapped[datetime | None]
    """When ``current`` was seen to name it; None where a crash came between."""


class DeliveryEntry(Base):
    """A host in the deliveries of a feed, from one to the last before another."""

    __tablename__ = "delivery_entries"
    __table_args__ = (
        Index("ix_delivery_entries_feed_id_until_id", "feed_id", "until_id"),
        Index("ix_delivery_entries_host", "host"),
        Index("ix_delivery_entries_since_id", "since_id"),
        Index("ix_delivery_entries_until_id", "until_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))
    host: Mapped[str] = mapped_column(SafeText(253))
    registrable_domain: Mapped[str] = mapped_column(SafeText(253))
    scope: Mapped[str] = mapped_column(SafeText(20))
    network: Mapped[str] = mapped_column(SafeText(100))
    relation: Mapped[str] = mapped_column(SafeText(20))
    verdict: Mapped[str] = mapped_column(SafeText(20))
    availability: Mapped[str] = mapped_column(SafeText(20))
    score_bits: Mapped[float] = mapped_column(Float)
    reviewed_by: Mapped[str] = mapped_column(default="")
    first_seen: Mapped[datetime]
    last_verified: Mapped[datetime]
    valid_until: Mapped[datetime]
    """As last published; renewed while it stands."""
    since_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    until_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"))
    """The delivery that has it no more, or otherwise; None while it stands."""
    reason: Mapped[str] = mapped_column(SafeText(20), default="")
    """Why it was withdrawn, in one word; ``changed`` where it stands on otherwise."""
    because: Mapped[str] = mapped_column(default="")


class Consumer(Base):
    """Whoever may load feeds, by a token of which only the digest is kept."""

    __tablename__ = "consumers"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(SafeText(60), unique=True)
    token_digest: Mapped[str] = mapped_column(SafeText(64), unique=True)
    feeds: Mapped[str] = mapped_column(default="")
    """Names separated by commas; empty: all."""
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")
    ended_because: Mapped[str] = mapped_column(default="")


class Download(Base):
    """Who loaded what, or asked for it in vain."""

    __tablename__ = "downloads"
    __table_args__ = (Index("ix_downloads_feed_at", "feed", "at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    consumer_id: Mapped[int | None] = mapped_column(ForeignKey("consumers.id"))
    feed: Mapped[str] = mapped_column(SafeText(40))
    serial: Mapped[int | None] = mapped_column(Id)
    file: Mapped[str] = mapped_column(SafeText(200))
    at: Mapped[datetime]
    status: Mapped[int]
    sent_bytes: Mapped[int] = mapped_column(Id)
    address: Mapped[str] = mapped_column(SafeText(45))
