"""What was done to come to a package, from the first proposal to the packing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from mirrorhunt.archive.manifest import Act
from mirrorhunt.archive.packet import Exhibit
from mirrorhunt.decisions import PAST
from mirrorhunt.store.case import Case, Invocation

PROGRAM = "mirrorhunt"
"""The actor where nobody but the program acted."""


def acts(
    case: Case,
    exhibits: Sequence[Exhibit],
    members: Mapping[str, str],
    actor: str,
    tool: str,
    now: datetime,
) -> Iterator[Act]:
    """All that is known to have been done, in no order; *members* (path to digest) were packed
    *now* by *actor* with *tool*."""
    runs = {run.id: run for run in case.runs}
    yield from _seen(case, runs)
    for e in exhibits:
        what = f"{e.type} of {e.host}, seen from {e.vantage}, {e.url or 'no page'}"
        action = "brought in" if e.author else "captured"
        yield Act(e.captured_at, e.author or PROGRAM, action, what, e.sha256, e.tool, e.path)
    for j in case.judged:
        what = f"{j.verdict} by policy {j.policy}: {j.score_bits:+.2f} bits; {j.gate}"
        yield Act(j.at, PROGRAM, "judged", what, j.digest or None)
    for r in case.reviews:
        what = f"{PAST[r.decision]} {r.role}".strip() + f": {r.reason}"
        yield Act(r.at, r.author, "reviewed", what, r.digest or None)
    captured = {e.path for e in exhibits}
    for path, digest in sorted(members.items()):
        action = "packed" if path in captured else "made"
        yield Act(now, actor, action, path, digest, tool, path)


def _seen(case: Case, runs: Mapping[int, Invocation]) -> Iterator[Act]:
    """What was proposed, looked at, asked."""

    def tool(run_id: int) -> str:
        run = runs.get(run_id)
        return f"mirrorhunt {run.version}, {run.kind} {run.id}" if run else ""

    for p in case.proposals:
        by = f"{p.technique}, {p.channel}: {p.because}"
        yield Act(p.first_seen_at, PROGRAM, "proposed", by, None, tool(p.run_id))
    for v in case.looks:
        what = f"{v.availability} from {v.vantage}: {v.because}"
        if v.http_status is not None:
            what += f"; HTTP {v.http_status} at {v.final_url}"
        yield Act(v.at, PROGRAM, "looked", what, v.body_digest, tool(v.run_id))
    for r in case.registrations:
        since = f"{r.registered_at:%Y-%m-%d}" if r.registered_at else "an unknown day"
        what = f"{r.domain} registered on {since} with {r.registrar or 'nobody named'}"
        yield Act(r.first_seen_at, PROGRAM, "registered", what)
    for b in case.blockings:
        what = f"hidden by {b.nameserver}, {b.how}: {b.answer}"
        yield Act(b.first_seen_at, PROGRAM, "blocked", what)
