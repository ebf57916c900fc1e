"""Who loaded what, written in the background: no answer waits for the database."""

import contextlib
import queue
import threading
from collections.abc import Callable

from sqlalchemy import Engine

from mirrorhunt.errors import StoreError
from mirrorhunt.store import consumers
from mirrorhunt.store.consumers import Download
from mirrorhunt.store.session import storing

MAX_WAITING = 10_000
"""Downloads that wait for a database that is gone; more are counted and forgotten."""
_BATCH = 500
_AGAIN_S = 5.0
_CLOSING_S = 5.0


class Journal:
    """Writes downloads to *engine* from `start` to `close`; *say* is told what was lost."""

    def __init__(
        self, engine: Engine, say: Callable[[str], None], *, max_waiting: int = MAX_WAITING
    ) -> None:
        self._engine = engine
        self._say = say
        self._waiting: queue.Queue[Download | None] = queue.Queue(max_waiting)
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self.lost = 0
        """Downloads that were not written down."""

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def note(self, download: Download) -> None:
        """Have *download* written down; returns at once."""
        try:
            self._waiting.put_nowait(download)
        except queue.Full:
            if not self.lost:
                self._say("downloads are no longer written down: too many wait for the database")
            self.lost += 1

    def close(self) -> None:
        """Write what waits, and end; a database that is gone is not waited for."""
        self._is_closing.set()
        with contextlib.suppress(queue.Full):  # Then it is awake.
            self._waiting.put_nowait(None)
        self._thread.join(_CLOSING_S)
        if self.lost:
            self._say(f"{self.lost} downloads were not written down")

    def _work(self) -> None:
        while True:
            batch = self._take()
            if not batch and self._is_closing.is_set() and self._waiting.empty():
                return
            while batch:
                try:
                    with storing(), self._engine.begin() as connection:
                        consumers.note(connection, batch)
                    batch = []
                except StoreError:
                    # Whoever looks up tokens says what is wrong with the database.
                    if self._is_closing.wait(_AGAIN_S):
                        self.lost += len(batch) + self._waiting.qsize()
                        return

    def _take(self) -> list[Download]:
        """What waits, at most a batch; waits for the first."""
        found = [self._waiting.get()]
        while len(found) < _BATCH:
            try:
                found.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return [download for download in found if download is not None]
