"""Files by what is in them: whole or not at all, whatever happens in between."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrorhunt.archive.vault import INCOMING, Vault
from mirrorhunt.config import Config
from mirrorhunt.errors import DamagedError, QuotaError, StoreError
from tests.needs import lacking

ROOT = Path(__file__).parents[3]
QUOTA_BYTES = 10_000_000


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """An empty vault."""
    return Vault(tmp_path / "archive", QUOTA_BYTES)


def everything_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


# ---------------------------------------------------------------- what is put there is there


@settings(max_examples=25)
@given(st.lists(st.binary(max_size=2000), max_size=8))
def test_what_was_put_is_got_back_and_kept_once(
    tmp_path_factory: pytest.TempPathFactory, blobs: list[bytes]
) -> None:
    vault = Vault(tmp_path_factory.mktemp("vault"), QUOTA_BYTES)
    digests = [vault.put(blob) for blob in [*blobs, *blobs]]

    assert digests == [sha256(blob).hexdigest() for blob in [*blobs, *blobs]]
    assert [vault.get(d) for d in digests] == [*blobs, *blobs]
    assert list(vault.digests()) == sorted(set(digests))
    assert vault.used_bytes == sum(map(len, set(blobs)))
    # Counted anew it is the same.
    assert Vault(vault.path, QUOTA_BYTES).used_bytes == vault.used_bytes


def test_an_empty_vault_makes_no_folder(vault: Vault) -> None:
    assert list(vault.digests()) == []
    assert vault.used_bytes == 0
    assert not vault.path.exists()


def test_folders_are_two_deep(vault: Vault) -> None:
    digest = vault.put(b"films")

    assert vault.path_of(digest) == vault.path / digest[:2] / digest[2:4] / digest
    assert everything_below(vault.path) == [vault.path_of(digest)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ab",
        "../../etc/passwd",
        "A" * 64,
        "a" * 63 + "/",
        "a" * 65,
        pytest.param("a" * 64 + "\n", id="a line break that $ would let pass"),
    ],
)
def test_what_is_no_digest_is_no_path(vault: Vault, text: str) -> None:
    with pytest.raises(StoreError):
        vault.path_of(text)
    with pytest.raises(StoreError):
        vault.get(text)
    with pytest.raises(StoreError):
        vault.remove(text)


def test_files_that_are_not_ours_are_neither_counted_nor_listed(vault: Vault) -> None:
    digest = vault.put(b"films")
    (vault.path / "README").write_text("hands off")
    (vault.path / digest[:2] / "zz").mkdir()
    (vault.path / digest[:2] / digest[2:4] / ("g" * 64)).write_text("no digest")

    assert list(vault.digests()) == [digest]
    assert Vault(vault.path, QUOTA_BYTES).used_bytes == 5


# ---------------------------------------------------------------- damage


def test_a_changed_file_is_told(vault: Vault) -> None:
    digest = vault.put(b"films")
    vault.path_of(digest).write_bytes(b"filns")

    with pytest.raises(DamagedError, match="is damaged"):
        vault.get(digest)


def test_a_lost_file_is_told(vault: Vault) -> None:
    with pytest.raises(DamagedError, match="has no file"):
        vault.get("ab" * 32)


def test_putting_a_damaged_file_again_heals_it(vault: Vault) -> None:
    digest = vault.put(b"films")
    vault.path_of(digest).write_bytes(b"filns")
    vault.put(b"films")

    assert vault.get(digest) == b"films"


def test_a_file_where_the_folder_should_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("not a folder")

    with pytest.raises(StoreError, match="cannot be used"):
        Vault(tmp_path / "archive", QUOTA_BYTES).put(b"films")


# ---------------------------------------------------------------- room


def test_the_quota_is_never_exceeded(tmp_path: Path) -> None:
    vault = Vault(tmp_path, 1000)
    first = vault.put(b"a" * 600)
    with pytest.raises(QuotaError, match="archive_quota_mib"):
        vault.put(b"b" * 401)
    # What is there needs no more room, and what fits still goes in.
    assert vault.put(b"a" * 600) == first
    vault.put(b"c" * 400)
    with pytest.raises(QuotaError):
        vault.put(b"d")

    assert vault.used_bytes == 1000
    assert sum(p.stat().st_size for p in everything_below(tmp_path)) == 1000


def test_removing_makes_room(tmp_path: Path) -> None:
    vault = Vault(tmp_path, 1000)
    digest = vault.put(b"a" * 1000)

    assert vault.remove(digest) == 1000
    assert vault.remove(digest) == 0
    vault.put(b"b" * 1000)


def test_many_threads_keep_to_the_quota(tmp_path: Path) -> None:
    vault = Vault(tmp_path, 5000)
    refused: list[int] = []

    def put(number: int) -> None:
        for n in range(10):
            try:
                vault.put(bytes([number, n]) * 50)
            except QuotaError:
                refused.append(number)

    threads = [threading.Thread(target=put, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 30
    assert vault.used_bytes == 5000 == Vault(tmp_path, 5000).used_bytes


def test_a_configuration_names_the_vault(tmp_path: Path) -> None:
    vault = Vault.of(Config(archive=str(tmp_path), archive_quota_mib=1))
    vault.put(b"a" * 1024 * 1024)
    with pytest.raises(QuotaError):
        vault.put(b"b")


@contextlib.contextmanager
def tiny_disk(folder: Path) -> Iterator[Path]:
    """A file system of a megabyte, where we may make one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "mirrorhunt", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        lacking("a file system of its own: only root may mount one")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk") as disk:
        vault = Vault(disk / "archive", QUOTA_BYTES)
        kept = vault.put(b"a" * 600_000)
        with pytest.raises(QuotaError, match="no room for the archive"):
            vault.put(b"b" * 600_000)

        assert everything_below(vault.path) == [vault.path_of(kept)]
        assert vault.used_bytes == 600_000
        assert vault.get(kept) == b"a" * 600_000
        # What fits is still taken.
        vault.put(b"c" * 100_000)


# A file as large as a process may write is the full disk of those who are not root.
LIMITED = """
import resource, signal, sys
from pathlib import Path
from mirrorhunt.archive.vault import Vault
from mirrorhunt.errors import QuotaError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
vault = Vault(Path(sys.argv[1]), 10_000_000)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
vault.put(b"a" * 90_000)
try:
    vault.put(b"b" * 110_000)
except QuotaError as e:
    print(e)
"""


def test_a_file_that_cannot_be_finished_is_not_left(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "no room for the archive" in done.stdout
    assert [p.stat().st_size for p in everything_below(tmp_path)] == [90_000]


# ---------------------------------------------------------------- a crash at any point

# Says "go" when it begins, and puts one file after another until it is killed.
PUTTING = """
import random, sys
from pathlib import Path
from mirrorhunt.archive.vault import Vault

vault = Vault(Path(sys.argv[1]), 10_000_000_000)
numbers = random.Random(int(sys.argv[2]))
print("go", flush=True)
while True:
    print(vault.put(numbers.randbytes(numbers.randrange(1, 300_000))), flush=True)
"""


@pytest.mark.parametrize("seed", range(8))
def test_whoever_is_killed_in_the_middle_leaves_only_whole_files(
    tmp_path: Path, seed: int
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", PUTTING, str(tmp_path), str(seed)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    said = [child.stdout.readline() for _ in range(2 + 3 * seed)]
    os.kill(child.pid, signal.SIGKILL)
    rest, _ = child.communicate()
    promised = [line.strip() for line in [*said, *rest.splitlines(keepends=True)] if "\n" in line]

    left = list((tmp_path / INCOMING).iterdir())
    assert len(left) <= 1
    vault = Vault(tmp_path, QUOTA_BYTES * 1000)
    # Those that it said were there are there, and every one that is there is whole.
    assert set(promised[1:]) <= set(vault.digests())
    sizes = {digest: len(vault.get(digest)) for digest in vault.digests()}
    # The next start clears the leftover away.
    assert vault.used_bytes == sum(sizes.values())
    assert list((tmp_path / INCOMING).iterdir()) == []


HOLDING = """
import fcntl, sys
with open(sys.argv[1], "wb") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_file_that_somebody_is_writing_is_no_leftover(tmp_path: Path) -> None:
    Vault(tmp_path, QUOTA_BYTES).put(b"films")
    writing, left = tmp_path / INCOMING / "writing", tmp_path / INCOMING / "left"
    left.write_bytes(b"half")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(writing)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        assert Vault(tmp_path, QUOTA_BYTES).used_bytes == 5
        assert writing.exists()
        assert not left.exists()
        child.communicate("\n")


def test_two_that_put_the_same_agree(tmp_path: Path) -> None:
    one, other = Vault(tmp_path, QUOTA_BYTES), Vault(tmp_path, QUOTA_BYTES)
    blobs = [bytes([n]) * 1000 for n in range(30)]
    threads = [
        threading.Thread(target=lambda v=v: [v.put(b) for b in blobs]) for v in (one, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(list(one.digests())) == 30
    assert list((tmp_path / INCOMING).iterdir()) == []
