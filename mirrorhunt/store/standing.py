"""Who stands, in all networks at once."""

from sqlalchemy import Connection, select, union

from mirrorhunt.store import hosts
from mirrorhunt.store.candidates import STANDING
from mirrorhunt.store.tables import Host, Network, Seed, Verdict


def everywhere(connection: Connection, only: str | None = None) -> dict[str, tuple[int, set[str]]]:
    """The registrable domains that stand (seeds, confirmed, probable), with the network's id, by
    network; of one network where *only* names it. Raises UnknownNameError."""
    sown = select(Seed.network_id, Seed.host_id)
    judged = select(Verdict.network_id, Verdict.host_id).where(
        Verdict.is_current, Verdict.verdict.in_(STANDING)
    )
    if only is not None:
        network_id = hosts.find_network_id(connection, only)
        sown = sown.where(Seed.network_id == network_id)
        judged = judged.where(Verdict.network_id == network_id)
    stand = union(sown, judged).subquery()
    rows = connection.execute(
        select(Network.name, Network.id, Host.registrable_domain)
        .join(stand, stand.c.network_id == Network.id)
        .join(Host, Host.id == stand.c.host_id)
    )
    found: dict[str, tuple[int, set[str]]] = {}
    for name, id_, domain in rows:
        found.setdefault(name, (id_, set()))[1].add(domain)
    return found
