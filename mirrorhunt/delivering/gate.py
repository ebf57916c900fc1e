"""The release gate: what refuses a delivery, whoever asks for it.

The rows it reads were chosen by rules that say the same. It asks again, row by row, because a
wrong name takes a lawful business off the air: in Denmark in 2012 a wrong file put 8,000 names on
a police list, Google's among them, and luck alone stopped it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mirrorhunt.delivering.choosing import Chosen
from mirrorhunt.exports import DOMAIN, Row
from mirrorhunt.exports._fit import unfit
from mirrorhunt.feeds import Feed
from mirrorhunt.protecting import Keep
from mirrorhunt.publishing import CLOCK_SLACK
from mirrorhunt.store.deliveries import Delivery

SHOWN_HOSTS = 5
SMALL = 20
"""Below as many entries a share of them says nothing."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a delivery does not go out."""

    rule: str
    """One word, for programs."""
    said: str
    remedy: str
    hosts: tuple[str, ...] = ()
    """The first of those it is about."""
    count: int = 0
    """How many there are."""
    is_forced: bool = False
    """Whether a person may force the delivery past it, with a reason."""

    def __str__(self) -> str:
        named = ", ".join(self.hosts)
        more = f" and {self.count - len(self.hosts)} more" if self.count > len(self.hosts) else ""
        return f"{self.said}{': ' if named else ''}{named}{more}; {self.remedy}"


_RULES = {
    "name": (
        "no names that a server can load",
        "such a name cannot be published: `mirrorhunt review reject` takes it out",
    ),
    "protected": (
        "protected names, or names that everybody uses",
        "`mirrorhunt protect check HOST` says why; judge again, or reject it",
    ),
    "below": (
        "a protected name stands below what would be blocked with all below it",
        "`mirrorhunt protect check HOST` says what is protected below it",
    ),
    "unsigned": (
        "popular names that two people have not signed",
        "a second person signs with `mirrorhunt review confirm HOST`, or set "
        "`unsigned = 'leave_out'` for the feed",
    ),
    "unproven": (
        "no proof of life within valid_days",
        "`mirrorhunt hunt` looks at it again",
    ),
    "doubled": (
        "names that are there twice",
        "this is an error of ours: please report it",
    ),
}
"""What is asked of each row: what is said of those that fail, and the remedy."""


def refusals(
    feed: Feed,
    chosen: Chosen,
    keep: Keep,
    now: datetime,
    latest: Delivery | None,
) -> list[Refusal]:
    """What refuses *chosen* as the delivery of *feed* after *latest*; empty if nothing does."""
    if latest is not None and latest.at > now + CLOCK_SLACK:
        return [
            Refusal(
                "clock",
                f"this machine's clock says {now:%Y-%m-%d %H:%M:%S} UTC, but the last delivery "
                f"was made at {latest.at:%Y-%m-%d %H:%M:%S}",
                "set the clock",
            )
        ]
    return [*_sizes(feed, chosen, now, latest), *_rows(feed, chosen, keep, now)]


def _sizes(
    feed: Feed, chosen: Chosen, now: datetime, latest: Delivery | None
) -> Iterable[Refusal]:
    if feed.ends_at is not None and feed.ends_at <= now:
        return  # Its end was decided when it began: everything goes, and nothing is asked.
    entries, stood = chosen.entries, chosen.stood
    force = f"look at `mirrorhunt feed check {feed.name}`; if it is right, deliver with --force"
    if entries < feed.min_entries:
        yield Refusal(
            "min_entries",
            f"{entries} entries are fewer than the {feed.min_entries} of min_entries",
            f"an empty feed takes every block off; {force}",
            is_forced=True,
        )
    if entries > feed.max_entries:
        yield Refusal(
            "max_entries",
            f"{entries} entries are more than the {feed.max_entries} of max_entries",
            force,
            is_forced=True,
        )
    if latest is None:
        return
    for key, count, most in (
        ("max_added", chosen.added, feed.max_added),
        ("max_withdrawn", chosen.withdrawn, feed.max_withdrawn),
    ):
        word = key.removeprefix("max_")
        if count > most:
            yield Refusal(
                key, f"{count} {word} are more than the {most} of {key}", force, is_forced=True
            )
        elif stood >= SMALL and count > feed.max_change * stood:
            yield Refusal(
                "max_change",
                f"{count} {word} are more than {feed.max_change:.0%} of the {stood} that stood "
                "(max_change)",
                force,
                is_forced=True,
            )


def _rows(feed: Feed, chosen: Chosen, keep: Keep, now: datetime) -> Iterable[Refusal]:
    found: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    last = ""
    for _, row in chosen.rows():
        for rule in _against(row, feed, keep, now):
            counts[rule] = counts.get(rule, 0) + 1
            hosts = found.setdefault(rule, [])
            if len(hosts) < SHOWN_HOSTS:
                hosts.append(row.host)
        if row.host == last:
            counts["doubled"] = counts.get("doubled", 0) + 1
            found.setdefault("doubled", [row.host])
        last = row.host
    for rule, hosts in sorted(found.items()):
        yield Refusal(rule, *_RULES[rule], tuple(hosts), counts[rule])


def _against(row: Row, feed: Feed, keep: Keep, now: datetime) -> Iterable[str]:
    if unfit(row) is not None:
        yield "name"
        return
    if keep.is_out(row.host):
        yield "protected"
    if row.scope == DOMAIN and keep.protection_below(row.host) is not None:
        yield "below"
    if is_unsigned(row, keep):
        yield "unsigned"
    at, until = row.last_verified, row.valid_until
    is_fresh = at is not None and now - timedelta(days=feed.valid_days) <= at <= now + CLOCK_SLACK
    if not is_fresh or until is None or until < now:
        yield "unproven"


def is_unsigned(row: Row, keep: Keep) -> bool:
    """Whether two people have to sign for *row*, and have not."""
    return len(set(row.reviewed_by)) < 2 and keep.needs_two(row.host) is not None
