"""What is known of networks in general at one instant: counts, older ones weighing less."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

T = TypeVar("T")
K = TypeVar("K")


class Fact(NamedTuple):
    """How often something happened in one month; names nobody."""

    period: str
    """``2024-03``; ``0000-01`` for what was never any different."""
    table: str
    key: str
    times: float


def month_number(period: str) -> int:
    """Months since the year 0, so that periods can be subtracted. ValueError for another text."""
    year, month = int(period[:4]), int(period[5:])
    if len(period) != 7 or period[4] != "-" or not 1 <= month <= 12:
        raise ValueError(period)
    return year * 12 + month - 1


@dataclass(frozen=True)
class Table:
    """The facts of one table, oldest first, in columns."""

    months: list[int]
    keys: list[str]
    counts: list[float]


def tables_of(facts: Iterable[Fact]) -> dict[str, Table]:
    """*facts* by table."""
    tables: dict[str, Table] = {}
    for month, table, key, count in sorted((month_number(f.period), *f[1:]) for f in facts):
        columns = tables.setdefault(table, Table([], [], []))
        columns.months.append(month)
        columns.keys.append(key)
        columns.counts.append(count)
    return tables


@dataclass(frozen=True, eq=False)
class Lore:
    """Counts of all facts of the months before *month*, and what rules made of them.

    Equal only to itself; `mirrorhunt.variants.Statistics.before` gives one a month.
    """

    tables: Mapping[str, Table] = field(repr=False)
    month: int
    """The month that had not ended yet, as `month_number` counts."""
    _kept: dict[object, object] = field(default_factory=dict, repr=False)

    def counts(self, table: str, half_life_months: float) -> Mapping[str, float]:
        """Key to count in *table*, halved for every *half_life_months* of age."""
        return self.keep((table, half_life_months), lambda: self._sum(table, half_life_months))

    def _sum(self, table: str, half_life_months: float) -> dict[str, float]:
        counts: dict[str, float] = {}
        columns = self.tables.get(table)
        if columns is not None:
            last = self.month - 1
            for at in range(bisect_left(columns.months, self.month)):
                age = last - columns.months[at]
                weight = columns.counts[at] * 0.5 ** (age / half_life_months)
                key = columns.keys[at]
                counts[key] = counts.get(key, 0.0) + weight
        return counts

    def keep(self, key: object, make: Callable[[], T]) -> T:
        """What *make* makes, made once."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]  # type: ignore[return-value]


def shares(counts: Mapping[K, float]) -> dict[K, float]:
    """*counts* divided by their sum; empty if they are all zero."""
    total = sum(counts.values())
    return {key: count / total for key, count in counts.items()} if total > 0 else {}
