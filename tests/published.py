"""A feed that tests deliver: the shortest way from hosts that stand to files that servers load."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from mirrorhunt.config import Config
from mirrorhunt.delivering import files, placing, releasing, returning
from mirrorhunt.delivering.releasing import Outcome
from mirrorhunt.delivering.snapshots import Order
from mirrorhunt.feeds import Feed
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.protected import ProtectedNames, Protection
from mirrorhunt.protecting import Keep
from mirrorhunt.store import deliveries
from mirrorhunt.store.deliveries import Delivery, Entry
from mirrorhunt.targets import Hunting
from tests import make, stored


def nothing(_: str) -> None:
    """Nobody listens."""


@dataclass
class Desk:
    """One feed of one network, at a day that tests move on."""

    engine: Engine
    folder: Path
    hunting: Hunting
    feed: Feed
    day: float = 0
    protections: list[Protection] = field(default_factory=list)
    config: Config = field(default_factory=Config)

    @property
    def now(self) -> datetime:
        return make.at(self.day)

    @property
    def keep(self) -> Keep:
        names = ProtectedNames().with_names(self.protections)
        return Keep(names, make.at(self.day))

    def stands(
        self,
        *hosts: str,
        verdict: Verdict = Verdict.CONFIRMED,
        state: Availability = Availability.LIVE,
        reviewed_by: Iterable[str] = (),
    ) -> None:
        """Each of *hosts* was looked at today, in a run of its own, and has *verdict*."""
        self.hunting = stored.next_run(self.engine, self.hunting, make.at(self.day))
        looks = [stored.look(host, state=state, at=make.at(self.day)) for host in hosts]
        stored.looked(self.engine, self.hunting, *looks)
        judged = [
            replace(
                stored.judgement(host, verdict, evidence=[stored.evidence()]),
                reviewed_by=tuple(reviewed_by),
            )
            for host in hosts
        ]
        stored.concluded(self.engine, self.hunting, *judged, now=make.at(self.day))

    def deliver(self, *, force: str = "", author: str = "ann", **other: Any) -> Outcome:
        """Today's delivery; *other* settings of the feed hold for this time."""
        return releasing.deliver(
            self.engine,
            self.config,
            self.keep,
            replace(self.feed, **other),
            Order(author, make.at(self.day), force_because=force),
            nothing,
        )

    def rollback(self, serial: int, because: str = "it was wrong") -> Outcome:
        return returning.rollback(
            self.engine,
            self.config,
            self.keep,
            self.feed,
            serial,
            Order("bob", make.at(self.day), because=because),
            nothing,
        )

    # ------------------------------------------------------------ what its readers see

    @property
    def current(self) -> Path:
        return self.folder / placing.CURRENT

    @property
    def names(self) -> list[str]:
        """The domains that stand, as a server loads them."""
        return (self.current / "domains.txt").read_text().split()

    @property
    def manifest(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads((self.current / files.MANIFEST).read_bytes())
        return said

    @property
    def delta(self) -> list[tuple[str, ...]]:
        """(op, host, reason) of the delivery that stands."""
        return [
            (line["op"], line["host"], line.get("reason", ""))
            for line in map(json.loads, (self.current / files.DELTA).read_text().splitlines())
        ]

    @property
    def withdrawn(self) -> dict[str, str]:
        lines = (self.current / files.WITHDRAWN).read_text().splitlines()
        return {said["host"]: said["reason"] for said in map(json.loads, lines)}

    # ------------------------------------------------------------ what the ledger says

    @property
    def log(self) -> list[Delivery]:
        with self.engine.begin() as connection:
            return deliveries.log(connection, self.feed.name)

    @property
    def entries(self) -> list[Entry]:
        with self.engine.begin() as connection:
            feed_id = deliveries.find_feed_id(connection, self.feed.name)
            return [] if feed_id is None else list(deliveries.entries(connection, feed_id))

    @property
    def listed(self) -> list[str]:
        return [entry.host for entry in self.entries]


def desk(engine: Engine, folder: Path, **other: Any) -> Desk:
    """A desk with nothing published, whose feed has *other* settings."""
    settings = {"formats": ("plain_domains", "plain_hosts", "jsonl")} | other
    feed = Feed("isp", str(folder), **settings)
    return Desk(engine, folder, stored.begun(engine), feed)
