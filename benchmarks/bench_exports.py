"""Time, memory and size of each export format, against writing the bare names, in one run.

Made-up rows as a store of that size would give them: sorted by registrable domain, one in ten a
host below one, one in fifty with other letters than ASCII, a thousand networks, four reasons each.
Each format runs in a process of its own. Rows are made a thousand at a time, and the time that it
takes is taken off by the same clock: a second pass to measure it differs by more than the baseline
takes. Seconds are of the processor. The baseline joins names by line ends. What makes files for
each host (``xarf``) gets a hundredth of the rows.

    python benchmarks/bench_exports.py [ROWS...]               all formats; 100,000 and 1,000,000
    python benchmarks/bench_exports.py only FORMAT[,FORMAT...] [ROWS...]
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from mirrorhunt import names
from mirrorhunt.exports import About, Reason, Row, Written, formats

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ABOUT = About("all", 1795464000, NOW, publisher="Example Rights", contact="desk@rights.example")
BASELINE = "names"
PER_HOST = frozenset({"xarf"})
LESS_OFTEN = 100
SUFFIXES = ("com",) * 6 + ("net", "org", "xyz", "top", "shop", "co.uk", "com.br", "online", "de")
SYLLABLES = sorted(c + v for c in "bcdfghklmnprstvz" for v in "aeiou")
NETWORKS = 1_000
MADE_AT_A_TIME = 1_000
REASONS = 200
KINDS = ("analytics_id", "ad_id", "icon", "redirect", "announced", "certificate", "names_alike")


def label(number: int) -> str:
    """Eight letters, in the order of *number* (below 80^4)."""
    made = ""
    for _ in range(4):
        number, rest = divmod(number, len(SYLLABLES))
        made = SYLLABLES[rest] + made
    return made


def rows(count: int) -> Iterator[Row]:
    """*count* rows."""
    reasons = [
        Reason(
            KINDS[i % len(KINDS)],
            round(0.5 + i % 13 * 0.7, 2),
            ("joint", "candidate", "known")[i % 3],
            f'both show the id UA-{100_000 + i}-1 ("the new address", {i % 40 + 1} members do)',
        )
        for i in range(REASONS)
    ]
    evidence = [tuple(reasons[(i * 7 + j * 31) % REASONS] for j in range(4)) for i in range(500)]
    networks = [f"network {i}" for i in range(NETWORKS)]
    stride = len(SYLLABLES) ** 4 // count
    others = count // 50
    for i in range(count):
        suffix = SUFFIXES[i * 31 % len(SUFFIXES)]
        domain = f"{label(i * stride)}{'' if i % 3 else i % 100}.{suffix}"
        if i >= count - others:
            domain = names.host(f"bücher{domain}")
        is_below = i % 10 == 0
        verified_at = NOW - timedelta(minutes=i % 10_000)
        yield Row(
            host=f"tv{i % 7}.{domain}" if is_below else domain,
            registrable_domain=domain,
            scope="host" if is_below else "domain",
            network=networks[i * 7919 % NETWORKS],
            relation="mirror",
            verdict="confirmed",
            score_bits=round(3 + i % 90 / 10, 2),
            availability="live",
            first_seen=NOW - timedelta(days=30, minutes=i % 900_000),
            last_verified=verified_at,
            valid_until=verified_at + timedelta(days=7),
            techniques=("page_links", "redirects") if i % 2 else ("certificates",),
            evidence=evidence[i % len(evidence)],
            reviewed_by=("ada",) if i % 4 else ("ada", "grace"),
        )


class Made:
    """*count* rows, once, and how long making them took."""

    def __init__(self, count: int) -> None:
        self._rows = rows(count)
        self.making_s = 0.0

    def __iter__(self) -> Iterator[Row]:
        while True:
            before = time.process_time()
            some = list(islice(self._rows, MADE_AT_A_TIME))
            self.making_s += time.process_time() - before
            if not some:
                return
            yield from some


def write_names(of: Iterable[Row], out: BinaryIO, _: About) -> Written:
    """The baseline: names, a line each."""
    written = Written()
    hosts = (row.host for row in of)
    while some := list(islice(hosts, 10_000)):
        out.write(("\n".join(some) + "\n").encode())
        written.entries += len(some)
    return written


def peak_mib() -> float:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one(name: str, count: int) -> dict[str, Any]:
    """Write *count* rows as *name* in this process."""
    chosen = None if name == BASELINE else formats[name]
    before_mib = peak_mib()
    made = Made(count)
    with tempfile.TemporaryDirectory() as folder:
        before = time.process_time()
        if chosen is not None and chosen.write_folder is not None:
            said = chosen.write_folder(made, Path(folder), ABOUT)
        else:
            write = write_names if chosen is None or chosen.write is None else chosen.write
            with Path(folder, "out").open("wb") as out:
                said = write(made, out, ABOUT)
        took_s = time.process_time() - before - made.making_s
        files = [file.stat().st_size for file in Path(folder).iterdir()]
    return {
        "entries": said.entries,
        "left_out": said.left_out,
        "took_s": took_s,
        "peak_mib": peak_mib(),
        "grown_mib": peak_mib() - before_mib,
        "bytes": sum(files),
        "files": len(files),
    }


def measured(name: str, count: int) -> dict[str, Any]:
    """`one`, in a process of its own."""
    command = [sys.executable, __file__, "one", name, str(count)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main(chosen: list[str], counts: list[int]) -> None:
    """Measure each format at each count, the baseline first; print the table."""
    print(
        "| format | rows | written | s | rows/s | times the baseline | peak MiB | grown MiB "
        "| MB | files |\n|---|---|---|---|---|---|---|---|---|---|"
    )
    for count in counts:
        baselines: dict[int, float] = {}
        for name in [BASELINE, *chosen]:
            size = count // LESS_OFTEN if name in PER_HOST else count
            found = measured(name, size)
            each_s = found["took_s"] / size
            # A hundredth of the rows of a baseline takes no time that could be measured.
            each_baseline_s = baselines.setdefault(count, each_s)
            print(
                f"| `{name}` | {size:,} | {found['entries']:,} | {found['took_s']:.2f} "
                f"| {1 / each_s:,.0f} | {each_s / each_baseline_s:.1f} | {found['peak_mib']:.0f} "
                f"| {found['grown_mib']:.0f} | {found['bytes'] / 1e6:.1f} | {found['files']:,} |",
                flush=True,
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        print(json.dumps(one(sys.argv[2], int(sys.argv[3]))))
    else:
        arguments = sys.argv[1:]
        wanted = list(formats)
        if arguments[:1] == ["only"]:
            wanted = arguments[1].split(",")
            arguments = arguments[2:]
        main(wanted, [int(n) for n in arguments] or [100_000, 1_000_000])
