"""Believing only true answers: about wildcards, made-up answers and hidden names.

A name is believed to exist if it differs from a name that nobody can have registered, and if no
other nameserver contradicts. What a nameserver does instead of answering is a finding of its own:
`Truth.disqualified` (it answers for names that do not exist), `Truth.blocked` (it hides one that
does). Wildcards are asked for at the very level of the name (RFC 4592: only the closest one
answers), by three names or more: about half of those that answer in turns are missed by one
(shuffledns#642), and some answer by an alias that repeats the question (puredns#14).
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import dns.name
import dns.rdatatype

from mirrorhunt.model import Rcode
from mirrorhunt.names import registrable_domain
from mirrorhunt.net._bulk_job import Outcome
from mirrorhunt.net.authority import Authority
from mirrorhunt.net.hiding import how_hidden, is_shown, stop_addresses
from mirrorhunt.net.nameserver import Answer, Exchanger, Nameserver

CONTROL_SUFFIXES = ("com", "net", "org")
"""Suffixes below which a name that nobody registered does not exist."""
PROBES = 3
MAX_PROBE_ROUNDS = 4
"""A wildcard that still answers something new after so many rounds has no end."""
MAX_AGE_S = 24 * 3600.0
"""Registries switch wildcards on and off."""
MAX_LEVELS = 10_000
MAX_LEVEL_CHARS = 220
"""A made-up label has to fit before it."""
MAX_BLOCKED = 1000
"""Findings kept: who blocks a thousand names blocks."""
TIMEOUT_S = 3.0
_CONCURRENCY = 50

Said = Mapping[Nameserver, Answer]
"""What each nameserver says of one name."""


@dataclass(frozen=True, slots=True)
class BlockedAnswer:
    """A nameserver hides a name that exists: which, and how."""

    name: str
    nameserver: Nameserver
    how: str


@dataclass(frozen=True, slots=True)
class Wildcard:
    """What names that nobody registered get for an answer at one level."""

    addresses: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    """First aliases, the asked label in them written ``*``."""
    is_blank: bool = False
    """True if such names exist without an address."""
    is_endless: bool = False
    """True if the answers never repeat: no set of them is ever whole."""
    is_unknown: bool = False
    """True if nobody answered."""
    at: float = 0.0

    @property
    def answers(self) -> bool:
        """True if every name exists."""
        return bool(self.addresses or self.targets or self.is_blank)

    def covers(self, outcome: Outcome) -> bool:
        """True if *outcome* says no more than that of a made-up name."""
        if outcome.aliases:
            return _pattern(outcome.aliases[0], outcome.name) in self.targets
        if outcome.addresses:
            return self.addresses.issuperset(outcome.addresses)
        return self.is_blank


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a name really exists."""

    outcome: Outcome
    is_believed: bool
    why: str
    """One sentence."""


class Truth:
    """What *nameservers* say, held against each other and against names that cannot exist.

    *authority* is asked where they contradict each other. *clock* is monotonic, in seconds.
    """

    def __init__(
        self,
        nameservers: Sequence[Nameserver],
        *,
        authority: Authority | None = None,
        timeout_s: float = TIMEOUT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._exchangers = {
            nameserver: Exchanger(
                nameserver, timeout_s=timeout_s, concurrency=_CONCURRENCY, clock=clock
            )
            for nameserver in nameservers
        }
        self._authority = authority
        self._clock = clock
        self._levels: dict[str, Wildcard] = {}
        self._flights: dict[str, asyncio.Task[Wildcard]] = {}
        self._turn = 0
        self._blocked: dict[tuple[str, Nameserver], BlockedAnswer] = {}
        self.disqualified: dict[Nameserver, str] = {}
        """Nameservers that answer for names that do not exist, and what they answered."""

    @property
    def has_authority(self) -> bool:
        """True if nameservers of suffixes are asked where ours contradict each other."""
        return self._authority is not None

    @property
    def trusted(self) -> tuple[Nameserver, ...]:
        """Those that are not disqualified; all, if they all are.

        What a liar says of a name is still worth something where it differs from its lies and the
        name has a zone: to it, every suffix is a wildcard.
        """
        every = tuple(self._exchangers)
        return tuple(n for n in every if n not in self.disqualified) or every

    @property
    def blocked(self) -> tuple[BlockedAnswer, ...]:
        """Which nameserver hides what, as far as it was noticed."""
        return tuple(self._blocked.values())

    @property
    def unfiltered(self) -> tuple[Nameserver, ...]:
        """Trusted ones that hide nothing we know of; all trusted ones if each hides something."""
        hiding = {blocked.nameserver for blocked in self._blocked.values()}
        return tuple(n for n in self.trusted if n not in hiding) or self.trusted

    # ------------------------------------------------------------ nameservers

    async def check_nameservers(self) -> None:
        """Disqualify each nameserver that answers for names that nobody can have registered."""
        await asyncio.gather(*(self._check(nameserver) for nameserver in self._exchangers))

    async def _check(self, nameserver: Nameserver) -> None:
        probes = [f"{_made_up()}.{suffix}" for suffix in CONTROL_SUFFIXES]
        answers = await asyncio.gather(*(self._ask(nameserver, probe) for probe in probes))
        for probe, answer in zip(probes, answers, strict=True):
            if answer.records:
                self.disqualified[nameserver] = (
                    f"it answers {answer.records[0]} for {probe!r}, which does not exist"
                )
                return
        self.disqualified.pop(nameserver, None)

    async def compare(self, names: Iterable[str]) -> None:
        """Ask every trusted nameserver for *names*, which are known to exist, and note who hides
        them. One nameserver is held against the suffix, if there is an authority."""
        if len(self.trusted) == 1:
            await asyncio.gather(*(self._compare_to_suffix(name) for name in names))
        elif self.trusted:
            said = dict(await asyncio.gather(*(self._compare(name) for name in names)))
            for nameserver in self.trusted:
                self._note_block_page(nameserver, said)

    async def _compare(self, name: str) -> tuple[str, Said]:
        """What everybody says of *name*; nothing if nobody shows it."""
        trusted = self.trusted
        answers = await asyncio.gather(*(self._ask(n, name) for n in trusted))
        said = dict(zip(trusted, answers, strict=True))
        shown = next((n for n, answer in said.items() if is_shown(answer)), None)
        if shown is None or not await self._has_own_zone(name, shown):
            return name, {}
        for nameserver, answer in said.items():
            self._note_if_hidden(name, nameserver, answer, shown)
        return name, said

    def _note_block_page(self, nameserver: Nameserver, said: Mapping[str, Said]) -> None:
        """Note an address at which *nameserver* alone puts several hosts that are apart."""
        # Who is trusted may have changed since they were asked.
        by = {
            n: {name: answers[n].records for name, answers in said.items() if n in answers}
            for n in self.trusted
        }
        here = by.pop(nameserver, {})
        for address, names in stop_addresses(here, list(by.values())).items():
            how = f"address {address} here, as for {len(names)} hosts that are apart elsewhere"
            for name in names:
                self._blocked[name, nameserver] = BlockedAnswer(name, nameserver, how)

    async def _compare_to_suffix(self, name: str) -> None:
        """As `_compare`, against the nameservers of the suffix: only an absence can be told so."""
        (nameserver,) = self.trusted
        answer = await self._ask(nameserver, name)
        how = "filtered, as it says" if answer.is_filtered else ""
        if answer.rcode is Rcode.NXDOMAIN and not answer.aliases and await self.is_lame(name):
            how = "NXDOMAIN here, registered at its suffix"
        if how:
            self._blocked[name, nameserver] = BlockedAnswer(name, nameserver, how)

    def _note_if_hidden(
        self, name: str, nameserver: Nameserver, answer: Answer, shown_by: Nameserver
    ) -> None:
        how = how_hidden(answer)
        if how and len(self._blocked) < MAX_BLOCKED:
            how = f"{how} here, an address at {shown_by}"
            self._blocked[name, nameserver] = BlockedAnswer(name, nameserver, how)

    # ------------------------------------------------------------ wildcards

    async def wildcard(self, level: str) -> Wildcard:
        """What made-up names directly below *level*, a suffix or a host, get for an answer."""
        if len(level) > MAX_LEVEL_CHARS:
            return Wildcard(is_unknown=True)
        found = self._levels.get(level)
        if found is not None and found.at + MAX_AGE_S > self._clock():
            return found
        flight = self._flights.get(level)
        if flight is None:
            flight = asyncio.create_task(self._probe_level(level, Wildcard(), PROBES))
            self._flights[level] = flight
            flight.add_done_callback(lambda _: self._flights.pop(level, None))
        return await asyncio.shield(flight)

    async def _probe_level(self, level: str, known: Wildcard, at_least: int) -> Wildcard:
        """Probe until nothing new comes, starting from what is *known*."""
        found = known
        for _ in range(MAX_PROBE_ROUNDS):
            before = found
            probed = await self._probe(level, at_least)
            found = _joined(found, probed)
            if not probed or not found.answers or _values(found) == _values(before):
                break
        else:
            found = replace(found, is_endless=True)
        if not probed and not found.answers:
            return Wildcard(is_unknown=True)
        found = replace(found, at=self._clock())
        while len(self._levels) >= MAX_LEVELS:
            self._levels.pop(next(iter(self._levels)))
        self._levels[level] = found
        return found

    async def _probe(self, level: str, count: int) -> list[tuple[str, Answer]]:
        """Answers for made-up names, failures left out, from the nameservers in turn."""
        probes = [f"{_made_up()}.{level}" for _ in range(count)]
        asked = [self._ask(nameserver, probe) for probe in probes if (nameserver := self._next())]
        answers = await asyncio.gather(*asked)
        pairs = zip(probes, answers, strict=False)
        return [(probe, answer) for probe, answer in pairs if not answer.is_failure]

    # ------------------------------------------------------------ names

    async def check(self, outcome: Outcome) -> Checked:
        """Whether the name of *outcome*, which says that it exists, really does."""
        level = outcome.name.partition(".")[2]
        wildcard = await self.wildcard(level)
        if wildcard.is_unknown:
            return Checked(outcome, False, f"nobody says whether all names below {level!r} exist")
        if wildcard.answers:
            refuted = await self._is_wildcard(outcome, level, wildcard)
            if refuted:
                return Checked(outcome, False, f"all names below {level!r} exist")
        return await self._second_opinion(outcome)

    async def _is_wildcard(self, outcome: Outcome, level: str, wildcard: Wildcard) -> bool:
        if wildcard.covers(outcome):
            return True
        if not wildcard.is_endless:
            # It answers in turns, perhaps, and the turn of this answer had not come.
            wildcard = await self._probe_level(level, wildcard, PROBES)
            if wildcard.covers(outcome):
                return True
        if registrable_domain(outcome.name) == outcome.name:
            # Who registered a name has a zone; what a wildcard makes up has none.
            nameserver = outcome.nameserver or self._next()
            return nameserver is None or not await self._has_own_zone(outcome.name, nameserver)
        return wildcard.is_endless

    async def _second_opinion(self, outcome: Outcome) -> Checked:
        by = outcome.nameserver
        other = self._next(other_than=by)
        if other is None or by is None:
            return Checked(outcome, True, "no other nameserver to contradict")
        first = Answer(outcome.rcode, outcome.addresses, outcome.aliases)
        second = await self._ask(other, outcome.name)
        if is_shown(second) and not is_shown(first):
            self._note_if_hidden(outcome.name, by, first, other)
            outcome = Outcome(outcome.name, second.rcode, second.records, second.aliases, other)
        elif (
            how_hidden(second) and not is_shown(second) and how_hidden(second) != how_hidden(first)
        ):
            if not await self._is_confirmed(outcome, by):
                return Checked(outcome, False, f"{other} contradicts: {how_hidden(second)}")
            if is_shown(first):
                self._note_if_hidden(outcome.name, other, second, by)
        return Checked(outcome, True, "nobody contradicts")

    async def _is_confirmed(self, outcome: Outcome, by: Nameserver) -> bool:
        """Whether a name exists that one says is there and another says is not."""
        domain = registrable_domain(outcome.name) or outcome.name
        if self._authority is not None:
            registered = await self._authority.is_delegated(domain)
            if registered is not None:
                return registered
        return await self._has_own_zone(outcome.name, by)

    async def _has_own_zone(self, name: str, nameserver: Nameserver) -> bool:
        """Whether *nameserver* knows the SOA of the registrable domain of *name*."""
        answer = await self._ask(nameserver, registrable_domain(name) or name, "SOA")
        return bool(answer.records)

    # ------------------------------------------------------------ asking

    async def is_lame(self, name: str) -> bool:
        """True if the domain of *name* is delegated, whatever our nameservers say of it."""
        domain = registrable_domain(name) or name
        if self._authority is None:
            return False
        return bool(await self._authority.is_delegated(domain))

    async def _ask(self, nameserver: Nameserver, name: str, rdtype: str = "A") -> Answer:
        return await self._exchangers[nameserver].ask(
            dns.name.from_text(name), dns.rdatatype.from_text(rdtype)
        )

    def _next(self, other_than: Nameserver | None = None) -> Nameserver | None:
        """The trusted nameservers in turn, silent ones only where no other is left; None if there
        is none (but *other_than*): one that is silent would say nothing, later."""
        trusted = [n for n in self.trusted if n != other_than]
        usable = [n for n in trusted if not self._exchangers[n].is_down]
        if other_than is None:
            usable = usable or trusted
        if not usable:
            return None
        self._turn += 1
        return usable[self._turn % len(usable)]


def _made_up() -> str:
    """A label that nobody has registered: 80 random bits."""
    return f"x{secrets.token_hex(10)}"


def _pattern(alias: str, name: str) -> str:
    label = name.partition(".")[0]
    return alias.replace(label, "*") if len(label) > 2 else alias


def _joined(known: Wildcard, probed: Iterable[tuple[str, Answer]]) -> Wildcard:
    addresses, targets, is_blank = set(known.addresses), set(known.targets), known.is_blank
    for probe, answer in probed:
        addresses.update(answer.records)
        targets.update(_pattern(alias, probe) for alias in answer.aliases[:1])
        is_blank |= answer.rcode is Rcode.NOERROR and not (answer.records or answer.aliases)
    return Wildcard(frozenset(addresses), frozenset(targets), is_blank)


def _values(wildcard: Wildcard) -> tuple[object, ...]:
    return (wildcard.addresses, wildcard.targets, wildcard.is_blank)
