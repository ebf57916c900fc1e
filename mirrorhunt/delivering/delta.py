"""What changed between what stands and a snapshot, and why each host was taken back."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mirrorhunt import publishing
from mirrorhunt.delivering.choosing import Chosen
from mirrorhunt.delivering.files import Change
from mirrorhunt.delivering.snapshots import Order
from mirrorhunt.exports import DOMAIN, Withdrawn
from mirrorhunt.feeds import Feed
from mirrorhunt.model import Verdict
from mirrorhunt.protecting import Keep
from mirrorhunt.store import deliveries
from mirrorhunt.store.deliveries import Entry

WITHDRAWN_DAYS = 90
"""How long what was taken back is named in deliveries."""
ORDER_ENDED = "order_ended"
NOT_CHOSEN = "not_chosen"
COVERED = "covered"
ROLLED_BACK = "rolled_back"


class Delta:
    """What changes, gone through as often as it takes: withdrawals first, then what is new."""

    def __init__(self, chosen: Chosen, withdrawn: dict[str, tuple[Entry, str, str]]) -> None:
        self.chosen = chosen
        self.withdrawn = withdrawn

    def __iter__(self) -> Iterator[Change]:
        for host, (entry, reason, because) in self.withdrawn.items():
            yield Change("withdraw", host, entry.scope, entry.network, None, reason, because)
        otherwise = {host for _, host, is_changed in self.chosen.closed() if is_changed}
        for row in self.chosen.opened():
            op = "change" if row.host in otherwise else "add"
            yield Change(op, row.host, row.scope, row.network, row.valid_until)


def find(connection: Connection, keep: Keep, feed: Feed, chosen: Chosen, order: Order) -> Delta:
    """What changed with *chosen*, each withdrawal with its reason."""
    gone = [host for _, host, is_changed in chosen.closed() if not is_changed]
    if not gone:
        return Delta(chosen, {})
    feed_id = deliveries.find_feed_id(connection, feed.name)
    assert feed_id is not None
    wanted = set(gone)
    stood = {e.host: e for e in deliveries.entries(connection, feed_id) if e.host in wanted}
    above = {e.registrable_domain for e in stood.values()}
    domains = {row.host for _, row in chosen.rows() if row.scope == DOMAIN and row.host in above}
    known = publishing.why_gone(
        connection,
        keep,
        gone,
        networks=feed.networks,
        at_least=Verdict(feed.verdict),
        valid_days=feed.valid_days,
        states=feed.states,
        now=order.now,
    )
    return Delta(
        chosen,
        {
            host: (stood[host], *_reason(stood[host], known.get(host), domains, feed, order))
            for host in gone
        },
    )


def _reason(
    entry: Entry, known: tuple[str, str] | None, domains: set[str], feed: Feed, order: Order
) -> tuple[str, str]:
    ends_at = feed.ends_at
    if ends_at is not None and ends_at <= order.now:
        return ORDER_ENDED, f"the order {feed.order!r} ended on {feed.order_until}"
    if entry.registrable_domain in domains and entry.registrable_domain != entry.host:
        return COVERED, f"{entry.registrable_domain} is listed, with all below it"
    if known is not None:
        return known
    if order.restores is not None:
        return ROLLED_BACK, f"not in delivery {order.restores.serial}: {order.because}"
    return NOT_CHOSEN, "the feed does not choose it any more"


def withdrawn_of_late(
    connection: Connection, feed: Feed, now: datetime, delta: Delta
) -> tuple[Withdrawn, ...]:
    """What was taken back within `WITHDRAWN_DAYS` and does not stand, by host."""
    found: dict[str, Withdrawn] = {}
    feed_id = deliveries.find_feed_id(connection, feed.name)
    if feed_id is not None:
        since = now - timedelta(days=WITHDRAWN_DAYS)
        for entry, at in deliveries.withdrawn_since(connection, feed_id, since):
            found[entry.host] = _withdrawn(entry, entry.reason, entry.because, at)
    for host, (entry, reason, because) in delta.withdrawn.items():
        found[host] = _withdrawn(entry, reason, because, now)
    if found:
        for _, row in delta.chosen.rows():
            found.pop(row.host, None)
    return tuple(found[host] for host in sorted(found))


def _withdrawn(entry: Entry, reason: str, because: str, at: datetime) -> Withdrawn:
    return Withdrawn(entry.host, entry.scope, entry.network, reason, because, entry.first_seen, at)
