"""What a technique that makes names up may know, and may spend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mirrorhunt.names import registrable_domain
from mirrorhunt.store import candidates
from mirrorhunt.store.session import storing

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from mirrorhunt.config import Config
    from mirrorhunt.net.resolver import Resolver
    from mirrorhunt.protecting import Keep
    from mirrorhunt.targets import Hunting


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

    @classmethod
    def of(
        cls,
        engine: Engine,
        hunting: Hunting,
        config: Config,
        keep: Keep,
        resolver: Resolver,
        asked: set[str],
    ) -> Scene:
        """The scene of *hunting* as it is stored now."""
        with storing(), engine.begin() as connection:
            stand = candidates.standing_since(connection, hunting.network_id)
            considered = candidates.considered(connection, hunting.network_id)
        first: dict[str, datetime] = {}
        for host, since in stand.items():
            domain = registrable_domain(host) or host
            first[domain] = min(since, first.get(domain, since))
        return cls(
            hunting.network,
            tuple(sorted(first.items(), key=lambda item: (item[1], item[0]))),
            frozenset(registrable_domain(host) or host for host in considered),
            datetime.now(UTC),
            config.dns_names_per_round,
            keep.is_out,
            resolver,
            asked,
        )
