"""Every table.

Kinds are text, so that a new technique, indicator or evidence kind needs no migration. Nothing
observed is overwritten; only first and last seen intervals grow. One schema for SQLite and
PostgreSQL.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from mirrorhunt.store.types import SafeText, UtcDateTime

# SQLite numbers rows by itself only in an INTEGER column.
_Id = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """The root of the tables."""

    # Named constraints, or SQLite could never drop one.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime(),
        str: SafeText(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }


class Network(Base):
    """The hosts run as one service under one name."""

    __tablename__ = "networks"

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    name: Mapped[str] = mapped_column(SafeText(100), unique=True)
    created_at: Mapped[datetime]
    judged_at: Mapped[datetime | None] = mapped_column(index=True)
    """When its candidates were last judged; None before."""
    auto_confirm: Mapped[float | None]
    """What was said for this network alone: the share of wrong ones up to which hosts are
    confirmed without a person; 0: none; None: as the settings say."""


class Host(Base):
    """A DNS name that was brought up, and the state it was last found in."""

    __tablename__ = "hosts"

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
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

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
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

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
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

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
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

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
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


class KindClusters(Base):
    """How many clusters show any value of a kind, as last counted."""

    __tablename__ = "kind_clusters"

    kind: Mapped[str] = mapped_column(SafeText(40), primary_key=True)
    clusters: Mapped[int]
    counted_at: Mapped[datetime]
    """When all kinds were last counted."""
    last_observation_id: Mapped[int] = mapped_column(_Id)
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

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
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


class Blocking(Base):
    """A nameserver that hides a name which exists, from when to when."""

    __tablename__ = "blockings"
    __table_args__ = (UniqueConstraint("nameserver", "host_id", "how"),)

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
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


class Review(Base):
    """What a person decided about a host and a network. Never updated: an undo is a row too."""

    __tablename__ = "reviews"
    __table_args__ = (Index("ix_reviews_network_id_host_id", "network_id", "host_id"),)

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
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

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
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


class Registration(Base):
    """What a registry said of a domain, from when to when. A new creation date is a new row: the
    name has another owner since."""

    __tablename__ = "registrations"

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    domain: Mapped[str] = mapped_column(SafeText(253), index=True)
    registered_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    registrar: Mapped[str] = mapped_column(SafeText(200))
    """Empty where none was named."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Protected(Base):
    """A name that an operator put under protection: never scored, never published."""

    __tablename__ = "protected"

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    name: Mapped[str] = mapped_column(SafeText(253), unique=True)
    owner: Mapped[str]
    reason: Mapped[str]
    added_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class ProtectionChange(Base):
    """One change of what operators protect. Rows are added, never changed."""

    __tablename__ = "protection_changes"
    __table_args__ = (Index("ix_protection_changes_name", "name"),)

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
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


class Run(Base):
    """One invocation."""

    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
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

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    spider: Mapped[str] = mapped_column(SafeText(40))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    stats: Mapped[dict[str, Any]]
