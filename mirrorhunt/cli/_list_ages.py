"""How large and how old the lists are, one line a sort of list, and what renews them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version

from sqlalchemy import Engine

from mirrorhunt import protecting, warninglists
from mirrorhunt.cli import lists
from mirrorhunt.errors import MirrorhuntError
from mirrorhunt.warninglists import OLD_DAYS, Edition

OLD_OWN_DAYS = 365
"""From this age on a list that people keep by hand should be looked through: licences end."""
ENDS_SOON = timedelta(days=30)
_POPULAR = "popular names"
_MISP = "pymispwarninglists"
_RENEW = "renewed by `pip install -U {}`, where there is a newer one"


@dataclass(frozen=True, slots=True)
class Age:
    """One sort of list."""

    subject: str
    found: str
    remedy: str
    """What renews it."""
    is_old: bool = False
    is_unreadable: bool = False


def ages(files: Sequence[str], engine: Engine | None, now: datetime) -> Iterator[Age]:
    """Each sort of list; those in the database too, unless *engine* is None."""
    yield _of("public suffixes", [lists.suffixes()], now, _RENEW.format("publicsuffixlist"))
    found = warninglists.editions()
    renewed = _RENEW.format(_MISP) + "; `mirrorhunt lists` has each"
    popular = [e for e in found if e.decides == _POPULAR]
    others = [e for e in found if e.decides != _POPULAR]
    yield _of("popularity lists", popular, now, renewed)
    yield _of("warning lists", others, now, f"{renewed}, your own names go into `protect`")
    built_in = (
        "renewed by a newer mirrorhunt (in a checkout `git pull` and `make setup`); what it lacks "
        "goes into `mirrorhunt protect add`"
    )
    yield _of("protected names", [lists.shipped()], now, built_in)
    yield from (_of_file(file, now) for file in files)
    if engine is not None:
        yield _by_hand(engine, now)


def _of(
    subject: str,
    editions: Sequence[Edition],
    now: datetime,
    remedy: str,
    old_days: int = OLD_DAYS,
) -> Age:
    today = now.date()
    entries = sum(e.entries for e in editions)
    said = [f"{entries:,} entries"]
    if len(editions) > 1:
        said = [f"{len(editions)} lists of {_MISP} {version(_MISP)}", *said]
    dated = [(e.of, e.name) for e in editions if e.of is not None]
    if not dated:
        return Age(subject, ", ".join([*said, "of no known day"]), remedy)
    of, name = min(dated)
    days = (today - of).days
    which = f"the oldest {name} " if len(editions) > 1 else ""
    said.append(f"{which}of {of:%Y-%m-%d}, {days} days old")
    if undated := len(editions) - len(dated):
        said.append(f"{undated} say no day")
    old = sum(1 for day, _ in dated if (today - day).days >= old_days)
    if old and len(editions) > 1:
        said.append(f"{old} of {old_days} days or more")
    return Age(subject, ", ".join(said), remedy, is_old=bool(old))


def _of_file(file: str, now: datetime) -> Age:
    subject = f"protected names in {file}"
    try:
        edition = lists.file_of(file)
    except MirrorhuntError as e:
        return Age(subject, str(e), "mend the file: no hunt starts without it", is_unreadable=True)
    return _of(subject, [edition], now, "look through it, and save it anew", OLD_OWN_DAYS)


def _by_hand(engine: Engine, now: datetime) -> Age:
    standing = [p for p in protecting.own(engine) if p.is_current(now)]
    changes = protecting.history(engine)
    said = [f"{len(standing):,} entries"]
    last = max((c.at for c in changes), default=None)
    is_old = False
    if last is not None:
        days = max(0, (now - last).days)
        said.append(f"last changed on {last:%Y-%m-%d}, {days} days ago")
        is_old = bool(standing) and days >= OLD_OWN_DAYS
    soon = sorted(
        p.expires_at for p in standing if p.expires_at and p.expires_at - now < ENDS_SOON
    )
    if soon:
        said.append(f"{len(soon)} end within {ENDS_SOON.days} days, first on {soon[0]:%Y-%m-%d}")
    remedy = "`mirrorhunt protect list` shows them, `protect add NAME --until DATE` prolongs one"
    return Age("protected by hand", ", ".join(said), remedy, is_old=is_old or bool(soon))
