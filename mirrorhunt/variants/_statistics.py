"""The statistics that are shipped, and those that a deployment adds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from importlib.resources import files

from mirrorhunt.errors import InputError
from mirrorhunt.variants._facts import facts_of, month_of
from mirrorhunt.variants._lore import Fact, Lore, Table, month_number, tables_of
from mirrorhunt.variants._past import Known

MIN_NETWORKS_OF_WORD = 2
"""So many networks must have put a word to their names for it to count: it then tells no name."""
_SHIPPED = files("mirrorhunt").joinpath("data", "hop-statistics.tsv")


@dataclass(frozen=True, eq=False)
class Statistics:
    """Counts by month of what networks did when they moved.

    A question is answered from months that had ended before it: the same question gives the same
    answer whatever is learned later.
    """

    facts: tuple[Fact, ...] = field(repr=False)
    _views: dict[int, Lore] = field(default_factory=dict, repr=False)

    @cached_property
    def _tables(self) -> Mapping[str, Table]:
        return tables_of(self.facts)

    @staticmethod
    @lru_cache(maxsize=1)
    def shipped() -> "Statistics":
        """Those in the package; their source and date are in the head of the file."""
        return Statistics.parse(_SHIPPED.read_text(encoding="utf-8"))

    @staticmethod
    def parse(text: str) -> "Statistics":
        """Read the file format: tab-separated period, table, key, count; ``#`` starts a comment.

        Raises InputError with the line that cannot be read.
        """
        facts = []
        for number, line in enumerate(text.splitlines(), 1):
            if not line or line.startswith("#"):
                continue
            try:
                period, table, key, count = line.split("\t")
                month_number(period)
                facts.append(Fact(period, table, key, float(count)))
            except ValueError:
                raise InputError(
                    f"line {number} of the hop statistics is {line[:80]!r}: expected period, "
                    "table, key and count between tabs"
                ) from None
        return Statistics(tuple(facts))

    def with_hops(self, histories: Iterable[Sequence[Known]]) -> "Statistics":
        """These and the moves in *histories*, one sequence of names a network.

        Words that a single network put to its names are left out, as they are from those shipped.
        """
        return Statistics(self.facts + tuple(facts_of(histories, MIN_NETWORKS_OF_WORD)))

    def before(self, instant: datetime) -> Lore:
        """What was known at *instant*: months that had ended, and nothing of its own month."""
        month = month_number(month_of(instant))
        if month not in self._views:
            if len(self._views) > 400:
                self._views.clear()
            self._views[month] = Lore(self._tables, month)
        return self._views[month]
