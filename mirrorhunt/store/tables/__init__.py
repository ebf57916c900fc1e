"""Every table.

Kinds are text, so that a new technique, indicator or evidence kind needs no migration. Nothing
observed is overwritten; only first and last seen intervals grow. One schema for SQLite and
PostgreSQL.
"""

from mirrorhunt.store.tables._base import Base
from mirrorhunt.store.tables.decided import (
    Calibration,
    Protected,
    ProtectionChange,
    Review,
    Secret,
)
from mirrorhunt.store.tables.judged import Evidence, KindClusters, Memory, Verdict
from mirrorhunt.store.tables.published import (
    Consumer,
    Delivery,
    DeliveryEntry,
    Download,
    Feed,
)
from mirrorhunt.store.tables.run import Crawl, Question, Run
from mirrorhunt.store.tables.seen import (
    Blocking,
    Candidate,
    Capture,
    Host,
    Network,
    Observation,
    Registration,
    Seed,
    Visit,
)

__all__ = [
    "Base",
    "Blocking",
    "Calibration",
    "Candidate",
    "Capture",
    "Consumer",
    "Crawl",
    "Delivery",
    "DeliveryEntry",
    "Download",
    "Evidence",
    "Feed",
    "Host",
    "KindClusters",
    "Memory",
    "Network",
    "Observation",
    "Protected",
    "ProtectionChange",
    "Question",
    "Registration",
    "Review",
    "Run",
    "Secret",
    "Seed",
    "Verdict",
    "Visit",
]
