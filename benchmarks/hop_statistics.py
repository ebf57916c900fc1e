"""Make the statistics that `mirrorhunt names propose` is shipped with.

    python benchmarks/hop_statistics.py DATA.csv --until 2026-09-01 \\
        --web list.json -o mirrorhunt/data/hop-statistics.tsv

DATA.csv has a line for each name of each network: ``brand``, ``domain``, ``first_seen`` (an
instant) and ``proxy_farm`` (``1`` where the domain serves unrelated brands: left out). The web
list is a JSON object whose ``list`` holds host names of popular sites, such as the Chrome list
among the MISP warning lists; it tells common suffixes from those where hardly anybody registers.
Without it the counts in the package are kept.

What is written are counts by month, of suffixes, rules, steps and words. A word is written only if
names of several networks have it, so that no network can be told from it. The same input gives the
same file.
"""

import argparse
import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from mirrorhunt.names import find_host, parts
from mirrorhunt.variants import MIN_NETWORKS_OF_WORD, Fact, Known, Statistics, facts_of, month_of

Histories = Mapping[str, Sequence[Known]]

MIN_NETWORKS_OF_END = 4
MAX_WORD = 12
# A word is what many different letters stand before: of "anga" nearly all go on as "manga".
MAX_SHARE_OF_ONE_LETTER = 0.4


def read_histories(path: Path, until: datetime) -> Histories:
    """Network to its names with their dates before *until*, in order of file."""
    histories: dict[str, list[Known]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            seen_at = datetime.fromisoformat(row["first_seen"])
            name = find_host(row["domain"])
            if name and row["proxy_farm"] != "1" and seen_at < until:
                histories[row["brand"]].append(Known(name, seen_at))
    return dict(histories)


def facts(histories: Histories, web: Iterable[str] = ()) -> list[Fact]:
    """Everything that is shipped, sorted; how common suffixes are on the *web* among it."""
    moves = facts_of(histories.values(), MIN_NETWORKS_OF_WORD)
    found = [*moves, *_words(histories), *_web_suffixes(web)]
    return sorted(found, key=_order)


def _order(fact: Fact) -> tuple[str, str, str]:
    return fact.period, fact.table, fact.key


def shipped_web() -> list[Fact]:
    """How common suffixes are on the web, as the package says already: it is of no network."""
    return [fact for fact in Statistics.shipped().facts if fact.table == "web"]


def _words(histories: Histories) -> Iterator[Fact]:
    """Beginnings and ends that names of many networks share, by the month each was first seen."""
    first_at: dict[tuple[str, str], datetime] = {}
    for network, history in histories.items():
        for known in history:
            label = re.sub(r"[^a-z]+", "-", parts(known.host).label).strip("-")
            seen_at = known.first_seen_at
            if seen_at is not None and not label.startswith("xn-"):
                key = network, label
                first_at[key] = min(first_at.get(key, seen_at), seen_at)
    yield from _beginnings(first_at, "word_begin", turned=False)
    yield from _beginnings(first_at, "word_end", turned=True)


def _beginnings(
    first_at: Mapping[tuple[str, str], datetime], table: str, *, turned: bool
) -> Iterator[Fact]:
    """Words at the beginning of labels, or of labels read from the end."""
    networks: dict[str, dict[str, datetime]] = defaultdict(dict)
    onward: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for (network, label), seen_at in first_at.items():
        text = label[::-1] if turned else label
        for size in range(2, min(MAX_WORD, len(text)) + 1):
            word = text[:size]
            if word[-1] == "-":
                break
            known = networks[word]
            known[network] = min(known.get(network, seen_at), seen_at)
            onward[word][text[size : size + 1] or "-"].add(network)
    counts = {
        word: len(seen)
        for word, seen in networks.items()
        if len(seen) >= MIN_NETWORKS_OF_END and _is_apart(onward[word])
    }
    for word in counts:
        # "amanga" is "manga" after any letter: no word of its own.
        inner = (word[:size] for size in range(max(3, len(word) - 3), len(word)))
        if any(counts[word] < 0.4 * counts.get(part, 0) for part in inner):
            continue
        months = Counter(month_of(seen_at) for seen_at in networks[word].values())
        for month, count in months.items():
            yield Fact(month, table, word[::-1] if turned else word, float(count))


def _is_apart(onward: Mapping[str, set[str]]) -> bool:
    counts = {letter: len(networks) for letter, networks in onward.items()}
    bound = MAX_SHARE_OF_ONE_LETTER * sum(counts.values())
    apart = counts.pop("-", 0)
    return apart >= bound or max(counts.values(), default=0) <= bound


def _web_suffixes(web: Iterable[str]) -> Iterator[Fact]:
    for suffix, count in Counter(name.rpartition(".")[2] for name in web).items():
        if find_host(f"x.{suffix}"):
            yield Fact("0000-01", "web", suffix, float(count))


def written(found: Iterable[Fact], source: str, until: datetime) -> str:
    """*found* in the file format that `Statistics.parse` reads."""
    head = (
        "# How networks moved, by month: period, table, key, count. Made by\n"
        "# benchmarks/hop_statistics.py; names nobody.\n"
        f"# Source: {source}\n# Until: {until.date().isoformat()}\n"
    )
    lines = (f"{f.period}\t{f.table}\t{f.key}\t{f.times:g}\n" for f in found)
    return head + "".join(lines)


SOURCE = (
    "public git histories of five indexers of such sites (Jackett, Prowlarr, alfa, keiyoushi, "
    "StreamingCommunity), half of the brands; suffixes on the web: CrUX top million (MISP)"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, help="CSV with brand, domain, first_seen, proxy_farm")
    parser.add_argument("--until", type=datetime.fromisoformat, required=True, help="a date")
    parser.add_argument("--web", type=Path, help="JSON whose 'list' names popular sites")
    parser.add_argument("--source", default=SOURCE, help="what the head of the file says")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    until = options.until.replace(tzinfo=UTC)
    histories = read_histories(options.data, until)
    if options.web:
        web = json.loads(options.web.read_text(encoding="utf-8"))["list"]
        found = facts(histories, web)
    else:
        found = sorted([*shipped_web(), *facts(histories)], key=_order)
    options.output.write_text(written(found, options.source, until), encoding="utf-8")
    print(f"{len(found)} facts until {until.date()} in {options.output}")


if __name__ == "__main__":
    main()
