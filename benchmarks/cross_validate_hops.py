"""How often `mirrorhunt names propose` is right about networks whose moves it has never counted.

    python benchmarks/cross_validate_hops.py DATA.csv --folds 10 -o ranks.tsv

DATA.csv is that of `hop_statistics.py`. The networks are dealt into folds by a hash of their name;
of each fold the proposer is asked with statistics counted in the others alone, and with the names
of the network itself that were seen strictly before. A name is a move if it was first seen after
the network's first. What is printed is the share of moves whose name was among the first 10, 100,
1,000 and 10,000, and the same as a mean over networks; `-o` writes the rank of every move, by
network, date, name and the rule that explains the move.
"""

import argparse
import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hop_statistics import Histories, facts, read_histories, shipped_web

from mirrorhunt.names import parts, registrable_domain
from mirrorhunt.variants import Known, Statistics, propose, question_of
from mirrorhunt.variants._facts import context
from mirrorhunt.variants._habits import explain, move_to

RANKS = (10, 100, 1_000, 10_000)


@dataclass(frozen=True, slots=True)
class Asked:
    """One move, and where its name stood in the answer."""

    network: str
    seen_at: datetime
    host: str
    rule: str
    context: str
    rank: int
    """1 for the first; 0 if the name was not in the answer."""


def fold_of(network: str, folds: int, salt: str) -> int:
    """The fold that *network* falls into, the same on every machine."""
    digest = hashlib.sha256(f"{salt}:{network}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % folds


def statistics_of(histories: Histories) -> Statistics:
    """Statistics counted in *histories*, and the shipped ones of the web."""
    return Statistics((*facts(histories), *shipped_web()))


def cross_validated(histories: Histories, folds: int, salt: str) -> Iterator[Asked]:
    """Every move, asked of statistics without its network's fold."""
    for fold in range(folds):
        inside = {n: h for n, h in histories.items() if fold_of(n, folds, salt) == fold}
        outside = {n: h for n, h in histories.items() if n not in inside}
        statistics = statistics_of(outside)
        for network, history in sorted(inside.items()):
            yield from asked(network, history, statistics)


def asked(network: str, history: Sequence[Known], statistics: Statistics) -> Iterator[Asked]:
    """The moves of one *network*, with their ranks."""
    moves: dict[datetime, list[str]] = defaultdict(list)
    seen: set[str] = set()
    dated = sorted((k.first_seen_at, k.host) for k in history if k.first_seen_at)
    for seen_at, host in dated:
        domain = registrable_domain(host)
        if domain and domain not in seen:
            seen.add(domain)
            moves[seen_at].append(domain)
    for seen_at, domains in list(moves.items())[1:]:
        question = question_of(history, seen_at, statistics)
        past = question.past
        ranks = dict.fromkeys(domains, 0)
        missing = len(ranks)
        for rank, proposal in enumerate(propose(history, seen_at, statistics, RANKS[-1]), 1):
            if proposal.host in ranks:
                ranks[proposal.host] = rank
                missing -= 1
                if not missing:
                    break
        for domain, rank in ranks.items():
            taken = parts(domain)
            move = move_to(taken.label, taken.suffix, past.labels, past.suffixes)
            yield Asked(network, seen_at, domain, explain(move)[0], context(past), rank)


def hit_rates(ranks: Mapping[str, Sequence[int]]) -> tuple[list[float], list[float]]:
    """Per cent of moves within each of `RANKS`, and its mean over networks."""
    every = [rank for of_network in ranks.values() for rank in of_network]
    rates, means = [], []
    for bound in RANKS:
        rates.append(100 * sum(0 < rank <= bound for rank in every) / len(every))
        shares = [sum(0 < r <= bound for r in rs) / len(rs) for rs in ranks.values()]
        means.append(100 * sum(shares) / len(shares))
    return rates, means


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, help="CSV with brand, domain, first_seen, proxy_farm")
    parser.add_argument("--folds", type=int, default=10, help="2: statistics of half the networks")
    parser.add_argument("--salts", default="a", help="comma list: one deal into folds for each")
    parser.add_argument("-o", "--output", type=Path, help="write every rank (tab-separated)")
    options = parser.parse_args()
    histories = read_histories(options.data, datetime.max.replace(tzinfo=UTC))
    found = [
        one
        for salt in options.salts.split(",")
        for one in cross_validated(histories, options.folds, salt)
    ]
    ranks: dict[str, list[int]] = defaultdict(list)
    for one in found:
        ranks[one.network].append(one.rank)
    rates, means = hit_rates(ranks)
    print(f"{len(found)} moves of {len(ranks)} networks, {options.folds} folds")
    print("hit@ " + "/".join(map(str, RANKS)) + "   ", "  ".join(f"{r:.1f}" for r in rates))
    print("mean over networks     ", "  ".join(f"{m:.1f}" for m in means))
    if options.output:
        with options.output.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, delimiter="\t")
            for one in found:
                at = one.seen_at.isoformat()
                rows.writerow([one.network, at, one.host, one.rule, one.context, one.rank])


if __name__ == "__main__":
    main()
