"""A synthetic population, to see the policy's parts work together.

Its probabilities are the policy's own assumptions, so it tests the logic and says nothing about
accuracy in the field. Bounds are far from what is measured on the fixed seed, so that a change of
a weight shows here only when it breaks something.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pytest

from mirrorhunt import verdicts
from mirrorhunt.evidence import Case
from mirrorhunt.facts import HostFacts, NetworkFacts, Rarity
from mirrorhunt.model import Relation, Verdict
from tests import make

OPERATORS, LAWFUL, JUDGED, THEMES, PAIRS, ADDRESSES = 300, 2000, 40, 15, 150, 200
Shows = dict[str, list[str]]


def _shape(rng: random.Random, like: bytes | None = None, changed: int = 0) -> bytes:
    raw = bytearray(like or rng.randbytes(64))
    for i in rng.sample(range(64), changed):
        raw[i] = rng.randrange(256)
    return bytes(raw)


def _tags(rng: random.Random, like: int | None = None, changed: int = 0) -> int:
    raw = rng.getrandbits(64) if like is None else like
    for i in rng.sample(range(64), changed):
        raw ^= 1 << i
    return raw


@dataclass
class Look:
    """A template: of one site, or of all that bought it."""

    shape: bytes
    tags: int
    assets: list[str]

    def shown(self, rng: random.Random, changed: int) -> Shows:
        return {
            "page_shape": [_shape(rng, self.shape, changed).hex()],
            "page_tags": [f"{_tags(rng, self.tags, changed // 3):016x}"],
            "asset_path": [a for a in self.assets if rng.random() < 0.95],
        }


class Population:
    """Operators with their hosts, lawful sites, and who shows what."""

    def __init__(self, seed: int) -> None:
        rng = self.rng = random.Random(seed)
        self.themes = [self.look(f"theme{i}") for i in range(THEMES)]
        self.pairs = [f"a{i}.ns.cloudflare.com b{i}.ns.cloudflare.com" for i in range(PAIRS)]
        self.addresses = [f"192.0.2.{i}" for i in range(ADDRESSES)]
        self.operators = [self.operator(i) for i in range(OPERATORS)]
        self.known = [[self.sibling(i, n, keeps=0.97) for n in range(3)] for i in range(OPERATORS)]
        self.lawful = [self.lawful_site(i) for i in range(LAWFUL)]
        self.clusters: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.observable: Counter[str] = Counter()
        groups = {f"o{i}": hosts for i, hosts in enumerate(self.known)}
        groups |= {f"l{i}": [h] for i, h in enumerate(self.lawful)}
        for cluster, hosts in groups.items():
            self.observable.update({o.kind for h in hosts for o in h.observations})
            for h in hosts:
                for o in h.observations:
                    self.clusters[o.kind, o.value].add(cluster)
        self.rng = rng

    def look(self, name: str) -> Look:
        rng = self.rng
        assets = [f"/{name}/{n}.js" for n in range(20)]
        return Look(_shape(rng), _tags(rng), assets)

    def operator(self, i: int) -> tuple[Look, Shows]:
        """A bought theme or a page of its own, and what belongs to the person."""
        rng = self.rng
        is_bought = rng.random() < 0.4
        look = rng.choice(self.themes) if is_bought else self.look(f"own{i}")
        if is_bought:
            look = Look(
                _shape(rng, look.shape, 12),
                _tags(rng, look.tags, 4),
                look.assets + [f"/own{i}/{n}.js" for n in range(4)],
            )
        shows = {
            "brand": [f"pirate{_word(i)}"],
            "icon": [f"sha256:icon{i}"],
            "analytics_id": [f"histats:{10_000 + i}"],
            "ad_id": [f"adsense:{i}"],
            "handle": [f"telegram:channel{i}"],
            "own_host": [f"player{i}.test"],
            "nameserver_set": [rng.choice(self.pairs)],
            "address": [rng.choice(self.addresses)],
        }
        return look, shows

    # How often a host keeps what its siblings show: the m of the policy's weights.
    KEEPS = {  # noqa: RUF012
        "brand": 0.8,
        "icon": 0.7,
        "analytics_id": 0.5,
        "ad_id": 0.45,
        "handle": 0.45,
        "own_host": 0.4,
        "nameserver_set": 0.35,
        "address": 0.3,
    }

    def sibling(self, i: int, n: int, keeps: float | None = None) -> HostFacts:
        rng = self.rng
        look, own = self.operators[i]
        shows: Shows = {"offers": ["player"]} if rng.random() < 0.95 else {}
        for kind, values in own.items():
            if rng.random() < (keeps or self.KEEPS[kind]):
                shows[kind] = values
            elif kind == "nameserver_set":
                shows[kind] = [rng.choice(self.pairs)]
            elif kind == "address":
                shows[kind] = [rng.choice(self.addresses)]
            elif kind != "ad_id":
                shows[kind] = [f"{values[0]}-{n}"]
        if rng.random() < (keeps or 0.9):
            shows |= look.shown(rng, rng.randrange(4, 20))
        else:
            shows |= self.look(f"new{i}-{n}").shown(rng, 0)
        name = f"pirate{_word(i)}{n}.test" if rng.random() < 0.6 else f"other{_word(i)}x{n}.test"
        return make.host(name, shows, channels=["numbered" if "pirate" in name else "link"])

    def lawful_site(self, i: int) -> HostFacts:
        rng = self.rng
        look = rng.choice(self.themes) if rng.random() < 0.3 else self.look(f"law{i}")
        shows: Shows = {
            "brand": [f"business{_word(i)}"],
            "icon": [f"sha256:law{i if rng.random() < 0.9 else 0}"],
            "analytics_id": [f"ga:UA-{i if rng.random() < 0.97 else i % 10}"],
            "nameserver_set": [rng.choice(self.pairs)],
            "address": [rng.choice(self.addresses)],
            **look.shown(rng, 10),
        }
        if rng.random() < 0.05:
            shows["offers"] = ["player"]  # Broadcasters have players too.
        return make.host(f"business{_word(i)}.example", shows, channels=["link"], since=-900)

    def rarity(self, network: int, own: str) -> Rarity:
        """Counts outside the network and the candidate's own cluster, made when asked for."""
        return Rarity(_Counts(self.clusters, frozenset({f"o{network}", own})), self.observable)


class _Counts(Mapping[tuple[str, str], int]):
    def __init__(self, clusters: dict[tuple[str, str], set[str]], out: frozenset[str]) -> None:
        self._clusters = clusters
        self._out = out

    def __getitem__(self, key: tuple[str, str]) -> int:
        return len(self._clusters.get(key, set()) - self._out)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._clusters)

    def __len__(self) -> int:
        return len(self._clusters)


def _word(i: int) -> str:
    """Letters that stand for *i*, so that names differ by more than digits."""
    return "".join(chr(ord("a") + int(d)) for d in f"{i:04}")


def _pointing(members: list[HostFacts], how: str, to: HostFacts) -> NetworkFacts:
    pointer = make.seen(f"to_{how}", to.host, "template", since=-5, native=False)
    first = replace(members[0], observations=(*members[0].observations, pointer))
    return make.network(first, *members[1:])


def _framing(members: list[HostFacts], victim: HostFacts) -> NetworkFacts:
    """A known member is dressed as the victim from head to foot, and sends visitors there."""
    dressed = [replace(o, first_seen_at=make.at(-3), is_native=False) for o in victim.observations]
    network = _pointing(members, "redirect", victim)
    last = members[-1]
    return make.network(
        *network.members[:-1], replace(last, observations=(*last.observations, *dressed))
    )


@pytest.fixture(scope="module")
def found() -> dict[str, list[tuple[Verdict, bool]]]:
    """Kind of candidate to (verdict, whether the operator's score is over the line)."""
    world = Population(seed=1)
    rng = world.rng
    results: dict[str, list[tuple[Verdict, bool]]] = defaultdict(list)

    def judge(kind: str, host: HostFacts, i: int, of: NetworkFacts, own: str = "") -> None:
        judgement = verdicts.judge(Case(host, of, world.rarity(i, own), make.NOW))
        over = dict(judgement.scores)[Relation.OPERATOR] >= verdicts.PROBABLE_BITS
        results[kind].append((judgement.verdict, over))

    for i in range(JUDGED):
        members = world.known[i]
        for n in range(8):
            host = world.sibling(i, 10 + n)
            judge("siblings", host, i, _pointing(members, "link", host))
        for other in rng.sample([j for j in range(OPERATORS) if j != i], 15):
            host = replace(world.known[other][0], channels=(("link", "linked as a friend"),))
            judge("other pirates", host, i, _pointing(members, "link", host), f"o{other}")
        for j in rng.sample(range(LAWFUL), 25):
            host = world.lawful[j]
            judge("linked", host, i, _pointing(members, "link", host), f"l{j}")
        for j in rng.sample(range(LAWFUL), 5):
            host = world.lawful[j]
            judge("redirected", host, i, _pointing(members, "redirect", host), f"l{j}")
        for j in rng.sample(range(LAWFUL), 10):
            # Worst case: the victim has a player, so the content gate is open.
            player = make.seen("offers", "player", since=-900)
            host = replace(world.lawful[j], observations=(*world.lawful[j].observations, player))
            judge("framed", host, i, _framing(members, host), f"l{j}")
        victim = members[0]
        copied = tuple(
            o for o in victim.observations if o.kind not in {"ad_id", "nameserver_set", "address"}
        )
        paid = make.seen("ad_id", "adsense:999999")
        proxy = make.host(f"proxy{i}.test", more=(*copied, paid), channels=["link"])
        judge("proxies", proxy, i, _pointing(members, "link", proxy))
    return results


def _share(results: list[tuple[Verdict, bool]]) -> float:
    return sum(v is Verdict.PROBABLE for v, _ in results) / len(results)


@pytest.mark.parametrize("kind", ["other pirates", "linked", "redirected", "framed"])
def test_nobody_else_becomes_probable(
    kind: str, found: dict[str, list[tuple[Verdict, bool]]]
) -> None:
    assert len(found[kind]) >= 200
    assert _share(found[kind]) == 0


def test_four_of_five_siblings_become_probable(
    found: dict[str, list[tuple[Verdict, bool]]],
) -> None:
    assert _share(found["siblings"]) >= 0.8


def test_a_proxy_is_a_mirror(found: dict[str, list[tuple[Verdict, bool]]]) -> None:
    assert _share(found["proxies"]) >= 0.8
