"""The packet: a case for programs, with what blocking programmes ask for in one object.

No programme asks for all of it and none publishes its file format, so the packet is the superset
of what their documents name, and whoever files it maps it (docs/evidence.md). What nobody told us
is there as null: it has to be filled in by whoever answers for it. Its schema is
``mirrorhunt/data/packet.schema.json``; `SCHEMA_VERSION` rises with it.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID, uuid5

from jsonschema import Draft202012Validator

from mirrorhunt import __version__, names
from mirrorhunt.model import Availability, Evidence, Verdict
from mirrorhunt.store.case import Case, Look

SCHEMA_VERSION = 1
PACKET = "evidence/packet.json"
SCHEMA = "evidence/packet.jsonschema"
MAX_OBSERVATIONS = 50
"""Looks told in full; states are told all."""
_REPORTS = UUID("8a5ad9cc-3f0d-4a52-9d4c-6c9b2f2f6c1e")
"""The namespace of our report ids (RFC 9562, version 5)."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What is not the host's but ours to say: made by whoever may ask what is published."""

    scope: str
    """``domain`` or ``host``."""
    scope_because: str
    warnings: tuple[str, ...]
    """Lists that know the name, in a sentence each."""
    valid_days: int
    reporter: str
    binding: Mapping[int, tuple[bool, str]]
    """By review: whether it still binds, and why not."""
    out_of_bounds: str | None = None
    """Why the host must not be published at all; None if it may."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A file of the package, as it is offered for evidence."""

    type: str
    """``warc``, ``screenshot``, ``dom``, ``report`` …"""
    path: str
    sha256: str
    size_bytes: int
    host: str
    captured_at: datetime
    vantage: str
    url: str | None
    tool: str
    media_type: str
    author: str
    """Who brought it in; empty where this program looked."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A state, for as long as looks in a row from one vantage found it."""

    availability: str
    because: str
    vantage: str
    first_at: datetime
    last_at: datetime
    looks: int


def stretches(looks: Sequence[Look]) -> list[Stretch]:
    """The history of states in *looks*, newest first."""
    found: list[Stretch] = []
    latest: dict[str, int] = {}
    for look in sorted(looks, key=lambda v: v.at):
        at = latest.get(look.vantage)
        before = None if at is None else found[at]
        if at is None or before is None or before.availability != look.availability:
            latest[look.vantage] = len(found)
            found.append(
                Stretch(look.availability, look.because, look.vantage, look.at, look.at, 1)
            )
        else:
            found[at] = Stretch(
                before.availability,
                before.because,
                before.vantage,
                before.first_at,
                look.at,
                before.looks + 1,
            )
    return sorted(found, key=lambda s: (s.first_at, s.vantage), reverse=True)


def status(case: Case, outside: Outside, now: datetime) -> tuple[str, str]:
    """What is asked for, and why where it is not a blocking: ``propose``, ``suspend`` or
    ``withdraw``.

    Nothing is proposed that `mirrorhunt export` would not publish as it is asked by default: what
    people have confirmed, or given as known, and what was seen live of late.
    """
    finding, state = case.finding, case.state
    if outside.out_of_bounds is not None:
        return "withdraw", outside.out_of_bounds
    if finding is not None and finding.verdict in {Verdict.REJECTED, Verdict.PROTECTED}:
        return "withdraw", finding.gate
    if finding is not None and finding.away is not None:
        return "suspend", f"{finding.away.availability}: {finding.away.because}"
    if state.availability is not Availability.LIVE:
        return "suspend", f"{state.availability.value}: {state.because}"
    if state.live_at is None or state.live_at < now - timedelta(days=outside.valid_days):
        return "suspend", "it was not seen live of late: look at it again"
    if finding is None:
        return ("propose", "") if case.is_seed else ("suspend", "it was not judged")
    if finding.verdict is not Verdict.CONFIRMED:
        return "suspend", f"nobody has confirmed it; {finding.gate}"
    return "propose", ""


def report_id(case: Case, now: datetime) -> str:
    """The id of the report made *now*."""
    digest = case.finding.digest if case.finding else ""
    return str(uuid5(_REPORTS, f"{case.host}|{case.network}|{digest}|{now.isoformat()}"))


def packet(
    case: Case, outside: Outside, exhibits: Sequence[Exhibit], about: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """The packet of *case*; *about* is what the data package says of itself."""
    state, why = status(case, outside, now)
    finding = case.finding
    verified_at = case.state.live_at
    is_live = case.state.availability is Availability.LIVE
    until = verified_at + timedelta(days=outside.valid_days) if verified_at and is_live else None
    said = {
        "schema_version": SCHEMA_VERSION,
        "report_id": report_id(case, now),
        "made_at": now,
        "made_by": f"mirrorhunt {__version__}",
        "reporter": {
            "name": outside.reporter,
            "organization": None,
            "accreditation_id": None,
            "email": None,
        },
        "order_ref": None,
        "family": case.network,
        "judged_site": list(case.seeds),
        "relation": finding.role or finding.relation.value if finding else "seed",
        "target": {
            "host": case.host,
            "unicode": names.unicode_form(case.host),
            "registrable_domain": case.registrable_domain,
            "scope": outside.scope,
            "scope_because": outside.scope_because,
        },
        "status": state,
        "status_because": why,
        "verdict": finding.verdict.value if finding else "seed",
        "score_bits": round(finding.score_bits, 2) if finding else 0.0,
        "confidence": round(confidence(finding.score_bits), 4) if finding else None,
        "policy": finding.policy if finding else "",
        "gate": finding.gate if finding else "an operator gave it as known",
        "evidence_digest": finding.digest if finding else "",
        "flags": list(finding.flags) if finding else [],
        "reasons": [_reason(e) for e in finding.evidence] if finding else [],
        "proposals": [
            {
                "technique": p.technique,
                "channel": p.channel,
                "seen_on": p.seen_on or None,
                "because": p.because,
                "first_seen": p.first_seen_at,
            }
            for p in case.proposals
        ],
        "first_seen": case.first_seen_at,
        "last_verified": verified_at,
        "valid_until": until,
        "availability": case.state.availability.value,
        "states": [asdict(s) for s in stretches(case.looks)],
        "observations": [_observation(v) for v in case.looks[:MAX_OBSERVATIONS]],
        "redirect_chain": [dict(hop) for hop in case.looks[0].chain] if case.looks else [],
        "dns": _dns(case),
        "certificate": _newest(case, "certificate"),
        "registration": [asdict(r) for r in case.registrations],
        "hosting": {
            "addresses": list((_newest(case, "dns") or {}).get("addresses", ())),
            "asn": None,
            "cdn": None,
        },
        "collateral": {
            "other_hosts_at_its_addresses": case.neighbours_count,
            "some_of_them": list(case.neighbours),
            "warnings": list(outside.warnings),
        },
        "blocked_by": [asdict(b) for b in case.blockings],
        "infringement": {
            "work": None,
            "rights_holder": None,
            "url": case.looks[0].final_url if case.looks else None,
            "share_of_infringing_links": None,
        },
        "evidence": [asdict(e) for e in exhibits],
        "reviewed_by": list(finding.reviewed_by) if finding else [],
        "reviews": [
            {
                "decision": r.decision.value,
                "author": r.author,
                "reason": r.reason,
                "at": r.at,
                "evidence_digest": r.digest,
                "binds": outside.binding.get(r.id, (True, ""))[0],
            }
            for r in case.reviews
        ],
        "supersedes": None,
        "contact_for_objection": None,
        "package": dict(about),
    }
    plain: dict[str, Any] = json.loads(json.dumps(said, default=_plain))
    return plain


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return str(value)


def confidence(bits: float) -> float:
    """*bits* of log-odds as a share of 1."""
    return 1.0 / (1.0 + math.exp2(min(-bits, 1000.0)))


def encoded(said: Mapping[str, Any]) -> bytes:
    """*said* as it is written."""
    return json.dumps(said, indent=2, ensure_ascii=True).encode() + b"\n"


def _reason(e: Evidence) -> dict[str, Any]:
    return {
        "kind": e.kind,
        "bits": round(e.bits, 2),
        "side": e.side.value,
        "group": e.group,
        "relations": sorted(r.value for r in e.relations),
        "value": e.value,
        "because": e.because,
        "ignored": e.ignored or None,
    }


def _observation(look: Look) -> dict[str, Any]:
    return {
        "time": look.at,
        "vantage": look.vantage,
        "availability": look.availability,
        "because": look.because,
        "http_status": look.http_status,
        "final_url": look.final_url,
        "title": look.title,
        "address": look.address,
        "body_sha256": look.body_digest,
        "failure": look.failure,
    }


def _newest(case: Case, name: str) -> dict[str, Any] | None:
    """The newest value that a look had of *name*."""
    found = (getattr(look, name) for look in case.looks)
    return next((value for value in found if value), None)


def _dns(case: Case) -> dict[str, Any] | None:
    look = next((v for v in case.looks if v.dns), None)
    if look is None or look.dns is None:
        return None
    return {"at": look.at, "vantage": look.vantage, **look.dns}


# ---------------------------------------------------------------- the schema


@cache
def schema() -> bytes:
    """The schema of the packets that this version writes."""
    return resources.files("mirrorhunt").joinpath("data", "packet.schema.json").read_bytes()


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(
        json.loads(schema()), format_checker=Draft202012Validator.FORMAT_CHECKER
    )


def check(said: object) -> list[str]:
    """Where *said* is no packet, in a sentence each; empty if it is one."""
    return [
        f"{error.json_path}: {error.message[:200]}"
        for error in sorted(_validator().iter_errors(said), key=lambda e: e.json_path)
    ]
