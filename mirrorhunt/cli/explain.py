"""`mirrorhunt explain`: why this host?"""

from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy import Engine

from mirrorhunt import names, verdicts
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import out, safe, shown_host, table, talk
from mirrorhunt.errors import InputError
from mirrorhunt.model import Verdict
from mirrorhunt.store import findings
from mirrorhunt.store.findings import Finding
from mirrorhunt.store.session import storing


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)


def explain(
    context: typer.Context,
    host: Annotated[str, typer.Argument(metavar="HOST", help="A host that was looked at.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say why HOST is, or is not, held to belong to a network.

    The waterfall starts from how likely a host proposed this way is at all, and adds each piece of
    evidence in bits (one bit doubles the odds). 3.3 bits make a host probable. What was ignored
    is listed with the reason.
    """
    base: Context = context.obj
    engine = base.engine()
    name = names.without_www(names.host(host))
    with storing(), engine.begin() as connection:
        if not findings.is_known(connection, name):
            raise InputError(f"nothing is stored about {name!r}: was it spelled as in the table?")
        found = list(findings.findings(connection, None, list(Verdict), name))
        visits = findings.visits_of(connection, name, limit=10)
        history = findings.history_of(connection, name)
    protection = base.keep(engine).why_out(name)
    if as_json:
        print_json(
            {
                "host": name,
                "out_of_bounds": protection,
                "verdicts": [_as_object(f) for f in found],
                "visits": [asdict(v) for v in visits],
                "history": [list(row) for row in history],
            }
        )
        return
    if protection:
        talk(f"{name} is out of bounds: {protection}", "yellow")
    if not found:
        talk(f"{name} was brought up, but has no verdict: it was not judged")
    for finding in found:
        _print(finding)
    table(
        ("looked at", "path", "state", "HTTP", "because"),
        [
            (
                f"{v.at:%Y-%m-%d %H:%M:%S}",
                v.path,
                v.availability,
                str(v.http_status or ""),
                v.because,
            )
            for v in visits
        ],
        title="\nLooks, newest first",
    )
    if len(history) > 1:
        table(
            ("judged at", "network", "verdict", "bits", "policy"),
            [(f"{at:%Y-%m-%d %H:%M}", n, v, f"{b:.1f}", p) for at, n, v, b, p in history],
            title="\nEarlier verdicts",
        )


def print_findings(engine: Engine, host: str) -> None:
    """Print the waterfall of each verdict on *host*."""
    with storing(), engine.begin() as connection:
        found = list(findings.findings(connection, None, list(Verdict), host))
    for finding in found:
        _print(finding)


def _print(f: Finding) -> None:
    out.print()
    out.print(
        f"{shown_host(f.host)}: {f.verdict.value} {f.relation.value} of {f.network!r}, "
        f"{f.score_bits:+.1f} bits ({probability(f.score_bits)})",
        markup=False,
        style="bold",
    )
    out.print(f"state: {f.availability}, {safe(f.availability_because)}", markup=False)
    if f.title:
        out.print(f"title: {safe(f.title)}", markup=False)
    out.print(f"gate: {safe(f.gate)}", markup=False)
    for proposal in f.proposals[:5]:
        out.print(f"proposed: {safe(proposal)}", markup=False)
    table(
        ("bits", "side", "kind", "because"),
        [
            (
                f"{line.bits:+.2f}",
                line.evidence.side.value if line.evidence else "",
                line.kind,
                line.because,
            )
            for line in verdicts.lines(f.prior_bits, f.evidence, f.relation)
        ],
        title="\nEvidence (policy " + f.policy + ")",
    )
    ignored = [e for e in f.evidence if e.ignored]
    if ignored:
        table(
            ("kind", "because", "ignored"),
            [(e.kind, e.because, e.ignored) for e in ignored],
            title="\nIgnored",
        )


def probability(bits: float) -> str:
    """*bits* of log-odds as people read them; never 0 or 100 %: no evidence is that good."""
    share = 1 / (1 + 2**-bits)
    return f"{min(max(share, 0.001), 0.999):.1%} by the policy's weights"


def _as_object(f: Finding) -> dict[str, object]:
    plain = asdict(f)
    plain["evidence"] = [
        asdict(e) | {"relations": sorted(r.value for r in e.relations)} for e in f.evidence
    ]
    return plain
