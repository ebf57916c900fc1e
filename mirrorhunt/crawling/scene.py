"""What a technique that makes names up may know, and may spend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mirrorhunt.names import registrable_domain
from mirrorhunt.store import blockings, candidates, histories, questions
from mirrorhunt.store.session import storing

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from mirrorhunt.config import Config
    from mirrorhunt.crawling.asking import Asker
    from mirrorhunt.crawling.consulting import Consulting
    from mirrorhunt.net.resolver import Resolver
    from mirrorhunt.protecting import Keep
    from mirrorhunt.store.questions import Tally
    from mirrorhunt.targets import Hunting
    from mirrorhunt.variants import Known


BY_LABEL = "ct_label"
"""The channel of names that certificate logs know and that are labelled as one that stands."""
MADE_UP = "dns_names"
"""The technique whose candidates are the hits of variant rules."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A network between two rounds."""

    network: str
    known: tuple[tuple[str, datetime], ...]
    """The registrable domains that stand, with the instant each was first seen, oldest first."""
    considered: frozenset[str]
    """Registrable domains that are candidates already."""
    now: datetime
    budget_names: int
    """How many names may be asked for."""
    is_out: Callable[[str], bool]
    resolver: Resolver
    asked: set[str]
    """Names that were asked for in this run already; whoever asks adds to it."""
    consult: Consulting
    """Public sources, within their budget."""
    logged: frozenset[str]
    """What certificate logs brought up by its label."""
    asker: Asker
    """Asks DNS for many names, and says which to believe."""
    tallies: Mapping[str, Tally]
    """What the names of each variant rule have brought this network so far."""
    feeds: tuple[str, ...]
    """Files of new names to look through now: once a run."""
    histories: tuple[tuple[Known, ...], ...] = ()
    """How the other networks of this deployment moved, as far as that is beyond doubt."""

    @classmethod
    def of(
        cls,
        engine: Engine,
        hunting: Hunting,
        keep: Keep,
        resolver: Resolver,
        asked: set[str],
        config: Config,
        consult: Consulting,
        asker: Asker,
        feeds: tuple[str, ...] = (),
    ) -> Scene:
        """The scene of *hunting* as it is stored now."""
        with storing(), engine.begin() as connection:
            stand = candidates.standing_since(connection, hunting.network_id)
            considered = candidates.considered(connection, hunting.network_id)
            logged = candidates.by_channel(connection, hunting.network_id, BY_LABEL)
            tallies = questions.tallies(connection, hunting.network_id, MADE_UP)
            others = histories.of_others(connection, hunting.network_id)
            before = questions.of_run(connection, hunting.run.id) if not asked else {}
        # A run that was killed does not ask again what it asked in the rounds before.
        asker.ledger.restore(before)
        asked.update(name for of_rule in before.values() for name in of_rule.names)
        first: dict[str, datetime] = {}
        for host, since in stand.items():
            domain = registrable_domain(host) or host
            first[domain] = min(since, first.get(domain, since))
        return cls(
            hunting.network,
            tuple(sorted(first.items(), key=lambda item: (item[1], item[0]))),
            frozenset(registrable_domain(host) or host for host in considered),
            config.now(),
            config.dns_names_per_round,
            keep.is_out,
            resolver,
            asked,
            consult,
            frozenset(logged),
            asker,
            tallies,
            feeds,
            tuple(others),
        )

    def record(self, engine: Engine, hunting: Hunting) -> None:
        """Store what has been asked for in this run, and which nameservers hide what."""
        with storing(), engine.begin() as connection:
            questions.record(connection, hunting.run.id, self.asker.ledger.asked)
            blockings.record(connection, hunting.run.id, self.asker.hidden, self.now)
