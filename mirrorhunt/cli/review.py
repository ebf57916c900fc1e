"""`mirrorhunt review`: people decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import typer

from mirrorhunt import confirming, outlook, publishing, queueing
from mirrorhunt.cli import _deciding, explain
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._deciding import AsJson, Network, bench_of, utc
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import safe, shown_host, table, talk
from mirrorhunt.errors import InputError
from mirrorhunt.queueing import Item, Queue, Waits, Which
from mirrorhunt.store import hosts, reviews
from mirrorhunt.store.session import storing

SHOWN_DIGEST_CHARS = 16

Since = Annotated[
    datetime | None, typer.Option(metavar="DATE", help="Only since then, 2026-11-01 or so.")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help=(
            "Decide what is published: look at what waits, confirm, reject, protect.\n\n"
            "A decision is kept with its reason, its author and the evidence that was seen, and "
            "is reopened when that changes. Nothing is ever overwritten: `review log` shows all."
        )
    )
    group.command("list")(list_)
    group.command()(show)
    for command in (
        _deciding.confirm,
        _deciding.reject,
        _deciding.protect,
        _deciding.relate,
        _deciding.undo,
    ):
        group.command()(command)
    group.command("file")(_deciding.file_)
    group.command()(log)
    app.add_typer(group, name="review", no_args_is_help=True)


def list_(
    context: typer.Context,
    network: Network = None,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 20,
    new: Annotated[bool, typer.Option("--new", help="Those nobody decided upon.")] = False,
    changed: Annotated[
        bool,
        typer.Option("--changed", help="Those decided upon that have to be looked at again."),
    ] = False,
    gone: Annotated[
        bool, typer.Option("--gone", help="Members that are dead, parked, seized or sold.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="All of these.")] = False,
    since: Since = None,
    as_json: AsJson = False,
) -> None:
    """List what waits for a person, by what a decision would teach.

    First what was decided and has to be looked at again: the evidence has changed, a second person
    is needed, a member looks odd. Of the rest 60 % are those the policy doubts most (uncertain),
    30 % those it is surest of (top), and 10 % as chance draws them (random): decide those in their
    order, as they alone say how often the policy errs.

    Example: mirrorhunt review list --network goal --limit 50
    """
    base: Context = context.obj
    engine = base.engine()
    which = _which(new=new, changed=changed, gone=gone, every=every)
    found = queueing.queue(engine, which, network, limit, utc(since))
    if as_json:
        for item in found.items:
            print_json(_item_as_object(item))
    elif found.items:
        _print_items(found.items)
    _say_what_waits(found, which)
    for line in confirming.said(engine, base.config.auto_confirm):
        talk(line)


def _which(*, new: bool, changed: bool, gone: bool, every: bool) -> Which:
    asked = {Which.NEW: new, Which.CHANGED: changed, Which.GONE: gone, Which.ALL: every}
    chosen = [which for which, wanted in asked.items() if wanted]
    if len(chosen) > 1:
        named = " and ".join(f"--{which}" for which in chosen)
        raise InputError(f"{named}: one at a time, or --all for all of them")
    return chosen[0] if chosen else Which.QUEUE


def _print_items(items: Sequence[Item]) -> None:
    table(
        ("host", "network", "verdict", "bits", "state", "slice", "waits", "because"),
        [
            (
                shown_host(item.finding.host),
                item.finding.network,
                item.finding.verdict.value,
                f"{item.finding.score_bits:+.1f}",
                item.finding.availability,
                item.slice.value,
                ", ".join((item.waits.value, *item.finding.flags)),
                item.because if item.waits is not Waits.NEW else _strongest(item),
            )
            for item in items
        ],
    )


def _strongest(item: Item) -> str:
    counted = [e for e in item.finding.evidence if not e.ignored and e.bits]
    if not counted:
        return item.finding.proposals[0] if item.finding.proposals else ""
    best = max(counted, key=lambda e: e.bits)
    return f"{best.because} ({best.bits:+.1f})"


def _item_as_object(item: Item) -> dict[str, Any]:
    f = item.finding
    return {
        "host": f.host,
        "network": f.network,
        "verdict": f.verdict.value,
        "relation": f.role or f.relation.value,
        "score_bits": round(f.score_bits, 2),
        "availability": f.availability,
        "slice": item.slice.value,
        "waits": item.waits.value,
        "because": item.because,
        "strongest": _strongest(item),
        "flags": list(f.flags),
        "is_reopened": f.is_reopened,
        "reviewed_by": list(f.reviewed_by),
        "title": f.title,
        "judged_at": f.judged_at.isoformat(timespec="seconds"),
        "seen": f.digest,
    }


def _say_what_waits(found: Queue, which: Which) -> None:
    waiting = ", ".join(f"{count} {waits}" for waits, count in sorted(found.waiting.items()))
    if not found.items:
        talk("nothing waits" + (f" there; elsewhere: {waiting}" if waiting else ""))
        return
    if waiting:
        talk(f"besides what nobody decided upon there wait: {waiting} (--changed, --gone)")
    if found.drawn_in and which in (Which.QUEUE, Which.NEW, Which.ALL):
        talk(f"what chance has drawn next is in {found.drawn_in!r}: a list of all shows it")
    talk(
        "look: `mirrorhunt review show HOST`; decide: `mirrorhunt review confirm HOST --reason …`"
    )


def show(
    context: typer.Context,
    host: Annotated[str, typer.Argument(metavar="HOST", help="A host with a verdict.")],
    network: Network = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show all that is known of HOST, what was decided, and what a decision would do.

    What `mirrorhunt explain` prints, and the digest of the evidence: with `--seen DIGEST` a
    decision is refused if the evidence has changed since you looked.

    Example: mirrorhunt review show goal7.example
    """
    base: Context = context.obj
    engine = base.engine()
    known = explain.look_up(base, engine, host)
    bench, keep = bench_of(base, engine), base.keep(engine)
    found = [f for f in known.found if network in (None, f.network)]
    would = {
        f.network: outlook.outlook(
            f,
            [m for m in known.decisions if m.network == f.network],
            bench.is_out,
            bench.needs_two,
            partial(publishing.scope_of, keep=keep),
        )
        for f in found
    }
    if as_json:
        effects = {
            name: {w.decision.value: w.effect for w in of_network}
            for name, of_network in would.items()
        }
        seen = {f.network: f.digest for f in found}
        print_json({**known.as_object(), "would": effects, "seen": seen})
        return
    known.print()
    for finding in found:
        table(
            ("decision", "would"),
            [(w.decision.value, w.effect) for w in would[finding.network]],
            title=f"\nIn {safe(finding.network)!r}, seen {finding.digest[:SHOWN_DIGEST_CHARS]}",
        )


def log(
    context: typer.Context,
    network: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this network; else all.")
    ] = None,
    since: Since = None,
    as_json: AsJson = False,
) -> None:
    """Print every decision that was ever made, oldest first: the audit trail.

    Example: mirrorhunt review log --since 2026-11-01 --json
    """
    base: Context = context.obj
    engine = base.engine()
    with storing(), engine.begin() as connection:
        if network is not None:
            hosts.find_network_id(connection, network)
        found = list(reviews.log(connection, network, since=utc(since)))
    if as_json:
        for entry in found:
            plain = asdict(entry.review)
            del plain["seen"]
            print_json({"host": entry.host, "network": entry.network, **plain})
        return
    table(
        ("no.", "decided at", "by", "decision", "host", "network", "reason", "seen"),
        [
            (
                str(e.review.id),
                f"{e.review.at:%Y-%m-%d %H:%M:%S}",
                e.review.author,
                f"{e.review.decision} {e.review.role or e.review.undoes or ''}".strip(),
                shown_host(e.host),
                e.network,
                e.review.reason,
                e.review.digest[:SHOWN_DIGEST_CHARS],
            )
            for e in found
        ],
    )
