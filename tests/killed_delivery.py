"""Deliver a feed and die on the way, as often as asked.

``python -m tests.killed_delivery DATABASE FOLDER`` reads points, one a line, and answers each with
how the delivery ended: ``-9`` or ``0``. A point counts what changes the disk: files opened to be
written, folders made, things renamed, linked or removed, and commits. Past the last of them the
delivery ends well. Each is a process of its own, forked so that none has to import everything.
"""

import os
import signal
import sys

from sqlalchemy import event

from mirrorhunt.config import Config
from mirrorhunt.delivering import releasing
from mirrorhunt.delivering.snapshots import Order
from mirrorhunt.feeds import Feed
from mirrorhunt.protected import ProtectedNames
from mirrorhunt.protecting import Keep
from mirrorhunt.store.session import engine_for
from mirrorhunt.warninglists import popularity
from tests import make
from tests.published import nothing

_CHANGES = frozenset(
    {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "shutil.rmtree", "os.chmod"}
)


def deliver(database: str, folder: str, point: int) -> None:
    """Deliver what stands in *database* to *folder*, and die at the *point*-th change."""
    left = point

    def count() -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    def hook(name: str, arguments: tuple[object, ...]) -> None:
        is_write = name == "open" and isinstance(arguments[1], str) and arguments[1][:1] in "wxa"
        if name in _CHANGES or is_write:
            count()

    engine = engine_for(f"sqlite:///{database}")
    event.listen(engine, "commit", lambda _: count())
    feed = Feed("isp", folder, formats=("plain_domains", "plain_hosts", "jsonl"))
    sys.addaudithook(hook)
    keep = Keep(ProtectedNames(), make.NOW)
    releasing.deliver(engine, Config(), keep, feed, Order("ann", make.NOW), nothing)


def main(database: str, folder: str) -> None:
    """Deliver for each line of standard input."""
    popularity("films.example")  # Read once, before the first fork: a list of a million names.
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            deliver(database, folder, int(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
