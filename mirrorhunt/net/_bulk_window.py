"""How many questions one nameserver is given at a time, and a second: see `mirrorhunt.net.bulk`.

Additive increase, multiplicative decrease, as TCP has it (Chiu and Jain 1989; RFC 5681): a router
at home drops what is too much for it and says nothing, and a recursor in a data centre takes
hundreds at once. Some count what is open and some what comes a second, so both follow what is
answered. Simulated 2026-11, a router that answers 100 a second: of 5,000 names asked 400 at a time
39 % are never answered, of those asked like this one in 200.
"""

LEAST = 4
"""However bad it is."""
LEAST_RATE_PER_S = 20.0
FIRST = 16
"""What any router answers."""
GROWTH = 0.25
"""Share that a window grows by, each time it was answered, until something is lost. A loss is
known a timeout later, so doubling it would have overrun a router long before the news came."""
STEP = 2
"""Added, each time it was answered, after that."""
TOLERATED = 0.05
"""Share of a window that may be lost: some made-up names are delegated to nobody, and that is not
the nameserver's fault. Of names asked three times one in 8,000 is still lost."""
JUDGED = 60
"""Answers it takes to judge a smaller window: 3 losses of 60 are tolerated, 3 of 10 are not."""


class Window:
    """What a nameserver is trusted with: at most *most* questions in flight and *rate_per_s*.

    Instants are those of any monotonic clock, in seconds.
    """

    __slots__ = (
        "_answered",
        "_answered_since_cut",
        "_cut_at",
        "_is_starting",
        "_judged",
        "_least",
        "_lost",
        "_most",
        "_most_rate_per_s",
        "before",
        "rate_per_s",
        "size",
    )

    def __init__(self, most: int, rate_per_s: float) -> None:
        self._most = most
        self._least = min(LEAST, most)
        self._most_rate_per_s = rate_per_s
        self.rate_per_s = rate_per_s
        """Questions a second."""
        self.size = min(FIRST, most)
        """Questions in flight."""
        self.before = self.size
        """What it was before it was cut last: so many go silent together when a burst is lost."""
        self._judged = max(JUDGED, self.size)
        self._answered = self._answered_since_cut = self._lost = 0
        self._is_starting = True
        self._cut_at = float("-inf")

    def answered(self) -> None:
        """A question was answered, whatever the answer says."""
        self._answered += 1
        if self._answered >= self._judged:
            self._answered_since_cut += self._answered
            self._answered = self._lost = 0
            grown = self.size + (round(GROWTH * self.size) if self._is_starting else STEP)
            self.size = self.before = min(self._most, grown)
            self._judged = max(JUDGED, self.size)
            self.rate_per_s = min(self._most_rate_per_s, self.rate_per_s * (1 + GROWTH))

    def lost(self, sent_at: float, now: float) -> None:
        """A question of *sent_at* was not: silence, SERVFAIL or REFUSED."""
        if sent_at < self._cut_at:
            # Sent into the window that was too large; that has been seen to.
            return
        self._lost += 1
        if self._lost <= TOLERATED * self._judged:
            return
        if self._cut_at > float("-inf"):
            # What it answered a second since then is what it can do, waiting included.
            done = self._answered_since_cut + self._answered
            rate_per_s = max(LEAST_RATE_PER_S, done / max(now - self._cut_at, 1e-3))
            self.rate_per_s = min(self.rate_per_s, rate_per_s)
        self.before = self.size
        self.size = max(self._least, self.size // 2)
        self._judged = max(JUDGED, self.size)
        self._answered = self._answered_since_cut = self._lost = 0
        self._is_starting = False
        self._cut_at = now
