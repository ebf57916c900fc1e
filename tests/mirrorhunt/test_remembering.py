"""Judging only what changed comes to the same as judging all, to the last bit."""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from mirrorhunt import judging, remembering
from mirrorhunt.decisions import Decision
from mirrorhunt.errors import InputError
from mirrorhunt.evidence import Case, kinds
from mirrorhunt.facts import HostFacts, NetworkFacts, Rarity
from mirrorhunt.model import Availability, Evidence, Judgement, Relation, Side, Verdict
from mirrorhunt.policy import DEFAULT, Policy
from mirrorhunt.remembering import Kept, Memory, Strangers
from mirrorhunt.sources import Registration
from mirrorhunt.store import calibrations, kind_counts, migrate, registrations
from mirrorhunt.store.session import engine_for
from tests import make, stored

A = Availability
PATHS = tuple(f"/films/own-{n}.js" for n in range(6))
THEME = tuple(f"/theme/part-{n}.js" for n in range(6))
SHAPE = bytes(range(64)).hex()
SHOWN: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {"analytics_id": ("ga:1",), "asset_path": PATHS, "offers": ("player", "schedule")},
    {"asset_path": THEME, "offers": ("player", "schedule"), "brand": ("goals",)},
    {"asset_path": (*PATHS, *THEME[:3]), "page_shape": (SHAPE,), "brand": ("films",)},
    {"analytics_id": ("ga:1",), "brand": ("films", "goals"), "page_tags": ("00000000000000ff",)},
    {"page_shape": (SHAPE,), "page_tags": ("00000000000000fe",), "offers": ("player",)},
    {"certificate_names": ("films1.example", "films2.example"), "wallet": ("btc:1",)},
    {"handle": ("telegram:a",), "ad_id": ("pop:1",), "address": ("192.0.2.1",)},
    {},
)
POINTERS = ((), ("films1.example",), ("films3.example", "films1.example"))
HOSTS = (
    *("films1.example", "films1.example", "films2.example", "films3.example"),
    *("goals.example", "tv.goals.example", "shop.example", "shop.example"),
)
BEFORE = {
    "films1.example": (0, 5, 6, 4),
    "films2.example": (0, 2, 6),
    "films3.example": (0, 6),
    "goals.example": (1, 3),
}
"""What is seen before anything else; the others are strangers."""
NETWORKS = ("films", "goals")


class World:
    """A store in a file, that hypothesis changes step by step."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = make.NOW
        self.out: set[str] = set()
        self.hunting = {
            name: stored.begun(engine, f"{name}1.example", network=name) for name in NETWORKS
        }
        for host, shown in BEFORE.items():
            if host != "films1.example":
                self.proposes(host, "films", "link")
            for shows in shown:
                self.looks(host, shows, "films", A.LIVE, 0, 0)
        self.judges("films")
        self.decides("films2.example", Decision.CONFIRM, "")
        self.judges("films")

    def looks(
        self, host: str, shows: int, network: str, state: Availability, to: int, ahead: int
    ) -> None:
        """Each in a run of its own, or it would be the same look."""
        ran = stored.next_run(self.engine, self.hunting[network], self.now)
        self.hunting[network] = ran
        pointers = [
            stored.pointer(p, "redirect" if to == 2 else "canonical") for p in POINTERS[to]
        ]
        seen = stored.look(
            host,
            SHOWN[shows] if state is A.LIVE else {},
            state=state,
            pointers=pointers,
            at=self.now + timedelta(hours=ahead),
        )
        stored.looked(self.engine, ran, seen)

    def proposes(self, host: str, network: str, channel: str) -> None:
        stored.proposed(self.engine, self.hunting[network], host, channel=channel)

    def decides(self, host: str, decision: Decision, role: str) -> None:
        with suppress(InputError):
            stored.decided(self.engine, host, decision, now=self.now, role=role)

    def protects(self, host: str) -> None:
        self.out.symmetric_difference_update({host})

    def stands(self, host: str, verdict: Verdict) -> None:
        judged = stored.judgement(host, verdict, network="goals")
        stored.concluded(self.engine, self.hunting["goals"], judged, now=self.now)

    def learns(self, bits: float) -> None:
        with self.engine.begin() as connection:
            version = calibrations.free_version(connection, 50)
            policy = replace(DEFAULT, version=version, kind_bits={"analytics_id": bits})
            calibrations.add(connection, policy, 50, self.now)

    def registers(self, host: str, days: int, registrar: str) -> None:
        at = self.now + timedelta(days=days)
        with self.engine.begin() as connection:
            said = Registration(host, at, None, registrar=registrar)
            registrations.record(connection, [said], self.now)

    def waits(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def judges(self, network: str) -> None:
        """Judge it in two ways, from one and the same state."""
        with copied(self.engine) as copy:
            all_of_it = self.judged(network, copy, only_changed=False)
            expected = everything(copy)
        changed = self.judged(network)

        assert everything(self.engine) == expected
        assert replace(changed, weighed=0) == replace(all_of_it, weighed=0)
        assert changed.weighed <= all_of_it.weighed

    def judged(
        self, network: str, engine: Engine | None = None, *, only_changed: bool = True
    ) -> judging.Outcome:
        out = frozenset(self.out)
        return judging.judge_network(
            engine or self.engine, network, self.now, out.__contains__, only_changed=only_changed
        )


def everything(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    return {name: rows for name, rows in stored.everything(engine).items() if name != "memories"}


@contextmanager
def copied(engine: Engine) -> Iterator[Engine]:
    """The same store in another file."""
    with tempfile.TemporaryDirectory() as place:
        file = f"{place}/copy.db"
        of = sqlite3.connect(str(engine.url.database))
        with closing(of), closing(sqlite3.connect(file)) as to:
            of.backup(to)
        copy = engine_for(f"sqlite:///{file}")
        yield copy
        copy.dispose()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with tables and nothing in them."""
    file = tmp_path_factory.mktemp("empty") / "empty.db"
    engine = engine_for(f"sqlite:///{file}")
    migrate.upgrade(engine)
    engine.dispose()
    return file


hosts, networks = st.sampled_from(HOSTS), st.sampled_from(NETWORKS)
states = st.sampled_from([A.LIVE, A.LIVE, A.LIVE, A.PARKED, A.DEAD, A.CHALLENGE])
looks = st.tuples(
    st.just("looks"),
    hosts,
    st.integers(0, len(SHOWN) - 1),
    networks,
    states,
    st.integers(0, 2),
    # Some clocks are ahead.
    st.sampled_from([0, 0, 0, 0, 0, 5]),
)
STEPS = st.one_of(
    looks,
    looks,
    looks,
    looks,
    looks,
    st.tuples(
        st.just("proposes"), hosts, networks, st.sampled_from(["link", "redirect", "variant"])
    ),
    st.tuples(
        st.just("decides"),
        hosts,
        st.sampled_from([Decision.CONFIRM, Decision.CONFIRM, *Decision]),
        st.sampled_from(["mirror", "proxy"]),
    ),
    st.tuples(st.just("protects"), hosts),
    st.tuples(st.just("stands"), hosts, st.sampled_from([Verdict.PROBABLE, Verdict.CANDIDATE])),
    st.tuples(st.just("learns"), st.sampled_from([-1.0, 0.5])),
    st.tuples(st.just("registers"), hosts, st.sampled_from([-900, -1]), st.just("R. Inc.")),
    st.tuples(st.just("waits"), st.sampled_from([1, 90, 60 * 24, 60 * 24 * 9, -30])),
    st.tuples(st.just("judges"), st.just("goals")),
)


@settings(max_examples=30)
@given(steps=st.lists(STEPS, min_size=6, max_size=12))
def test_judging_what_changed_is_judging_all(empty: Path, steps: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as few:
        # As in a great store: how common kinds are is not counted anew for each look, which would
        # change what everybody is judged by.
        few.setattr(kind_counts, "FEW_OBSERVATIONS", 0)
        few.setattr(kind_counts, "GROWTH", 3.0)
        file = Path(place) / "store.db"
        shutil.copy(empty, file)
        engine = engine_for(f"sqlite:///{file}")
        world = World(engine)
        try:
            for name, *given_ in steps:
                do: Callable[..., None] = getattr(world, str(name))
                do(*given_)
                world.judges("films")
            again = world.judged("films")
            assert (again.weighed, again.changed) == (0, 0)
        finally:
            engine.dispose()


# ---------------------------------------------------------------- what a key holds


CANDIDATE = make.host("films9.example", SHOWN[0], channels=["link"])
NETWORK = make.network(make.host("films1.example", SHOWN[0]), make.host("films2.example", {}))
SHARED = {("analytics_id", "ga:1"): [1], ("asset_path", THEME[0]): [1], ("brand", "films"): [1]}


def key(
    candidate: HostFacts = CANDIDATE,
    network: NetworkFacts = NETWORK,
    policy: Policy = DEFAULT,
    copies: int = 0,
    days: float = 0,
    observable: Mapping[str, int] = MappingProxyType({"brand": 9}),
    shared: Mapping[tuple[str, str], Iterable[int]] = MappingProxyType(SHARED),
    own: str | None = None,
) -> str:
    """The key of a case, as it is but for one thing."""
    counts = Strangers(shared, {1: "a", 2: "b"}).seen_by(own, candidate)
    now = remembering.day_of(make.at(days))
    case = Case(candidate, network, Rarity(counts, observable), now, copies)
    return remembering.key_of(case, counts, policy)[0]


def with_member(**changed: Any) -> NetworkFacts:
    """`NETWORK`, with another first member."""
    first, second = NETWORK.members
    return replace(NETWORK, members=(replace(first, **changed), second))


CHANGES: Mapping[str, Callable[[], str]] = {
    "nothing": key,
    "a value": lambda: key(make.host("films9.example", SHOWN[1], channels=["link"])),
    "when it was seen first": lambda: key(
        make.host("films9.example", SHOWN[0], channels=["link"], since=-11)
    ),
    "when it was seen last": lambda: key(
        make.host("films9.example", SHOWN[0], channels=["link"], until=1)
    ),
    "native": lambda: key(make.host("films9.example", SHOWN[0], channels=["link"], native=False)),
    "a proposal": lambda: key(make.host("films9.example", SHOWN[0], channels=["redirect"])),
    "a state": lambda: key(replace(CANDIDATE, availability=A.PARKED)),
    "a registration": lambda: key(replace(CANDIDATE, registered_at=make.at(-9))),
    "a registrar": lambda: key(replace(CANDIDATE, registrar="R. Inc.")),
    "an owner": lambda: key(replace(CANDIDATE, epoch_since=make.at(-9))),
    "another member": lambda: key(network=make.network(*NETWORK.members, make.host("f.example"))),
    "one member less": lambda: key(network=make.network(NETWORK.members[0])),
    "a member's value": lambda: key(
        network=with_member(observations=make.host("f", SHOWN[1]).observations)
    ),
    "a member's state": lambda: key(network=with_member(availability=A.DEAD)),
    "a seed": lambda: key(network=replace(NETWORK, seeds=frozenset())),
    "a decoy": lambda: key(network=replace(NETWORK, decoys={"films2.example": "why"})),
    "why a decoy": lambda: key(network=replace(NETWORK, decoys={"films2.example": "another"})),
    "a borrowed value": lambda: key(network=replace(NETWORK, borrowed={("brand", "b"): "why"})),
    "a guest": lambda: key(network=replace(NETWORK, guests=frozenset({"films2.example"}))),
    "a probable domain": lambda: key(network=replace(NETWORK, probable={"films7.example": 4.0})),
    "its bits": lambda: key(network=replace(NETWORK, probable={"films7.example": 4.1})),
    "the policy": lambda: key(policy=replace(DEFAULT, intercept_bits=0.1)),
    "a learned kind": lambda: key(policy=replace(DEFAULT, kind_bits={"brand": 0.1})),
    "the same page elsewhere": lambda: key(copies=5),
    "the day": lambda: key(days=1),
    "how many show a kind": lambda: key(observable={"brand": 10}),
    "how many show its value": lambda: key(shared={**SHARED, ("analytics_id", "ga:1"): [1, 2]}),
    "how many show a path": lambda: key(shared={**SHARED, ("asset_path", THEME[0]): [1, 2]}),
    "how many show a name": lambda: key(shared={**SHARED, ("brand", "films"): [1, 2]}),
    "who is its own": lambda: key(own="a"),
}


def test_a_key_holds_all_that_a_judgement_follows_from() -> None:
    keys = {what: of() for what, of in CHANGES.items()}

    assert keys == {what: of() for what, of in CHANGES.items()}
    assert len(set(keys.values())) == len(keys)


def test_nothing_that_judging_is_told_is_left_out_of_the_key() -> None:
    # Whoever adds a field of these adds a row above.
    assert {f.name for f in fields(Case)} == {"candidate", "network", "rarity", "now", "copies"}
    assert {f.name for f in fields(Rarity)} == {"clusters", "observable"}
    told = {"members", "seeds", "decoys", "borrowed", "guests", "probable", "operated"}
    assert {f.name for f in fields(NetworkFacts)} == {"name", *told}


@pytest.mark.parametrize("kind", list(kinds))
def test_no_kind_asks_how_common_a_value_is_that_no_key_holds(kind: str) -> None:
    # A kind that does costs nothing but time: what it weighs is never remembered.
    shows = {k: v for shown in SHOWN for k, v in shown.items()} | {"nameserver_set": ("a,b",)}
    candidate = make.host("films9.example", shows, channels=["link"])
    member = make.host("films1.example", shows | {"asset_path": (*PATHS, *THEME)})
    other = make.host("films2.example", {**SHOWN[0], "brand": ("cinema",)})
    counts = Strangers({}, {}).seen_by(None, candidate)
    case = Case(candidate, make.network(member, other), Rarity(counts), make.NOW)
    list(kinds[kind](case))

    assert counts.asked <= set(remembering.WIDELY_READ)


def test_the_own_cluster_is_no_stranger() -> None:
    name, other = ("brand", "films"), ("brand", "goals")
    strangers = Strangers({name: [1, 2, 3], other: [1]}, {1: "a", 2: "a", 3: "b", 4: "c"})
    host = make.host("films9.example", {"brand": ["films"]})

    assert dict(strangers.seen_by(None, host)) == {name: 2, other: 1}
    assert dict(strangers.seen_by("a", host)) == {name: 1, other: 0}
    before = strangers.seen_by("b", host).digest(["brand"])
    assert before == strangers.seen_by("b", host).digest(["brand"])
    assert before != strangers.seen_by("a", host).digest(["brand"])
    strangers.add(other, 4)
    assert before != strangers.seen_by("b", host).digest(["brand"])
    assert strangers.seen_by("b", host)[other] == 2


# ---------------------------------------------------------------- what is written is read

TEXT = st.text(max_size=8)
BITS = st.floats(allow_nan=False, allow_infinity=False)
EVIDENCE = st.builds(
    Evidence,
    TEXT,
    st.frozensets(st.sampled_from(Relation), min_size=1),
    st.sampled_from(Side),
    TEXT,
    BITS,
    TEXT,
    TEXT,
    TEXT,
)
JUDGEMENTS = st.builds(
    Judgement,
    host=TEXT,
    network=TEXT,
    verdict=st.sampled_from(Verdict),
    relation=st.sampled_from(Relation),
    score_bits=BITS,
    scores=st.lists(st.tuples(st.sampled_from(Relation), BITS), max_size=2).map(tuple),
    prior_bits=BITS,
    evidence=st.lists(EVIDENCE, max_size=3).map(tuple),
    gate=TEXT,
    policy=TEXT,
    role=TEXT,
    flags=st.lists(TEXT, max_size=2).map(tuple),
    reviewed_by=st.lists(TEXT, max_size=2).map(tuple),
    is_reopened=st.booleans(),
)


@given(st.lists(JUDGEMENTS, min_size=1, max_size=3))
def test_what_is_remembered_is_read_as_it_was_written(judgements: list[Judgement]) -> None:
    memory = Memory()
    for n, judgement in enumerate(judgements):
        memory.note(7, f"key {n}", judgement)
    later = Memory(memory.changed())

    assert [later.recall(7, f"key {n}") for n in range(len(judgements))] == judgements
    assert later.changed() == {}
    assert later.recall(7, "another key") is None
    assert later.recall(8, "key 0") is None


def test_what_is_not_needed_any_more_is_forgotten() -> None:
    memory = Memory()
    for key in ("a", "b"):
        memory.note(1, key, stored.judgement("films2.example"))
    later = Memory(memory.changed())
    later.recall(1, "b")

    assert [kept.keys for kept in later.changed().values()] == [("b",)]


@pytest.mark.parametrize("packed", [b"", b"no zip", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_what_cannot_be_read_is_not_known(packed: bytes) -> None:
    assert Memory({1: Kept(("a",), packed)}).recall(1, "a") is None


def test_a_day_begins_at_midnight() -> None:
    day = remembering.day_of(make.NOW)
    assert (day, remembering.day_of(day)) == (datetime(2026, 11, 1, tzinfo=day.tzinfo), day)
