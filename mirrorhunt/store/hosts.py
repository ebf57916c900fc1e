"""Hosts and networks: who is who."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, select, update

from mirrorhunt import names
from mirrorhunt.errors import InputError, UnknownNameError
from mirrorhunt.store._upsert import chunks, upsert
from mirrorhunt.store.tables import Candidate, Host, Network, Seed

MAX_NETWORK_CHARS = 100


def ids_of(connection: Connection, hosts: Iterable[str], now: datetime) -> dict[str, int]:
    """The ids of *hosts*, which are written down where they are new."""
    wanted = sorted(set(hosts))
    found = find_ids(connection, wanted)
    missing = [name for name in wanted if name not in found]
    if missing:
        upsert(
            connection,
            Host,
            [
                {
                    "name": name,
                    "registrable_domain": names.registrable_domain(name) or name,
                    "first_seen_at": now,
                    "availability": "unresolved",
                    "availability_rule": "",
                    "availability_because": "",
                    "title": "",
                }
                for name in missing
            ],
            key=["name"],
        )
        found |= find_ids(connection, missing)
    return found


def find_ids(connection: Connection, hosts: Collection[str]) -> dict[str, int]:
    """The ids of those of *hosts* that are written down."""
    found: dict[str, int] = {}
    for chunk in chunks(sorted(hosts)):
        rows = connection.execute(select(Host.name, Host.id).where(Host.name.in_(chunk)))
        found.update((name, id_) for name, id_ in rows)
    return found


def network_id(connection: Connection, name: str, now: datetime) -> int:
    """The id of network *name*, which is written down if it is new. Raises InputError."""
    if not 0 < len(name) <= MAX_NETWORK_CHARS:
        raise InputError(f"network {name[:40]!r}: a name has 1 to {MAX_NETWORK_CHARS} characters")
    upsert(connection, Network, [{"name": name, "created_at": now}], key=["name"])
    return connection.execute(select(Network.id).where(Network.name == name)).scalar_one()


def find_network_id(connection: Connection, name: str) -> int:
    """The id of network *name*. Raises UnknownNameError."""
    found = connection.execute(select(Network.id).where(Network.name == name)).scalar()
    if found is None:
        there = (
            ", ".join(network_names(connection)) or "none yet: start with `mirrorhunt hunt SEED`"
        )
        raise UnknownNameError(f"no network {name!r}; there are: {there}")
    return found


def note_judged(connection: Connection, network: int, now: datetime) -> None:
    """Note that *network* was judged on all that was stored at *now*."""
    connection.execute(update(Network).where(Network.id == network).values(judged_at=now))


def auto_confirm(connection: Connection, network: int) -> float | None:
    """The share of wrong ones up to which hosts of *network* are confirmed without a person, as
    somebody said for it alone; None if nobody did."""
    return connection.execute(
        select(Network.auto_confirm).where(Network.id == network)
    ).scalar_one()


def set_auto_confirm(connection: Connection, network: int, bound: float | None) -> None:
    """Keep what somebody said of *network*: a share of wrong ones, 0 for never, None for as the
    settings say."""
    connection.execute(update(Network).where(Network.id == network).values(auto_confirm=bound))


def network_names(connection: Connection) -> list[str]:
    """The names of the networks, sorted."""
    return list(connection.execute(select(Network.name).order_by(Network.name)).scalars())


def networks_of_seed(connection: Connection, host: str) -> list[str]:
    """The networks that *host* is a seed of, oldest first."""
    return list(
        connection.execute(
            select(Network.name)
            .join(Seed, Seed.network_id == Network.id)
            .join(Host, Host.id == Seed.host_id)
            .where(Host.name == host)
            .order_by(Network.id)
        ).scalars()
    )


def networks_of(connection: Connection, host: str) -> list[str]:
    """The networks that *host* is a seed or a candidate of, oldest first."""
    found = select(Host.id).where(Host.name == host).scalar_subquery()
    given = select(Seed.network_id).where(Seed.host_id == found)
    proposed = select(Candidate.network_id).where(Candidate.host_id == found)
    rows = select(Network.name).where(Network.id.in_(given.union(proposed))).order_by(Network.id)
    return list(connection.execute(rows).scalars())


def add_seeds(connection: Connection, network: int, hosts: Iterable[str], now: datetime) -> None:
    """Write *hosts* down as known to belong to *network*."""
    ids = ids_of(connection, hosts, now)
    rows = [{"network_id": network, "host_id": id_, "added_at": now} for id_ in ids.values()]
    upsert(connection, Seed, rows, key=["network_id", "host_id"])


def seeds_of(connection: Connection, network: int) -> list[str]:
    """The seeds of *network*, sorted."""
    return sorted(
        connection.execute(
            select(Host.name).join(Seed, Seed.host_id == Host.id).where(Seed.network_id == network)
        ).scalars()
    )
