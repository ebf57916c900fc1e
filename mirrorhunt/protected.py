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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from mirrorhunt.errors import InputError, NotAHostError
from mirrorhunt.names import host as as_host
from mirrorhunt.names import parts, public_registrable_domain, registrable_domain
from mirrorhunt.warninglists import BANKS, LINK_IN_BIO, UNIVERSITIES, URL_SHORTENERS, listed_as

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
    with_lists: bool = False
    """True if banks and universities of the warning lists are protected too."""

    @classmethod
    def of(
        cls, protections: Iterable[Protection], *, with_lists: bool = False
    ) -> "ProtectedNames":
        """Protections from plain parts. The first of several that fit is the one found."""
        by_name: dict[str, list[Protection]] = {}
        by_suffix: dict[str, list[Protection]] = {}
        for protection in protections:
            index = by_suffix if protection.scope == SUFFIX else by_name
            index.setdefault(protection.name, []).append(protection)
        return cls(
            MappingProxyType({name: tuple(found) for name, found in by_name.items()}),
            MappingProxyType({name: tuple(found) for name, found in by_suffix.items()}),
            with_lists,
        )

    def __len__(self) -> int:
        """How many protections there are, those of the warning lists not counted."""
        found = [*self.by_name.values(), *self.by_suffix.values()]
        return sum(len(protections) for protections in found)

    def __iter__(self) -> Iterator[Protection]:
        """Those given by name, then those of suffixes."""
        for protections in (*self.by_name.values(), *self.by_suffix.values()):
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
            self._by_name(host, now)
            or self._by_suffix(host, now)
            or (_by_list(host) if self.with_lists else None)
            or _by_itself(host)
        )

    def _by_name(self, host: str, now: datetime) -> Protection | None:
        for exact in (host, host.removeprefix("www.")):
            for protection in self.by_name.get(exact, ()):
                if protection.is_current(now):
                    return protection
        domain = registrable_domain(host)
        parent = host.partition(".")[2]
        while parent:
            for protection in self.by_name.get(parent, ()):
                is_whole = protection.scope == DOMAIN and protection.is_current(now)
                if is_whole and registrable_domain(parent) == domain is not None:
                    return protection
            parent = parent.partition(".")[2]
        return None

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


def _by_list(host: str) -> Protection | None:
    for name, owner, reason in _LISTS:
        entry = listed_as(host, name)
        if entry is not None and registrable_domain(entry) == registrable_domain(host):
            return Protection(entry, DOMAIN, owner, reason)
    return None


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


def _shipped(name: str) -> list[Mapping[str, Any]]:
    text = files("mirrorhunt").joinpath("data", name).read_text(encoding="utf-8")
    groups = tomllib.loads(text)["group"]
    return list(groups)


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
    means exactly that host. Empty lines are skipped, and so is what is said twice.

    Raises InputError if any line holds no name: it counts them and shows the first few with their
    numbers. A list that protects less than it says would be worse than none.
    """
    found: dict[tuple[str, str], Protection] = {}
    mistakes: list[str] = []
    count = 0
    for number, line in enumerate(lines, 1):
        text, _, comment = line[:MAX_LINE_CHARS].lstrip("\ufeff").partition("#")
        text = text.strip()
        if not text:
            continue
        scope = HOST if text.startswith("=") else DOMAIN
        try:
            name = as_host(text.removeprefix("=").removeprefix("*.").removeprefix("."))
        except NotAHostError as e:
            count += 1
            if len(mistakes) < _SHOWN_MISTAKES:
                mistakes.append(f"line {number}: {str(e)[:160]}")
            continue
        why = " ".join(comment.split())[:200] or reason
        found.setdefault((name, scope), Protection(name, scope, owner, why))
    if count:
        more = f" (and {count - len(mistakes)} more)" if count > len(mistakes) else ""
        noun = "line holds" if count == 1 else "lines hold"
        raise InputError(f"{count} {noun} no name: {'; '.join(mistakes)}{more}")
    return tuple(found.values())


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
    return None
