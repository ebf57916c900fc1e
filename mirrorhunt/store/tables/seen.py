"""What was looked for and what was seen: nothing of it is overwritten, intervals grow."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mirrorhunt.store.tables._base import Base, Id
from mirrorhunt.store.types import SafeText


class Network(Base):
    """The hosts run as one service under one name."""

    __tablename__ = "networks"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(SafeText(100), unique=True)
    created_at: Mapped[datetime]
    judged_at: Mapped[datetime | None]
    """When its candidates were last judged; None before."""
    auto_confirm: Mapped[float | None]
    """What was said for this network alone: the share of wrong ones up to which hosts are
    confirmed without a person; 0: none; None: as the settings say."""


class Host(Base):
    """A DNS name that was brought up, and the state it was last found in."""

    __tablename__ = "hosts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(SafeText(253), unique=True)
    registrable_domain: Mapped[str] = mapped_column(SafeText(253), index=True)
    first_seen_at: Mapped[datetime]
    availability: Mapped[str] = mapped_column(SafeText(20), default="unresolved")
    availability_rule: Mapped[str] = mapped_column(default="")
    availability_because: Mapped[str] = mapped_column(default="")
    availability_since: Mapped[datetime | None]
    """When the present state was first seen; None until the first visit."""
    last_visited_at: Mapped[datetime | None]
    last_live_at: Mapped[datetime | None]
    first_live_run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    """The run that first saw it live: what was there then is native, what came later adopted."""
    title: Mapped[str] = mapped_column(default="")
    next_availability: Mapped[str] = mapped_column(SafeText(20), default="")
    """Another state that was seen since and does not count yet; empty if none was."""
    next_since: Mapped[datetime | None]
    next_looks: Mapped[int] = mapped_column(default=0)
    """In how many runs in a row it was seen."""
    epoch_since: Mapped[datetime | None]
    """Since when it is held to be in other hands than before; None if it never changed them."""
    epoch_because: Mapped[str] = mapped_column(default="")


class Seed(Base):
    """A host that an operator gave as known to belong to a network."""

    __tablename__ = "seeds"

    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), primary_key=True)
    host_id: Mapped[int] = mapped_column(ForeignKey("hosts.id"), primary_key=True, index=True)
    added_at: Mapped[datetime]


class Candidate(Base):
    """A host proposed for a network, by one technique, from one place."""

    __tablename__ = "candidates"
    __table_args__ = (
        UniqueConstraint("network_id", "host_id", "technique", "seen_on", "channel"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"))
    host_id: Mapped[int] = mapped_column(ForeignKey("hosts.id"), index=True)
    technique: Mapped[str] = mapped_column(SafeText(40))
    channel: Mapped[str] = mapped_column(SafeText(40))
    seen_on: Mapped[str] = mapped_column(SafeText(253))
    """The host it was read from; empty if a rule or an operator made it up."""
    because: Mapped[str]
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    """The run that first proposed it."""
    round: Mapped[int]
    """The round of that run from which on it is looked at."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Visit(Base):
    """One look at one host."""

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("run_id", "host_id", "vantage", "path"),
        Index("ix_visits_host_id_at", "host_id", "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    host_id: Mapped[int] = mapped_column(ForeignKey("hosts.id"))
    technique: Mapped[str] = mapped_column(SafeText(40))
    vantage: Mapped[str] = mapped_column(SafeText(40))
    path: Mapped[str] = mapped_column(SafeText(2000))
    at: Mapped[datetime]
    availability: Mapped[str] = mapped_column(SafeText(20))
    rule: Mapped[str]
    because: Mapped[str]
    http_status: Mapped[int | None]
    final_url: Mapped[str | None]
    chain: Mapped[list[Any]]
    address: Mapped[str | None] = mapped_column(SafeText(45))
    body_digest: Mapped[str | None] = mapped_column(SafeText(64))
    body_bytes: Mapped[int | None]
    title: Mapped[str] = mapped_column(default="")
    failure: Mapped[str | None] = mapped_column(SafeText(20))
    failure_detail: Mapped[str | None]
    dns: Mapped[dict[str, Any] | None]
    certificate: Mapped[dict[str, Any] | None]
    inner_paths: Mapped[list[Any]]
    """Paths worth reading if the host stands."""
    profile: Mapped[str] = mapped_column(SafeText(20), default="")
    """How it was asked for, where not as usual."""
    tried: Mapped[str] = mapped_column(SafeText(60), default="")
    """The profiles that were tried, separated by commas."""


class Capture(Base):
    """What is kept of one look: files in the archive, by digest, and what they are of.

    Files are written before the row: a row never names what is not there.
    """

    __tablename__ = "captures"
    __table_args__ = (Index("ix_captures_host_id_at", "host_id", "at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    host_id: Mapped[int] = mapped_column(ForeignKey("hosts.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    """The run that looked, or brought it in; None where there was none."""
    at: Mapped[datetime]
    vantage: Mapped[str] = mapped_column(SafeText(40))
    path: Mapped[str] = mapped_column(SafeText(2000))
    reason: Mapped[str] = mapped_column(SafeText(40))
    """Why it is kept: ``seed``, ``confirmed``, ``probable``, ``state``, ``manual``; or
    ``candidate``: until the run has judged its host."""
    availability: Mapped[str] = mapped_column(SafeText(20))
    final_url: Mapped[str | None]
    files: Mapped[list[Any]]
    """[role, SHA-256 in hex, bytes, media type] of each: ``warc``, ``dom``, ``screenshot``,
    ``original``."""
    tool: Mapped[str] = mapped_column(SafeText(200))
    """This program's version, and the browser's where one drew it."""
    author: Mapped[str] = mapped_column(SafeText(100), default="")
    """Who brought it in; empty where this program looked."""
    note: Mapped[str] = mapped_column(default="")
    """Why they did."""


class Observation(Base):
    """A value that a host showed, from when to when."""

    __tablename__ = "observations"
    __table_args__ = (
        UniqueConstraint("host_id", "kind", "value", "region"),
        # Who else shows it: rarity, and the way from a value to its hosts.
        Index("ix_observations_kind_value_host_id", "kind", "value", "host_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    host_id: Mapped[int] = mapped_column(ForeignKey("hosts.id"))
    kind: Mapped[str] = mapped_column(SafeText(40))
    value: Mapped[str] = mapped_column(SafeText(600))
    region: Mapped[str] = mapped_column(SafeText(20))
    because: Mapped[str] = mapped_column(default="")
    """For pointers: the sentence it was read by."""
    technique: Mapped[str] = mapped_column(SafeText(40), default="")
    """For pointers: the spider that read it."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    visits: Mapped[int]
    first_run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    last_run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))


class Blocking(Base):
    """A nameserver that hides a name which exists, from when to when."""

    __tablename__ = "blockings"
    __table_args__ = (UniqueConstraint("nameserver", "host_id", "how"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    nameserver: Mapped[str] = mapped_column(SafeText(100))
    host_id: Mapped[int] = mapped_column(ForeignKey("hosts.id"), index=True)
    how: Mapped[str] = mapped_column(SafeText(20))
    """``nxdomain``, ``address``, ``no_address``, ``refused`` or ``filtered``."""
    answer: Mapped[str] = mapped_column(SafeText(300))
    """What it said instead."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    first_run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    last_run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))


class Registration(Base):
    """What a registry said of a domain, from when to when. A new creation date is a new row: the
    name has another owner since."""

    __tablename__ = "registrations"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    domain: Mapped[str] = mapped_column(SafeText(253), index=True)
    registered_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    registrar: Mapped[str] = mapped_column(SafeText(200))
    """Empty where none was named."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
