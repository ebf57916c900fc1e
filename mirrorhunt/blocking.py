"""What a feed does: which resolvers block which names, by asking them.

A block is told from an error, from a name that is gone and from our own failure by asking the
trusted nameservers the same, and by a control name at each resolver. What is not known is not
stored.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine

from mirrorhunt.errors import InputError, NoNetworkError
from mirrorhunt.exports.rpz import CANARY
from mirrorhunt.names import registrable_domain
from mirrorhunt.net.hiding import how_hidden, is_shown, manner
from mirrorhunt.net.nameserver import Answer, Nameserver
from mirrorhunt.net.resolver import Resolver
from mirrorhunt.store import blockings, runs
from mirrorhunt.store.blockings import Hidden
from mirrorhunt.store.session import storing

PUBLISHED, WITHDRAWN = "published", "withdrawn"
BLOCKED, OPEN, GONE, UNKNOWN = "blocked", "open", "gone", "unknown"
STOP_HOSTS = 3
"""So many names of several domains at one address of one resolver, where the trusted nameservers
have them apart, are led to a page that says no."""
_BATCH_HOSTS = 100
_TYPES = ("A", "AAAA")


@dataclass(frozen=True, slots=True)
class Effect:
    """What one resolver makes of one name."""

    resolver: str
    host: str
    was: str
    """``published``, ``withdrawn``, or empty for a name that somebody asked about."""
    state: str
    """``blocked``, ``open``, ``gone`` (it resolves for nobody) or ``unknown``."""
    how: str = ""
    """One word for how it is blocked: ``nxdomain``, ``no_address``, ``address``, ``refused`` …"""
    answer: str = ""
    """What it said instead, for people."""

    @property
    def is_wrong(self) -> bool:
        """Whether it is not as published: open though listed, blocked though taken back."""
        return (self.was, self.state) in {(PUBLISHED, OPEN), (WITHDRAWN, BLOCKED)}


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of asking."""

    effects: tuple[Effect, ...]
    """By resolver and host."""
    serials: dict[str, tuple[str, bool]]
    """By resolver: the serial of the policy zone that it has loaded, and whether names of it are
    enforced; missing where it answers no canary."""
    silent: tuple[str, ...]
    """Resolvers that answered no control question: nothing is known of them."""


@dataclass(frozen=True, slots=True)
class _Said:
    """The two answers about one name."""

    answers: tuple[Answer, ...]

    @property
    def is_known(self) -> bool:
        return any(not a.is_failure or how_hidden(a) for a in self.answers)

    @property
    def shown(self) -> frozenset[str]:
        return frozenset(r for a in self.answers if is_shown(a) for r in a.records)

    @property
    def how(self) -> str:
        return next((how for a in self.answers if (how := how_hidden(a))), "")


async def measure(
    resolvers: Sequence[Nameserver],
    trusted: Resolver,
    hosts: Iterable[tuple[str, str]],
    *,
    control_names: Sequence[str] = (),
    questions_per_s: float,
    tell: Callable[[int], None] = lambda count: None,
) -> Measured:
    """Ask each of *resolvers* about *hosts*, pairs of a name and what it was.

    *tell* gets how many names are done. Raises InputError where a resolver is one of the trusted,
    NoNetworkError where the trusted ones, or all others, do not answer.
    """
    both = sorted(set(resolvers) & set(trusted.nameservers), key=str)
    if both:
        raise InputError(
            f"resolver {str(both[0])!r} is one of the trusted nameservers: trust others"
        )
    asked = {str(r): Resolver([r]) for r in resolvers}
    try:
        if not await trusted.control(control_names):
            raise NoNetworkError(
                "the trusted nameservers do not answer: nothing can be said of others; "
                "`mirrorhunt doctor` says more"
            )
        works = {name: await one.control(control_names) for name, one in asked.items()}
        silent = tuple(name for name, is_working in works.items() if not is_working)
        if len(silent) == len(asked):
            raise NoNetworkError(f"no resolver answers: {', '.join(silent)}")
        working = {n: r for n, r in asked.items() if works[n]}
        effects = await _effects(working, trusted, list(hosts), questions_per_s, tell)
        serials = {n: found for n, r in working.items() if (found := await _serial(r))}
    finally:
        for one in asked.values():
            await one.close()
    return Measured(tuple(sorted(effects, key=lambda e: (e.resolver, e.host))), serials, silent)


async def _effects(
    asked: dict[str, Resolver],
    trusted: Resolver,
    hosts: Sequence[tuple[str, str]],
    questions_per_s: float,
    tell: Callable[[int], None],
) -> list[Effect]:
    truth: dict[str, _Said] = {}
    said: dict[str, dict[str, _Said]] = {name: {} for name in asked}
    pause_s = _BATCH_HOSTS * len(_TYPES) / questions_per_s
    for start in range(0, len(hosts), _BATCH_HOSTS):
        batch = [host for host, _ in hosts[start : start + _BATCH_HOSTS]]
        pause = asyncio.create_task(
            asyncio.sleep(pause_s if start + len(batch) < len(hosts) else 0)
        )
        truth |= await _ask_all(trusted, batch)
        found = await asyncio.gather(*(_ask_all(one, batch) for one in asked.values()))
        for name, answers in zip(asked, found, strict=True):
            said[name] |= answers
        await pause  # So many questions a second, however fast the answers come.
        tell(start + len(batch))
    effects = []
    for name in asked:
        stops = _stop_addresses(said[name], truth)
        effects += [
            _effect(name, host, was, said[name][host], truth[host], stops) for host, was in hosts
        ]
    return effects


async def _ask_all(resolver: Resolver, hosts: Sequence[str]) -> dict[str, _Said]:
    async def ask(host: str) -> _Said:
        return _Said(tuple(await asyncio.gather(*(resolver.ask(host, t) for t in _TYPES))))

    return dict(zip(hosts, await asyncio.gather(*map(ask, hosts)), strict=True))


def _effect(
    resolver: str, host: str, was: str, said: _Said, truth: _Said, stops: frozenset[str]
) -> Effect:
    plain = Effect(resolver, host, was, UNKNOWN)
    if not said.is_known:
        return plain
    stop = sorted(said.shown & stops)
    if stop:
        return replace(
            plain, state=BLOCKED, how="address", answer=f"address {stop[0]}, as many other names"
        )
    if said.shown:
        return replace(plain, state=OPEN, answer=", ".join(sorted(said.shown)[:3]))
    if not truth.shown:
        # Nobody can block what is not there; but whether it is, has to be known.
        return replace(plain, state=GONE) if truth.is_known else plain
    return (
        replace(plain, state=BLOCKED, how=manner(said.how), answer=said.how) if said.how else plain
    )


def _stop_addresses(said: dict[str, _Said], truth: dict[str, _Said]) -> frozenset[str]:
    """Addresses at which a resolver has many names that the trusted nameservers have apart."""
    at: dict[str, set[str]] = defaultdict(set)
    for host, answers in said.items():
        for address in answers.shown - truth[host].shown:
            at[address].add(host)
    return frozenset(
        address
        for address, hosts in at.items()
        if len({registrable_domain(h) or h for h in hosts}) >= STOP_HOSTS
        and len({truth[h].shown for h in hosts}) > 1
        and not any(address in answers.shown for answers in truth.values())
    )


async def _serial(resolver: Resolver) -> tuple[str, bool] | None:
    """The serial of the policy zone that *resolver* has loaded, and whether it enforces it: BIND
    answers the first canary of a zone that it has not read through (docs/exports.md)."""
    answer = await resolver.ask(CANARY, "TXT")
    serial = answer.records[0].strip('"') if answer.records else ""
    if not (serial.isascii() and serial.isdecimal() and len(serial) <= MAX_SERIAL_DIGITS):
        return None
    enforced = await resolver.ask(f"{serial}.{CANARY}", "TXT")
    return serial, bool(enforced.records)


MAX_SERIAL_DIGITS = 10


def record(engine: Engine, effects: Iterable[Effect], now: datetime) -> None:
    """Store who blocks what, as `mirrorhunt explain` shows it."""
    hidden = [Hidden(e.host, e.resolver, e.how, e.answer) for e in effects if e.state == BLOCKED]
    with storing(), engine.begin() as connection:
        run = runs.open_run(connection, "blocked", None, now)
        blockings.record(connection, run.id, hidden, now)
        runs.finish_run(connection, run.id, now, None)
