"""`mirrorhunt learn`: put the policy's numbers right by what people decided."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy import Engine

from mirrorhunt import judging, learning
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import table, talk
from mirrorhunt.errors import BoundsError, InputError
from mirrorhunt.learning import Change, HeldOut
from mirrorhunt.store import calibrations, hosts, labels
from mirrorhunt.store.session import storing


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(learn)


def learn(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, write nothing.")
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Go back to the numbers this version came with.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Even if decisions held out are foretold worse.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Learn from what people decided, and judge all networks again.

    How often a channel, a kind of evidence and a group turned out to be right moves its number,
    within bounds. Kept only if decisions that were held out are foretold no worse: else nothing
    is written, and the exit code is 3. What was in force before stays on record.

    Example: mirrorhunt learn --dry-run
    """
    base: Context = context.obj
    if forget and (dry_run or force):
        raise InputError("--forget goes with neither --dry-run nor --force")
    engine = base.engine()
    if forget:
        with storing(), engine.begin() as connection:
            calibrations.forget(connection, base.now())
        talk(f"the shipped numbers are in force again; {_judge_all(base, engine)}")
        return
    with storing(), engine.begin() as connection:
        before = calibrations.current(connection)
        policies = calibrations.every(connection)
        decided = labels.all_of(connection)
        cases = learning.cases_of(decided, policies)
        version = calibrations.free_version(connection, len(cases))
    if len(cases) < learning.LEAST_DECISIONS:
        raise InputError(
            f"{len(cases)} domains were decided upon with evidence; {learning.LEAST_DECISIONS} "
            "are needed to learn from: `mirrorhunt review list`"
        )
    after = learning.learn(decided, policies, lambda _: version)
    foretold = learning.held_out(cases, before)
    changed = learning.changes(cases, before, after)
    if as_json:
        print_json(
            {
                "version": after.version,
                "before": before.version,
                "decisions": len(cases),
                "changes": [asdict(c) for c in changed],
                "held_out": asdict(foretold),
            }
        )
    else:
        _show(changed, foretold)
    if dry_run:
        talk(f"{len(cases)} decisions: nothing was written")
        return
    if foretold.is_worse and not force:
        raise BoundsError(
            "decisions that were held out are foretold worse: nothing was written; --force writes "
            "the numbers all the same"
        )
    with storing(), engine.begin() as connection:
        calibrations.add(connection, after, len(cases), base.now())
    talk(f"{after.version} is in force, learned from {len(cases)} decisions; audits begin anew")
    talk(f"{_judge_all(base, engine)}; back: `mirrorhunt learn --forget`")


def _judge_all(base: Context, engine: Engine) -> str:
    keep = base.keep(engine)
    with storing(), engine.begin() as connection:
        names = sorted(hosts.network_names(connection))
    moved = 0
    for name in names:
        outcome = judging.judge_network(
            engine, name, base.now(), keep.is_out, keep.needs_two, base.config.auto_confirm
        )
        moved += outcome.changed
    return f"{len(names)} networks judged again, {moved} verdicts changed"


def _show(changed: list[Change], foretold: HeldOut) -> None:
    table(
        ("what", "name", "before", "after", "decisions"),
        [
            (c.what, c.name, f"{c.before:+.2f}", f"{c.after:+.2f}", str(c.decisions))
            for c in changed
        ],
    )
    table(
        ("held out", "before", "after"),
        [
            (
                "log-loss (bits)",
                f"{foretold.before.log_loss_bits:.4f}",
                f"{foretold.after.log_loss_bits:.4f}",
            ),
            ("Brier", f"{foretold.before.brier:.4f}", f"{foretold.after.brier:.4f}"),
        ],
        title=f"foretold in {foretold.folds} parts by {foretold.by}, each from the others",
    )
    table(
        ("probability", "hosts", "foretold", "found"),
        [
            (f"{b.least:g} to {b.most:g}", str(b.count), f"{b.foretold:.3f}", f"{b.found:.3f}")
            for b in foretold.reliability
        ],
        title="after, of what was held out",
    )
