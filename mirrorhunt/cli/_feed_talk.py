"""How the feed commands talk: what is being done, what came of it, what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import err, shown_host, table, talk
from mirrorhunt.delivering.files import Change
from mirrorhunt.delivering.releasing import Outcome, Say

SHOWN_CHANGES = 40


@contextmanager
def saying(feed: str) -> Iterator[Say]:
    """What says what is being done: in one line on a terminal, nothing elsewhere."""
    if not err.is_terminal:
        yield lambda text: None
        return
    with err.status(f"{feed} ...") as status:
        yield lambda text: status.update(f"{feed}: {text} ...")


def show_outcome(outcome: Outcome, *, as_json: bool) -> None:
    """Say what came of a delivery."""
    chosen = outcome.chosen
    if as_json:
        print_json(
            {
                "feed": outcome.feed,
                "serial": outcome.serial,
                "is_new": outcome.is_new,
                "entries": chosen.entries,
                "added": chosen.added,
                "changed": chosen.changed,
                "withdrawn": chosen.withdrawn,
                "renewed": chosen.renewed,
                "forced": [refusal.rule for refusal in outcome.forced],
                "folder": str(outcome.folder),
                "formats": [
                    {k: part[k] for k in ("format", "path", "entries", "left_out", "checked_by")}
                    for part in outcome.parts
                ],
            }
        )
        return
    if not outcome.is_new:
        talk(f"{outcome.feed}: nothing has changed since delivery {outcome.serial}")
        return
    talk(
        f"{outcome.feed}: delivery {outcome.serial} stands in {outcome.folder}: {chosen.entries} "
        f"entries, {chosen.added} added, {chosen.changed} changed, {chosen.withdrawn} taken back, "
        f"{chosen.renewed} renewed"
    )
    for refusal in outcome.forced:
        talk(f"{outcome.feed}: forced past {refusal.rule}: {refusal.said}", "yellow")
    for part in outcome.parts:
        for why, count in part["left_out"].items():
            if why.startswith("scope "):
                continue  # What the format is, and nothing that happened; the manifest has it.
            first = next((host for host, reason in part["left_out_first"] if reason == why), "")
            talk(f"{part['path']}: {count} left out: {why}" + (f", such as {first}" * bool(first)))


def show_changes(changes: Sequence[Change]) -> None:
    """Print what changes, withdrawals with their reasons."""
    table(
        ("", "host", "scope", "network", "why"),
        [
            (
                {"add": "+", "change": "~", "withdraw": "-"}[c.op],
                shown_host(c.host),
                c.scope,
                c.network,
                f"{c.reason}: {c.because}" if c.reason else "",
            )
            for c in changes[:SHOWN_CHANGES]
        ],
    )
    if len(changes) > SHOWN_CHANGES:
        talk(f"and {len(changes) - SHOWN_CHANGES} more: --json has all")
