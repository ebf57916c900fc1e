"""Fit what makes a suffix likely, and tell whether that holds for networks not fitted on.

    python benchmarks/fit_suffix_weights.py DATA.csv --folds 10

DATA.csv is that of `hop_statistics.py`. A case is a move of a network that kept one of its labels
under a suffix which that label did not have; what could be chosen are all suffixes, but for those
that the label had. The networks are dealt into folds; features of a case come from statistics
counted in the other folds. Printed are, for each way of weighing, the mean logarithm of the right
suffix's probability and how often it is among the 10 and 100 likeliest: by counts alone, by the
weights in `mirrorhunt/variants/_weighing.py`, and by weights fitted on the other folds
(cross-validated, nothing fitted on the network it is tried on). Last come the weights fitted on
all cases, with their standard errors, to be written there.

A network's cases count by the square root of their number, so that one that moves every week does
not speak for all. Ridge-penalised maximum likelihood by Newton's method (McFadden's conditional
logit, 1974); numpy alone.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from cross_validate_hops import fold_of, statistics_of
from hop_statistics import Histories, read_histories
from numpy.typing import NDArray

from mirrorhunt.names import parts
from mirrorhunt.variants import Known, Statistics, question_of
from mirrorhunt.variants._suffixes import swap_features
from mirrorhunt.variants._weighing import FEATURES, WEIGHTS

Floats = NDArray[np.float64]
COUNTS_ALONE: Floats = np.eye(len(FEATURES))[0]
RIDGE = 1.0
STEPS = 12


@dataclass(frozen=True, slots=True)
class Case:
    """One suffix chosen among many."""

    fold: int
    network: str
    columns: Floats
    """A row of features for each suffix."""
    chosen: int
    """The row of the suffix that was taken."""


def cases(histories: Histories, folds: int, salt: str) -> Iterator[Case]:
    """All suffix changes in *histories*, described by what other folds know."""
    for fold in range(folds):
        inside = {n: h for n, h in histories.items() if fold_of(n, folds, salt) == fold}
        outside = {n: h for n, h in histories.items() if n not in inside}
        statistics = statistics_of(outside)
        for network, history in sorted(inside.items()):
            for columns, chosen in _of_network(history, statistics):
                yield Case(fold, network, columns, chosen)


def _of_network(history: Sequence[Known], statistics: Statistics) -> Iterator[tuple[Floats, int]]:
    dated = [(known.first_seen_at, known.host) for known in history if known.first_seen_at]
    seen: set[str] = set()
    for seen_at, host in sorted(dated):
        taken = parts(host)
        question = question_of(history, seen_at, statistics)
        past = question.past
        name = f"{taken.label}.{taken.suffix}"
        if name in seen or taken.label not in past.usage or name in past.domains:
            continue
        seen.add(name)
        suffixes, columns = swap_features(question)
        had = {s for at, s in zip(past.labels, past.suffixes, strict=True) if at == taken.label}
        free = [row for row, suffix in enumerate(suffixes) if suffix not in had]
        left = [suffixes[row] for row in free]
        if taken.suffix in left:
            yield columns[free], left.index(taken.suffix)


def fitted(of: Sequence[Case]) -> tuple[Floats, Floats]:
    """The weights under which the choices in *of* are likeliest, and their standard errors."""
    times = Counter(case.network for case in of)
    weights = COUNTS_ALONE.copy()
    bend = np.eye(len(FEATURES))
    for _ in range(STEPS):
        slope = -RIDGE * weights
        bend = RIDGE * np.eye(len(FEATURES))
        for case in of:
            p = probabilities(case, weights)
            mean = p @ case.columns
            trust = times[case.network] ** -0.5
            slope += trust * (case.columns[case.chosen] - mean)
            spread = (case.columns * p[:, None]).T @ case.columns - np.outer(mean, mean)
            bend += trust * spread
        weights = weights + np.linalg.solve(bend, slope)
    return weights, np.sqrt(np.diag(np.linalg.inv(bend)))


def probabilities(case: Case, weights: Floats) -> Floats:
    """Of every suffix in *case*."""
    logits = case.columns @ weights
    raised = np.exp(logits - logits.max())
    return np.asarray(raised / raised.sum())


def said(name: str, of: Sequence[Case], chances: Sequence[Floats]) -> str:
    """How good *chances* of the suffixes in *of* are."""
    right = [p[case.chosen] for case, p in zip(of, chances, strict=True)]
    ranks = [int((p > own).sum()) + 1 for p, own in zip(chances, right, strict=True)]
    shares = [100 * sum(rank <= bound for rank in ranks) / len(ranks) for bound in (10, 100)]
    return f"{name:24} {np.log(right).mean():8.3f} {shares[0]:8.1f} {shares[1]:8.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, help="CSV with brand, domain, first_seen, proxy_farm")
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--salt", default="a", help="another one deals the networks anew")
    options = parser.parse_args()
    histories = read_histories(options.data, datetime.max.replace(tzinfo=UTC))
    every = list(cases(histories, options.folds, options.salt))
    networks = Counter(case.network for case in every)
    print(f"{len(every)} suffix changes of {len(networks)} networks, {options.folds} folds")
    print(f"{'weights':24} {'mean log':>8} {'% in 10':>8} {'% in 100':>8}")
    print(said("counts alone", every, [probabilities(c, COUNTS_ALONE) for c in every]))
    print(said("in _weighing.py", every, [probabilities(c, WEIGHTS) for c in every]))
    by_fold = [fitted([c for c in every if c.fold != fold])[0] for fold in range(options.folds)]
    print(said("fitted on other folds", every, [probabilities(c, by_fold[c.fold]) for c in every]))
    weights, errors = fitted(every)
    print("fitted on all:")
    for name, weight, error in zip(FEATURES, weights, errors, strict=True):
        print(f"    {name:32} {weight:6.2f} +- {error:.2f}")


if __name__ == "__main__":
    main()
