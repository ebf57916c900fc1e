"""`mirrorhunt explain`: why this host?"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import Engine

from mirrorhunt import names, outlook, verdicts
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import out, safe, shown_host, table, talk
from mirrorhunt.decisions import Decision
from mirrorhunt.errors import InputError
from mirrorhunt.model import Side, Verdict
from mirrorhunt.outlook import Made
from mirrorhunt.store import blockings, findings
from mirrorhunt.store.blockings import Blocking
from mirrorhunt.store.findings import Finding, VisitRecord
from mirrorhunt.store.session import storing
from mirrorhunt.verdicts import Line


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
    known = look_up(base, base.engine(), host)
    if as_json:
        print_json(known.as_object())
    else:
        known.print()


@dataclass(frozen=True, slots=True)
class Known:
    """All that is stored about one host."""

    host: str
    protection: str | None
    found: Sequence[Finding]
    decisions: Sequence[Made]
    visits: Sequence[VisitRecord]
    history: Sequence[tuple[datetime, str, str, float, str]]
    blocked_by: Sequence[Blocking] = ()

    def as_object(self) -> dict[str, object]:
        """For programs."""
        return {
            "host": self.host,
            "out_of_bounds": self.protection,
            "verdicts": [_as_object(f) for f in self.found],
            "decisions": [_decision_as_object(m) for m in self.decisions],
            "visits": [asdict(v) for v in self.visits],
            "history": [list(row) for row in self.history],
            "blocked_by": [asdict(b) for b in self.blocked_by],
        }

    def print(self) -> None:
        """For people."""
        if self.protection:
            talk(f"{self.host} is out of bounds: {self.protection}", "yellow")
        if not self.found:
            talk(f"{self.host} was brought up, but has no verdict: it was not judged")
        for finding in self.found:
            _print(finding)
        if self.decisions:
            print_decisions(self.decisions)
        if self.blocked_by:
            _print_blockings(self.blocked_by)
        _print_looks(self.visits)
        if len(self.history) > 1:
            _print_history(self.history)


def look_up(base: Context, engine: Engine, host: str) -> Known:
    """All that is stored about *host*. Raises InputError if that is nothing."""
    name = names.without_www(names.host(host))
    protection = base.keep(engine).why_out(name)
    with storing(), engine.begin() as connection:
        if not findings.is_known(connection, name):
            raise InputError(f"nothing is stored about {name!r}: was it spelled as in the table?")
        return Known(
            name,
            protection,
            list(findings.findings(connection, None, list(Verdict), name)),
            outlook.made(connection, name, base.now()),
            findings.visits_of(connection, name, limit=10),
            findings.history_of(connection, name),
            blockings.of(connection, name),
        )


def print_decisions(made: Sequence[Made]) -> None:
    """Print what people decided, as a table."""
    table(
        ("decided at", "network", "by", "decision", "reason", "stands"),
        [
            (
                f"{m.review.at:%Y-%m-%d %H:%M}",
                m.network,
                m.review.author,
                f"{m.review.decision} {m.review.role}".strip(),
                m.review.reason,
                _stands(m),
            )
            for m in made
        ],
        title="\nDecisions, oldest first",
    )


def _stands(made: Made) -> str:
    if made.review.decision is Decision.UNDO:
        return ""
    return ("yes" if made.binds else "no") + (f": {made.because}" if made.because else "")


def _print_looks(visits: Sequence[VisitRecord]) -> None:
    table(
        ("looked at", "from", "path", "state", "HTTP", "because"),
        [
            (
                f"{v.at:%Y-%m-%d %H:%M:%S}",
                f"{v.vantage}, {v.profile}" if v.profile else v.vantage,
                v.path,
                v.availability,
                str(v.http_status or ""),
                v.because,
            )
            for v in visits
        ],
        title="\nLooks, newest first",
    )


def _print_blockings(blocked_by: Sequence[Blocking]) -> None:
    table(
        ("blocked by", "how", "since", "last seen", "its answer"),
        [
            (
                b.nameserver,
                b.how,
                f"{b.first_seen_at:%Y-%m-%d %H:%M}",
                f"{b.last_seen_at:%Y-%m-%d %H:%M}",
                b.answer,
            )
            for b in blocked_by
        ],
        title="\nNameservers that hide it",
    )


def _print_history(history: Sequence[tuple[datetime, str, str, float, str]]) -> None:
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
        f"{shown_host(f.host)}: {f.verdict.value} {f.role or f.relation.value} of {f.network!r}, "
        f"{f.score_bits:+.1f} bits ({in_words(f)})",
        markup=False,
        style="bold",
    )
    waterfall = verdicts.lines(f.prior_bits, f.evidence, f.relation)
    out.print(f"why: {safe(f.gate)}", markup=False)
    if f.evidence:
        out.print(f"in short: {in_short(waterfall)}", markup=False)
    out.print(f"state: {f.availability}, {safe(f.availability_because)}", markup=False)
    if f.title:
        out.print(f"title: {safe(f.title)}", markup=False)
    if f.reviewed_by:
        out.print(f"on the word of: {safe(', '.join(f.reviewed_by))}", markup=False)
    if f.is_reopened:
        out.print("reopened: what was decided has to be looked at again", style="yellow")
    if f.flags:
        out.print(f"look at: {safe(', '.join(f.flags))}", markup=False, style="yellow")
    for proposal in f.proposals[:5]:
        out.print(f"proposed: {safe(proposal)}", markup=False)
    table(
        ("bits", "told by", "kind", "because"),
        [
            (
                f"{line.bits:+.2f}",
                _TOLD_BY[line.evidence.side] if line.evidence else "",
                line.kind,
                line.because,
            )
            for line in _strongest_first(waterfall)
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


_TOLD_BY = {Side.CANDIDATE: "itself", Side.JOINT: "both", Side.KNOWN: "members"}
_KNOWN, _AGAINST = "the word of members", "against it"
_GROUPS = {
    "backend": "what it loads from",
    "brand": "name",
    "content": "page",
    "control": "keys and certificates",
    "handles": "channels and addresses",
    "ids": "visitor counters",
    "infra": "hosting",
    "links": "links and redirects",
    "money": "money",
}


def _part(line: Line) -> str:
    """Which part of the sum *line* belongs to, in words; empty for the prior."""
    if line.evidence is None:
        return ""
    if line.bits < 0:
        return _AGAINST
    if line.evidence.side is Side.KNOWN:
        return _KNOWN
    return _GROUPS.get(line.evidence.group, line.evidence.group)


def _sums(waterfall: Sequence[Line]) -> dict[str, float]:
    """Each part of the sum to its bits: the prior, what speaks for it, strongest first, what
    members say and what speaks against it."""
    sums: dict[str, float] = {}
    for line in waterfall:
        sums[_part(line)] = sums.get(_part(line), 0.0) + line.bits
    last = {"": 0, _KNOWN: 2, _AGAINST: 3}
    return dict(sorted(sums.items(), key=lambda s: (last.get(s[0], 1), -s[1], s[0])))


def _strongest_first(waterfall: Sequence[Line]) -> list[Line]:
    """*waterfall* by its parts, in the order of `_sums`."""
    order = {part: i for i, part in enumerate(_sums(waterfall))}
    return sorted(waterfall, key=lambda line: (order[_part(line)], -abs(line.bits)))


def in_short(waterfall: Sequence[Line]) -> str:
    """*waterfall* in one sentence: what each group of evidence adds.

    What it rests on comes first, and what adds less than half a bit is left out.
    """
    sums = _sums(waterfall)
    prior = sums.pop("", 0.0)
    told = [f"{part} {bits:+.1f}" for part, bits in sums.items() if abs(bits) >= 0.5]
    how = f"from {prior:+.1f} for the way it was found"
    return f"{', '.join(told) or 'nothing to speak of'}; {how}"


def in_words(f: Finding) -> str:
    """How sure that is, as people read it; of a candidate, how far from probable."""
    if f.verdict is not Verdict.CANDIDATE:
        return probability(f.score_bits)
    if f.score_bits < verdicts.PROBABLE_BITS:
        return f"probable from {verdicts.PROBABLE_BITS} on"
    return "enough for probable, but see why"


def probability(bits: float) -> str:
    """*bits* of log-odds as people read them; never 0 or 100 %: no evidence is that good."""
    share = 1 / (1 + 2**-bits)
    return f"{min(max(share, 0.001), 0.999):.1%} by the policy's weights"


def _decision_as_object(made: Made) -> dict[str, object]:
    plain = asdict(made.review)
    del plain["seen"]
    return {"network": made.network, **plain, "stands": made.binds, "because": made.because}


def _as_object(f: Finding) -> dict[str, object]:
    plain = asdict(f)
    plain["evidence"] = [
        asdict(e) | {"relations": sorted(r.value for r in e.relations)} for e in f.evidence
    ]
    return plain
