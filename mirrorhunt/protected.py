"""Names that must never be published, and names that are never candidates.

A wrong name in a feed takes a lawful business off the air: a link folder on Google Drive became a
block of `drive.usercontent.google.com` for six hours (Italy, 2024-10-19). So some names are out
of reach of any evidence. The list is curated by hand; popularity is no criterion, as pirate sites
are popular too (research of 2026-11: 6.9 % of the domains in four indexes of pirate sites stood
among the 100,000 most popular).

What stands below a protected name is protected with it, but for what the Public Suffix List gives
to others: `pirate.pages.dev` is not Cloudflare's. Public suffixes themselves, `pages.dev` and
`co.uk` alike, are always protected: publishing one would block everybody below it.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from mirrorhunt.errors import InputError
from mirrorhunt.names import host as as_host
from mirrorhunt.names import parts, public_registrable_domain, public_suffixes, registrable_domain
from mirrorhunt.warninglists import (
    BANKS,
    LINK_IN_BIO,
    SHARED_PLATFORMS,
    UNIVERSITIES,
    URL_SHORTENERS,
    above_shared,
    is_shared,
    listed_as,
    parents,
)
from mirrorhunt.warninglists import names as listed_names

DOMAIN = "domain"
"""The name and all below it that nobody else registered."""
HOST = "host"
"""Exactly the name, with and without ``www``."""
SUFFIX = "suffix"
"""Everything under that public suffix; ``gov.*`` means any country's ``gov``."""
SCOPES = frozenset({DOMAIN, HOST, SUFFIX})

MAX_LINE_CHARS = 1_000
_SHOWN_MISTAKES = 5
_LISTS = (
    (BANKS, "banks", "a bank, by the warning list bank-website"),
    (UNIVERSITIES, "schools and universities", "by the warning list university_domains"),
)


@dataclass(frozen=True, slots=True)
class Protection:
    """One name out of reach of any evidence."""

    name: str
    scope: str
    owner: str
    reason: str
    expires_at: datetime | None = None
    """From this instant on it no longer counts; None if it always does."""
    is_soft: bool = False
    """True if it protects nothing, and only takes two people to confirm."""

    def __post_init__(self) -> None:
        if self.scope not in SCOPES:
            raise InputError(f"no scope {self.scope!r}; there are: {', '.join(sorted(SCOPES))}")
        if self.expires_at is not None and self.expires_at.tzinfo is None:
            raise InputError(f"{self.name}: expires_at needs a time zone")

    def is_current(self, now: datetime) -> bool:
        """True unless it has expired at *now*."""
        return self.expires_at is None or now < self.expires_at


def _public_suffix(host: str) -> str:
    """The suffix of *host* by the list's ICANN section; empty where the list knows none.

    Only listed suffixes count: ``gov.zz`` is nobody's authority, and anybody may register a name
    that looks like one where no such suffix exists.
    """
    taken_apart = parts(host)
    if not taken_apart.is_known_suffix:
        return ""
    domain = public_registrable_domain(host)
    if domain is None:
        return host
    return domain.partition(".")[2]


@dataclass(frozen=True)
class ProtectedNames:
    """Protections, indexed. Immutable: `with_names` makes a larger one."""

    by_name: Mapping[str, tuple[Protection, ...]] = field(default_factory=dict)
    """Domains and hosts, by name."""
    by_suffix: Mapping[str, tuple[Protection, ...]] = field(default_factory=dict)
    soft: Mapping[str, tuple[Protection, ...]] = field(default_factory=dict)
    """What takes two people, by name."""
    with_lists: bool = False
    """True if banks and universities of the warning lists are protected too."""

    @classmethod
    def of(
        cls, protections: Iterable[Protection], *, with_lists: bool = False
    ) -> "ProtectedNames":
        """Protections from plain parts. The first of several that fit is the one found."""
        by_name: dict[str, tuple[Protection, ...]] = {}
        by_suffix: dict[str, tuple[Protection, ...]] = {}
        soft: dict[str, tuple[Protection, ...]] = {}
        for protection in protections:
            index = by_suffix if protection.scope == SUFFIX else by_name
            index = soft if protection.is_soft else index
            index[protection.name] = (*index.get(protection.name, ()), protection)
        by_names, by_suffixes, softs = map(MappingProxyType, (by_name, by_suffix, soft))
        return cls(by_names, by_suffixes, softs, with_lists)

    def __len__(self) -> int:
        """How many protections there are, those of the warning lists not counted."""
        indices = (self.by_name, self.by_suffix, self.soft)
        return sum(len(protections) for index in indices for protections in index.values())

    def __iter__(self) -> Iterator[Protection]:
        """Those given by name, then those of suffixes, then those that protect nothing."""
        for index in (self.by_name, self.by_suffix, self.soft):
            for protections in index.values():
                yield from protections

    def with_names(self, extra: Iterable[Protection]) -> "ProtectedNames":
        """These and *extra*, which come first where both fit."""
        return ProtectedNames.of([*extra, *self], with_lists=self.with_lists)

    def find(self, host: str, now: datetime) -> Protection | None:
        """What protects *host* (as we write hosts) at *now*, or None.

        Asked from the narrowest to the widest: the name itself, its parents, its suffix, the
        warning lists, and whether it is a public suffix itself.
        """
        return (
            _in_index(self.by_name, host, now)
            or self._by_suffix(host, now)
            or (_by_list(host) if self.with_lists else None)
            or _by_itself(host)
        )

    def find_soft(self, host: str, now: datetime) -> Protection | None:
        """What makes two people necessary to confirm *host* at *now*, or None."""
        return _in_index(self.soft, host, now)

    def find_below(self, host: str, now: datetime) -> Protection | None:
        """A protection at *now* of a name strictly below *host*, or None.

        Blocking *host* and all below it would block that name, although *host* itself may be
        anybody's. Suffixes are left out: what stands above one is a suffix itself.
        """
        for protection in self._above.get(host, ()):
            if protection.is_current(now):
                return protection
        return _listed_below().get(host) if self.with_lists else None

    @cached_property
    def _above(self) -> Mapping[str, Sequence[Protection]]:
        """Protections by each name above theirs."""
        found: dict[str, list[Protection]] = {}
        for protections in self.by_name.values():
            for protection in protections:
                for parent in parents((protection.name,)):
                    found.setdefault(parent, []).append(protection)
        return found

    def _by_suffix(self, host: str, now: datetime) -> Protection | None:
        suffix = _public_suffix(host)
        while suffix:
            first, _, rest = suffix.partition(".")
            names = [suffix]
            if len(rest) == 2:
                names.append(f"{first}.*")
            for name in names:
                for protection in self.by_suffix.get(name, ()):
                    if protection.is_current(now):
                        return protection
            suffix = rest
        return None


def _in_index(
    index: Mapping[str, tuple[Protection, ...]], host: str, now: datetime
) -> Protection | None:
    """What *index* has of *host*, or of a name above it that the same owner registered."""
    for exact in (host, host.removeprefix("www.")):
        for protection in index.get(exact, ()):
            if protection.is_current(now):
                return protection
    domain = registrable_domain(host)
    parent = host.partition(".")[2]
    while parent:
        for protection in index.get(parent, ()):
            is_whole = protection.scope == DOMAIN and protection.is_current(now)
            if is_whole and registrable_domain(parent) == domain is not None:
                return protection
        parent = parent.partition(".")[2]
    return None


def _by_list(host: str) -> Protection | None:
    for name, owner, reason in _LISTS:
        entry = listed_as(host, name)
        if entry is not None and registrable_domain(entry) == registrable_domain(host):
            return Protection(entry, DOMAIN, owner, reason)
    return None


@cache
def _listed_below() -> Mapping[str, Protection]:
    """By each name above an entry of the lists, a protection of that entry."""
    found: dict[str, Protection] = {}
    for name, owner, reason in _LISTS:
        for entry in sorted(listed_names(name)):
            for parent in parents((entry,)):
                found.setdefault(parent, Protection(entry, DOMAIN, owner, reason))
    return found


def _by_itself(host: str) -> Protection | None:
    taken_apart = parts(host)
    if taken_apart.label or not taken_apart.is_known_suffix:
        return None
    reason = "a public suffix: to publish it would block everybody below it"
    return Protection(host, HOST, "the holder of the suffix", reason)


def _group(group: Mapping[str, Any], source: str) -> Iterable[Protection]:
    expires_at = group.get("expires_at")
    for name in group["names"]:
        if group["scope"] != SUFFIX and as_host(name) != name:
            raise InputError(f"{source}: {name!r} is not written as we write hosts")
        yield Protection(name, group["scope"], group["owner"], group["reason"], expires_at)


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads(files("mirrorhunt").joinpath("data", name).read_text(encoding="utf-8"))


def _shipped(name: str) -> list[Mapping[str, Any]]:
    return list(_file(name)["group"])


def looked_through() -> date:
    """The day on which somebody last went through the names that come with the program."""
    found = _file("protected.toml")["looked_through"]
    assert isinstance(found, date)
    return found


@cache
def builtin() -> ProtectedNames:
    """The protections that come with the program, banks and universities among them."""
    source = "protected.toml"
    found = [p for group in _shipped(source) for p in _group(group, source)]
    return ProtectedNames.of(found, with_lists=True)


def parse(
    lines: Iterable[str], *, owner: str = "operator", reason: str = "named by the operator"
) -> tuple[Protection, ...]:
    """The protections in an operator's file: one name a line, the rest after ``#`` is the reason.

    ``films.example`` and ``*.films.example`` both mean it and all below it; ``=films.example``
    means exactly that host; ``~films.example`` protects nothing, but takes two people to confirm.
    ``until=2027-06-30`` after the name ends it with that day (UTC). Empty lines are skipped, and
    so is what is said twice.

    Raises InputError if any line holds no name: it counts them and shows the first few with their
    numbers. A list that protects less than it says would be worse than none.
    """
    # By mark and name; the name itself where there is no mark, as there may be a million.
    found: dict[str, Protection] = {}
    mistakes: list[str] = []
    count = 0
    for number, line in enumerate(lines, 1):
        text, is_said, comment = line[:MAX_LINE_CHARS].lstrip("\ufeff").partition("#")
        text = text.strip()
        is_cut = len(line) > MAX_LINE_CHARS and not is_said
        if not text and not is_cut:
            continue
        why = " ".join(comment.split())[:200] or reason
        try:
            if is_cut:
                raise InputError(f"longer than {MAX_LINE_CHARS:,} characters: {text[:40]!r}")
            protection = _parsed(text, owner, why)
        except InputError as e:
            count += 1
            if len(mistakes) < _SHOWN_MISTAKES:
                mistakes.append(f"line {number}: {str(e)[:160]}")
            continue
        mark = text[0] if text[0] in "=~" else ""
        found.setdefault(mark + protection.name if mark else protection.name, protection)
    if count:
        more = f" (and {count - len(mistakes)} more)" if count > len(mistakes) else ""
        noun = "line holds" if count == 1 else "lines hold"
        raise InputError(f"{count} {noun} no name: {'; '.join(mistakes)}{more}")
    return tuple(found.values())


def _parsed(text: str, owner: str, why: str) -> Protection:
    """One line without its comment. Raises InputError."""
    written, ends, until = text.replace("\t", " ").partition(" until=")
    written = written.strip()
    mark = written[0] if written[0] in "=~" else ""
    name = as_host(written.removeprefix(mark).removeprefix("*.").removeprefix("."))
    expires_at = _end_of_day(until.strip()) if ends else None
    scope = HOST if mark == "=" else DOMAIN
    return Protection(name, scope, owner, why, expires_at, is_soft=mark == "~")


def _end_of_day(text: str) -> datetime:
    try:
        last = date.fromisoformat(text)
        return datetime.combine(last + timedelta(days=1), time(), UTC)
    except (ValueError, OverflowError):
        raise InputError(f"until={text!r} is no date: write it as 2027-06-30") from None


@cache
def _infrastructure() -> Mapping[str, str]:
    groups = _shipped("infrastructure.toml")
    return {as_host(name): group["reason"] for group in groups for name in group["names"]}


def is_infrastructure(host: str) -> str | None:
    """Why *host* is never a candidate, although nobody needs protection; None if it may be one.

    Advertising, analytics, libraries, players, shorteners: what every second page loads or links
    to, which says nothing about who runs the page.

    >>> is_infrastructure("pagead2.googlesyndication.com")
    'an advertising network'
    >>> is_infrastructure("films.example") is None
    True
    """
    known = _infrastructure()
    rest = host
    while rest:
        if rest in known:
            return known[rest]
        rest = rest.partition(".")[2]
    if listed_as(host, URL_SHORTENERS):
        return "a URL shortener"
    if listed_as(host, LINK_IN_BIO):
        return "a page of links that its users fill"
    if host.removeprefix("www.") in listed_names(SHARED_PLATFORMS):
        return "a platform where anybody publishes"
    return None


@cache
def _above_suffixes() -> frozenset[str]:
    return frozenset(parents(public_suffixes()))


def is_lent(host: str) -> bool:
    """True if strangers have hosts below *host*, or on it: only it itself may ever be blocked.

    Free dynamic DNS, site builders, file lockers, shorteners, and whatever stands above one of
    them or above a public suffix.

    >>> is_lent("wikaba.com"), is_lent("google.com"), is_lent("films.example")
    (True, True, False)
    """
    return is_shared(host) or host in above_shared() or host in _above_suffixes()
