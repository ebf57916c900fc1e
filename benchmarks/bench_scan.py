"""Names a second that are compared with all networks, against ``grep -F -f`` in one run.

One file of made-up names, as a list of new names has them (one in ten below its registrable
domain, numbers, hyphens, many suffixes), and networks whose labels are made of the same words, so
that many names begin as a label does. `grep` searches the same file for the same labels as free
substrings, in one locale, which is less than is done here: it neither drops digits and hyphens
nor knows what a registrable domain is. Each runs in a process of its own, in processor seconds.

    python benchmarks/bench_scan.py [NAMES] [NETWORKS...]
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SUFFIXES = ("com",) * 8 + ("net", "org", "xyz", "top", "shop", "co.uk", "com.br", "online", "de")
WORDS = 20_000
WRITTEN_AT_A_TIME = 200_000


def words(rng: random.Random) -> list[str]:
    """Words of three to eight letters, each common letter often."""
    letters = "eeeettaaooiinnsshhrrddlluucmwfgypbvkxjqz"
    return ["".join(rng.choices(letters, k=rng.randrange(3, 9))) for _ in range(WORDS)]


def label(rng: random.Random, from_words: list[str]) -> str:
    """One to three words, some with a number or a hyphen."""
    sign = "-" if rng.random() < 0.08 else ""
    made = sign.join(rng.choices(from_words, k=rng.choice((1, 2, 2, 2, 3))))
    return made + str(rng.randrange(1000)) if rng.random() < 0.15 else made


def write_names(file: Path, count: int) -> None:
    """The feed."""
    rng = random.Random(7)
    known = words(random.Random(1))
    with file.open("w") as out:
        for start in range(0, count, WRITTEN_AT_A_TIME):
            for _ in range(min(WRITTEN_AT_A_TIME, count - start)):
                below = "www." if rng.random() < 0.1 else ""
                out.write(f"{below}{label(rng, known)}.{rng.choice(SUFFIXES)}\n")


def networks(count: int) -> dict[str, list[str]]:
    """Networks with one label each, of two words at least."""
    rng = random.Random(3)
    known = words(random.Random(1))
    return {f"n{i}": [f"{''.join(rng.choices(known, k=2))}{i % 90}.com"] for i in range(count)}


def scan(file: str, count: int) -> dict[str, float]:
    """Scan *file* for *count* networks in this process."""
    from mirrorhunt import name_lists
    from mirrorhunt.likeness import Patterns
    from mirrorhunt.scanning import Scan

    standing = networks(count)
    before = time.process_time()
    work = Scan(Patterns(standing), lambda host: False)
    built_s = time.process_time() - before
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    before = time.process_time()
    with name_lists.opened(file) as names:
        for _ in work.of(names):
            pass
    took_s = time.process_time() - before
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "names": work.tally.names,
        "matches": work.tally.matches + work.tally.over.total(),
        "took_s": took_s,
        "built_s": built_s,
        "peak_mb": peak_mb,
        "grown_mb": peak_mb - before_mb,
    }


def grep(file: str, patterns: str) -> tuple[float, int]:
    """Processor seconds of ``grep -F -f``, and how many lines it found."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        ["grep", "-c", "-F", "-f", patterns, file],
        check=False,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took_s, int(done.stdout or 0)


def main() -> None:
    """Write the file, run both for each number of networks, print the ratios."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    sizes = [int(n) for n in sys.argv[2:]] or [100, 10_000]
    with tempfile.TemporaryDirectory() as folder:
        file, patterns = Path(folder, "names.txt"), Path(folder, "patterns.txt")
        write_names(file, count)
        print(f"{count} names, {file.stat().st_size >> 20} MiB")
        for size in sizes:
            labels = [domains[0].removesuffix(".com") for domains in networks(size).values()]
            patterns.write_text("".join(f"{text.rstrip('0123456789')}\n" for text in labels))
            grep_s, lines = grep(str(file), str(patterns))
            command = [sys.executable, __file__, "scan", str(file), str(size)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            ours = json.loads(done.stdout)
            rate, baseline = count / ours["took_s"], count / grep_s
            print(
                f"{size:>9} networks: {rate / 1e6:6.2f} M names/s, grep -F -f "
                f"{baseline / 1e6:6.2f} M/s, ratio {rate / baseline:5.2f}; "
                f"{ours['matches']} matches (grep: {lines} lines); patterns "
                f"{ours['built_s']:.1f} s; peak {ours['peak_mb']:.0f} MB, of which the scan "
                f"{ours['grown_mb']:.0f} MB"
            )


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "scan":
        print(json.dumps(scan(sys.argv[2], int(sys.argv[3]))))
    else:
        main()
