"""What was judged before, kept under all that it follows from. Pure.

To judge is a function of a host, its network, how common its values are, the policy and the day. A
judgement that was made of the very same is the very same, to the last bit, and need not be made
again. Nothing is guessed about what a change may touch: the key under which a judgement is kept
holds everything that was there to be read, in full or as a digest, and what was read beside it is
never kept. The code itself is part of the key.
"""

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from importlib.metadata import version
from operator import attrgetter
from pathlib import Path
from platform import python_version
from typing import Any

from mirrorhunt.evidence import Case
from mirrorhunt.facts import HostFacts, NetworkFacts
from mirrorhunt.model import (
    Evidence,
    Judgement,
    Relation,
    Side,
    StoredObservation,
    Verdict,
)
from mirrorhunt.policy import Policy

Key = tuple[str, str]
WIDELY_READ = ("asset_path", "brand")
"""Kinds of which weighers ask how common a value is that the candidate itself does not show."""
_KEY_CHARS = 32
_MOST_CHARS = 4_000_000
"""What one host's judgements take at most when they are unpacked."""
_LISTS = ("pymispwarninglists", "publicsuffixlist")


def day_of(now: datetime) -> datetime:
    """The start of the day, as evidence fades from day to day and no faster: what is judged twice
    on one day comes out the same."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


# ---------------------------------------------------------------- how common values are


class Strangers:
    """Who shows values of the network and is independent of it, as more turn out to be."""

    def __init__(self, hosts: Mapping[Key, Iterable[int]], clusters: Mapping[int, str]) -> None:
        self._of_host = clusters
        self.hosts: dict[Key, set[int]] = {key: set(ids) for key, ids in hosts.items()}
        self.clusters: dict[Key, set[str]] = {
            key: {clusters[id_] for id_ in ids} for key, ids in self.hosts.items()
        }
        self._digests: dict[str, str] = {}
        self._of_cluster: dict[str, dict[str, list[str]]] = {}

    def add(self, key: Key, id_: int) -> None:
        """Count the host *id_*, which shows *key*, as independent."""
        self.hosts[key].add(id_)
        self.clusters[key].add(self._of_host[id_])
        self._digests.pop(key[0], None)
        self._of_cluster.pop(key[0], None)

    def seen_by(self, own: str | None, host: HostFacts) -> "Counts":
        """How many others show each value, seen from *host*, which is of the cluster *own*."""
        return Counts(self, own, host)

    def digest(self, kind: str, own: str | None) -> str:
        """Of how many show each value of *kind*, seen from the cluster *own*."""
        if kind not in self._digests:
            counts: list[tuple[str, int]] = []
            of_cluster: dict[str, list[str]] = {}
            for key in sorted(k for k in self.clusters if k[0] == kind):
                counts.append((key[1], len(self.clusters[key])))
                for cluster in self.clusters[key]:
                    of_cluster.setdefault(cluster, []).append(key[1])
            self._digests[kind] = _digest(counts)
            self._of_cluster[kind] = of_cluster
        return _digest([self._digests[kind], self._of_cluster[kind].get(own or "", [])])


class Counts(Mapping[Key, int]):
    """(kind, value) to its number of independent clusters; remembers what it was asked."""

    def __init__(self, strangers: Strangers, own: str | None, host: HostFacts) -> None:
        self._strangers = strangers
        self._own = own
        self._shown = {(o.kind, o.value) for o in host.observations}
        self.asked: set[str] = set()
        """Kinds of the values that were asked for and that the host does not show."""

    def __getitem__(self, key: Key) -> int:
        if key not in self._shown:
            self.asked.add(key[0])
        found = self._strangers.clusters[key]
        return len(found) - (self._own in found)

    def __iter__(self) -> Iterator[Key]:
        self.asked.add("everything")
        return iter(self._strangers.clusters)

    def __len__(self) -> int:
        self.asked.add("everything")
        return len(self._strangers.clusters)

    def digest(self, wide: Iterable[str]) -> str:
        """Of the counts of what the host shows, and of all values of the kinds *wide*."""
        clusters = self._strangers.clusters
        own = [
            (*key, len(clusters[key]) - (self._own in clusters[key]))
            for key in sorted(self._shown & clusters.keys())
        ]
        return _digest([own, [self._strangers.digest(kind, self._own) for kind in wide]])


# ---------------------------------------------------------------- what is kept


@dataclass(frozen=True, slots=True)
class Kept:
    """The judgements of one host that are kept."""

    keys: tuple[str, ...]
    packed: bytes
    """In the order of *keys*."""


class Memory:
    """What was judged, of many hosts; and how much of it had to be judged anew."""

    def __init__(self, kept: Mapping[int, Kept] | None = None) -> None:
        self._kept = dict(kept or {})
        self._told: dict[int, dict[str, Judgement]] = {}
        self._used: dict[int, dict[str, Judgement]] = {}
        self.weighed: set[int] = set()
        """The hosts that had to be judged anew."""

    def recall(self, id_: int, key: str) -> Judgement | None:
        """The judgement of *id_* that was made under *key*; None if it is not known."""
        found = self._used.get(id_, {}).get(key)
        if found is None and id_ in self._kept and key in self._kept[id_].keys:
            if id_ not in self._told:
                self._told[id_] = _unpacked(self._kept[id_])
            found = self._told[id_].get(key)
            if found is not None:
                self._used.setdefault(id_, {})[key] = found
        return found

    def note(self, id_: int, key: str | None, judgement: Judgement) -> None:
        """That *judgement* of *id_* was made anew, under *key* (None: not to be kept)."""
        self.weighed.add(id_)
        if key is not None:
            self._used.setdefault(id_, {})[key] = judgement

    def changed(self) -> dict[int, Kept]:
        """What is to be kept from now on, of the hosts of which it is something else."""
        return {
            id_: Kept(tuple(told), _packed(told.values()))
            for id_, told in self._used.items()
            if id_ not in self._kept or self._kept[id_].keys != tuple(told)
        }


def key_of(case: Case, counts: Counts, policy: Policy) -> tuple[str, frozenset[str]]:
    """The key of what is judged in *case*, and the kinds of which it holds all counts."""
    host, network = case.candidate, case.network
    wide = [kind for kind in WIDELY_READ if kind != "asset_path" or _shares_path(host, network)]
    parts = [
        _ground(network, policy, case.rarity.observable, case.now),
        _host(host),
        case.copies,
        counts.digest(wide),
    ]
    return _digest(parts), frozenset(wide)


def _shares_path(host: HostFacts, network: NetworkFacts) -> bool:
    return any(
        ("asset_path", o.value) in network.shown for o in host.by_kind.get("asset_path", ())
    )


def _ground(
    network: NetworkFacts, policy: Policy, observable: Mapping[str, int], now: datetime
) -> str:
    """A digest of all that is the same for all candidates; kept beside the network."""
    known = vars(network).setdefault(f"{__name__}.ground", [])
    for was, digest in known:
        if was == (policy, observable, now):
            return str(digest)
    others = [f.name for f in fields(NetworkFacts) if f.name != "members"]
    parts = [
        _code(),
        [_host(m) for m in network.members],
        [(name, _plain(getattr(network, name))) for name in others],
        _plain(observable),
        [(f.name, _plain(getattr(policy, f.name))) for f in fields(Policy)],
        now.isoformat(),
    ]
    digest = _digest(parts)
    known.append(((policy, observable, now), digest))
    return digest


_OF_OBSERVATION = attrgetter(*(f.name for f in fields(StoredObservation)))
_OF_HOST = [f.name for f in fields(HostFacts) if f.name != "observations"]


def _host(host: HostFacts) -> str:
    """A digest of all facts of *host*; kept beside them."""
    kept = vars(host)
    name = f"{__name__}.digest"
    if name not in kept:
        facts = [_plain(getattr(host, of)) for of in _OF_HOST]
        kept[name] = _digest([facts, [_OF_OBSERVATION(o) for o in host.observations]])
    return str(kept[name])


def _plain(value: Any) -> Any:
    """*value* in a form whose text is the same whenever it is the same."""
    if isinstance(value, Mapping):
        return sorted(value.items())
    if isinstance(value, frozenset | set):
        return sorted(value)
    return value


def _digest(parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:_KEY_CHARS]


@cache
def _code() -> str:
    """A digest of all our code and data, and of the lists of others that it reads."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.suffix in {".py", ".toml", ".tsv"}:
            digest.update(f"{path.relative_to(package)}\0".encode())
            digest.update(path.read_bytes())
    for name in _LISTS:
        digest.update(f"{name} {version(name)}\0".encode())
    digest.update(python_version().encode())
    return digest.hexdigest()


# ---------------------------------------------------------------- written and read


def _packed(judgements: Iterable[Judgement]) -> bytes:
    # JSON writes a float so that it is read back the same.
    return zlib.compress(json.dumps([_written(j) for j in judgements]).encode(), 6)


def _unpacked(kept: Kept) -> dict[str, Judgement]:
    """By key; empty where it cannot be read, as then it is judged anew."""
    try:
        text = zlib.decompressobj().decompress(kept.packed, _MOST_CHARS)
        judgements = [_read(row) for row in json.loads(text)]
        return dict(zip(kept.keys, judgements, strict=True))
    except (ValueError, TypeError, KeyError, zlib.error):
        return {}


def _written(judgement: Judgement) -> list[Any]:
    row: list[Any] = [getattr(judgement, f.name) for f in fields(Judgement)]
    return [
        [_evidence_written(e) for e in value] if f.name == "evidence" else value
        for f, value in zip(fields(Judgement), row, strict=True)
    ]


def _evidence_written(evidence: Evidence) -> list[Any]:
    return [_plain(getattr(evidence, f.name)) for f in fields(Evidence)]


_SPECIAL: Mapping[str, Any] = {
    "verdict": Verdict,
    "relation": Relation,
    "scores": lambda rows: tuple((Relation(r), bits) for r, bits in rows),
    "evidence": lambda rows: tuple(_evidence_read(row) for row in rows),
    "flags": tuple,
    "reviewed_by": tuple,
}


def _read(row: Sequence[Any]) -> Judgement:
    values = {f.name: value for f, value in zip(fields(Judgement), row, strict=True)}
    return Judgement(**{n: _SPECIAL.get(n, _same)(value) for n, value in values.items()})


def _evidence_read(row: Sequence[Any]) -> Evidence:
    values = {f.name: value for f, value in zip(fields(Evidence), row, strict=True)}
    values["relations"] = frozenset(map(Relation, values["relations"]))
    values["side"] = Side(values["side"])
    return Evidence(**values)


def _same(value: Any) -> Any:
    return value
