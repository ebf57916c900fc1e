"""What a feed does: which resolvers block which names, by asking them.

A block is told from an error, from a name that is gone and from our own failure by asking the
trusted nameservers the same, and by a control name at each resolver. What is not known is not
stored.
"""

import asyncio
import secrets
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine

from mirrorhunt.errors import InputError, NoNetworkError
from mirrorhunt.exports.rpz import CANARY
from mirrorhunt.model import Rcode
from mirrorhunt.net.hiding import how_hidden, is_shown, manner, stop_addresses
from mirrorhunt.net.nameserver import Answer, Nameserver
from mirrorhunt.net.resolver import TIMEOUT_S, Resolver
from mirrorhunt.store import blockings, runs
from mirrorhunt.store.blockings import Hidden
from mirrorhunt.store.session import storing

PUBLISHED, WITHDRAWN = "published", "withdrawn"
BLOCKED, OPEN, GONE, UNKNOWN = "blocked", "open", "gone", "unknown"
MAX_SERIAL_DIGITS = 10
_BATCH_HOSTS = 100
_TYPES = ("A", "AAAA")
_TRUSTED = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one resolver makes of one name."""

    resolver: str
    host: str
    was: str
    """``published``, ``withdrawn``, or empty for a name that somebody asked about."""
    state: str
    """``blocked``, ``open``, ``gone`` (it resolves for nobody that is trusted) or ``unknown``."""
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
    """Resolvers that answered no control question, or not truly: nothing is known of them."""


@dataclass(frozen=True, slots=True)
class _Said:
    """The two answers about one name."""

    answers: tuple[Answer, ...]

    @property
    def is_silence(self) -> bool:
        return all(a.rcode is Rcode.TIMEOUT for a in self.answers)

    @property
    def shown(self) -> frozenset[str]:
        return frozenset(r for a in self.answers if is_shown(a) for r in a.records)

    @property
    def is_absent(self) -> bool:
        """Whether there is no such name, or none of its addresses leads anywhere: half an answer
        says neither."""
        if self.shown or any(a.is_filtered for a in self.answers):
            return False
        denied = any(a.rcode is Rcode.NXDOMAIN for a in self.answers)  # Of all types: RFC 2308.
        return denied or not any(a.is_failure for a in self.answers)

    def how_hidden(self, truth: "_Said") -> str:
        """How what *truth* shows is hidden here; empty if something of it is not, or failed."""
        hows = [how_hidden(a) for a in self.answers]
        if "NXDOMAIN" in hows:
            return "NXDOMAIN"
        asked = [how for how, a in zip(hows, truth.answers, strict=True) if is_shown(a)]
        return asked[0] if asked and all(asked) else ""


_SILENCE = _Said((Answer(Rcode.TIMEOUT),) * len(_TYPES))


async def measure(
    resolvers: Sequence[Nameserver],
    trusted: Resolver,
    hosts: Iterable[tuple[str, str]],
    *,
    control_names: Sequence[str] = (),
    questions_per_s: float,
    timeout_s: float = TIMEOUT_S,
    tell: Callable[[int], None] = lambda count: None,
) -> Measured:
    """Ask each of *resolvers* about *hosts*, pairs of a name and what it was.

    *timeout_s* is of one question to them; who falls silent is asked no more, and what is left is
    unknown. *tell* gets how many names are done. Raises InputError where a resolver is one of the
    trusted, NoNetworkError where the trusted ones, or all others, do not answer.
    """
    both = sorted(set(resolvers) & set(trusted.nameservers), key=str)
    if both:
        raise InputError(
            f"resolver {str(both[0])!r} is one of the trusted nameservers: trust others"
        )
    asked = {str(r): Resolver([r], timeout_s=timeout_s) for r in resolvers}
    try:
        if not await trusted.control(control_names):
            raise NoNetworkError(
                "the trusted nameservers do not answer: nothing can be said of others; "
                "`mirrorhunt doctor` says more"
            )
        works = {name: await _is_truthful(one, control_names) for name, one in asked.items()}
        silent = tuple(name for name, is_working in works.items() if not is_working)
        if len(silent) == len(asked):
            raise NoNetworkError(
                f"no resolver answers a control question truly: {', '.join(silent)}; name what "
                "has to resolve there as control_names"
            )
        working = {n: r for n, r in asked.items() if works[n]}
        effects = await _effects(
            working, trusted, list(hosts), control_names, questions_per_s, tell
        )
        serials = {n: found for n, r in working.items() if (found := await _serial(r))}
    finally:
        for one in asked.values():
            await one.close()
    return Measured(tuple(sorted(effects, key=lambda e: (e.resolver, e.host))), serials, silent)


async def _is_truthful(resolver: Resolver, control_names: Sequence[str]) -> bool:
    """Whether *resolver* works, and tells what is there from what is not: who denies everything,
    or leads everything to one page, blocks nothing."""
    if not control_names:
        # An NXDOMAIN for the root is an answer, and no true one.
        return bool((await resolver.ask("", "NS")).records)
    made_up = (await resolver.ask(f"x{secrets.token_hex(10)}.com", "A")).records
    answers = await asyncio.gather(*(resolver.ask(name, "A") for name in control_names))
    return any(is_shown(a) and set(made_up).isdisjoint(a.records) for a in answers)


async def _effects(
    asked: dict[str, Resolver],
    trusted: Resolver,
    hosts: Sequence[tuple[str, str]],
    control_names: Sequence[str],
    questions_per_s: float,
    tell: Callable[[int], None],
) -> list[Effect]:
    left = {_TRUSTED: trusted} | asked
    said: dict[str, dict[str, _Said]] = {name: {} for name in left}
    pause_s = _BATCH_HOSTS * len(_TYPES) / questions_per_s
    for start in range(0, len(hosts), _BATCH_HOSTS):
        batch = [host for host, _ in hosts[start : start + _BATCH_HOSTS]]
        pause = asyncio.create_task(
            asyncio.sleep(pause_s if start + len(batch) < len(hosts) else 0)
        )
        found = await asyncio.gather(*(_ask_all(one, batch) for one in left.values()))
        for name, answers in zip(tuple(left), found, strict=True):
            said[name] |= answers
            is_silent = all(both.is_silence for both in answers.values())
            if is_silent and not await left[name].control(control_names):
                # Each further name would wait for three timeouts.
                del left[name]
        await pause  # So many questions a second, however fast the answers come.
        tell(start + len(batch))
        if _TRUSTED not in left or len(left) == 1:
            break
    truth = {host: said[_TRUSTED].get(host, _SILENCE) for host, _ in hosts}
    effects = []
    for name in asked:
        stops = stop_addresses(_shown(said[name]), [_shown(truth)])
        effects += [
            _effect(name, host, was, said[name].get(host, _SILENCE), truth[host], stops)
            for host, was in hosts
        ]
    return effects


async def _ask_all(resolver: Resolver, hosts: Sequence[str]) -> dict[str, _Said]:
    async def ask(host: str) -> _Said:
        return _Said(tuple(await asyncio.gather(*(resolver.ask(host, t) for t in _TYPES))))

    return dict(zip(hosts, await asyncio.gather(*map(ask, hosts)), strict=True))


def _effect(
    resolver: str, host: str, was: str, said: _Said, truth: _Said, stops: Container[str]
) -> Effect:
    plain = Effect(resolver, host, was, UNKNOWN)
    if truth.is_absent:
        # Nobody can block what is not there.
        return replace(plain, state=GONE)
    for address in sorted(said.shown):
        if address in stops:
            how = f"address {address}, as many other names"
            return replace(plain, state=BLOCKED, how="address", answer=how)
    if said.shown:
        return replace(plain, state=OPEN, answer=", ".join(sorted(said.shown)[:3]))
    how = said.how_hidden(truth) if truth.shown else ""
    return replace(plain, state=BLOCKED, how=manner(how), answer=how) if how else plain


def _shown(said: Mapping[str, _Said]) -> dict[str, frozenset[str]]:
    return {host: both.shown for host, both in said.items()}


async def _serial(resolver: Resolver) -> tuple[str, bool] | None:
    """The serial of the policy zone that *resolver* has loaded, and whether it enforces it: BIND
    answers the first canary of a zone that it has not read through (docs/exports.md)."""
    answer = await resolver.ask(CANARY, "TXT")
    serial = answer.records[0].strip('"') if answer.records else ""
    if not (serial.isascii() and serial.isdecimal() and len(serial) <= MAX_SERIAL_DIGITS):
        return None
    enforced = await resolver.ask(f"{serial}.{CANARY}", "TXT")
    return serial, bool(enforced.records)


def record(engine: Engine, effects: Iterable[Effect], now: datetime) -> None:
    """Store who blocks what, as `mirrorhunt explain` shows it."""
    hidden = [Hidden(e.host, e.resolver, e.how, e.answer) for e in effects if e.state == BLOCKED]
    with storing(), engine.begin() as connection:
        run = runs.open_run(connection, "blocked", None, now)
        blockings.record(connection, run.id, hidden, now)
        runs.finish_run(connection, run.id, now, None)
