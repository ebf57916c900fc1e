"""The report: a case for people, on one page without a script.

Nearly every word in it was written by an adversary who would like to run something on the screen
of whoever reads it. So whatever is put into the template passes `shown`, which no field can
forget as it is the template engine's own last step, and is escaped after that; the page forbids
itself everything but its own style and its own pictures; nothing in it is a link.
"""

import base64
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from mirrorhunt import verdicts
from mirrorhunt.archive.packet import Exhibit, Outside, confidence
from mirrorhunt.model import Relation
from mirrorhunt.rendering import Capture, CapturedFile
from mirrorhunt.store.captures import StoredCapture
from mirrorhunt.store.case import Case

REPORT = "report/report.html"
PDF = "report/report.pdf"
MAX_TEXT_CHARS = 1_000
MAX_ROWS = 200
"""Of one table; what is left out is counted, and all of it is in the packet or the chain."""
MAX_PICTURE_BYTES = 16 << 20
_BAR_WIDTH = 180
_BAR_BITS = 8.0
_SCHEMES = re.compile(r"\b(http)(s?)(?=://)", re.I)
_ACTIVE = re.compile(r"\b(javascript|vbscript|data|file|blob):", re.I)
_DOT = re.compile(r"(?<=[^\W_])\.(?=[^\W\d_])")
_MAGIC = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.S),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A screenshot as the page shows it, or why there is none."""

    host: str
    capture: Capture | None = None
    source: str = ""
    digest: str = ""
    absent: str = "No picture was taken."


def picture(
    kept: StoredCapture | None, host: str, file: CapturedFile | None = None, data: bytes = b""
) -> Picture:
    """The screenshot *data*, which is *file* of *kept*, if it is one that every browser shows; of
    *host* where nothing was kept."""
    if kept is None:
        return Picture(host, absent="The archive has nothing of it.")
    if file is None:
        return Picture(kept.host, kept.capture)
    pattern = _MAGIC.get(file.media_type)
    if pattern is None or not pattern.match(data) or len(data) > MAX_PICTURE_BYTES:
        absent = "The file is no picture that can be shown here."
        return Picture(kept.host, kept.capture, absent=absent)
    source = f"data:{file.media_type};base64,{base64.b64encode(data).decode()}"
    return Picture(kept.host, kept.capture, source, file.digest)


def shown(text: str) -> str:
    """*text* as it can be read and not be followed, run or turned around.

    >>> shown("https://films1.example/a\\u202e"), shown("javascript:x"), shown("1.5 bits")
    ('hxxps://films1[.]example/a⟨U+202E⟩', 'javascript[:]x', '1.5 bits')
    """
    if len(text) > MAX_TEXT_CHARS:
        text = text[:MAX_TEXT_CHARS] + "…"
    text = _SCHEMES.sub(lambda m: ("hxxp" if m[1].islower() else "HXXP") + m[2], text)
    text = _ACTIVE.sub(r"\1[:]", text)
    text = _DOT.sub("[.]", text)
    return "".join(_visible(c) for c in text)


def _visible(c: str) -> str:
    if c in "\n\t\r":
        return " "
    return f"⟨U+{ord(c):04X}⟩" if unicodedata.category(c)[0] == "C" else c


def _finalize(value: object) -> object:
    """What the template puts out, before it is escaped."""
    if isinstance(value, Markup):
        return value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return shown(str(value))


@cache
def _template() -> Template:
    # Autoescape is on for every name of a template.
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_finalize, auto_reload=False
    )
    environment.filters["own"] = _own
    environment.filters["raw"] = Markup
    return environment.from_string(_data("report.html.jinja"))


def _own(value: object) -> Markup:
    """Our own words: escaped, and left readable."""
    return escape(value)


@cache
def _data(name: str) -> str:
    return resources.files("mirrorhunt").joinpath("data", name).read_text(encoding="utf-8")


def render(
    case: Case,
    outside: Outside,
    packet: Mapping[str, Any],
    exhibits: Sequence[Exhibit],
    host: Picture,
    seed: Picture,
    now: datetime,
    *,
    is_dated: bool,
    limits: Sequence[str] = (),
) -> bytes:
    """The page, as UTF-8."""
    style = _data("report.css")
    finding = case.finding
    relation = finding.relation if finding else Relation.MIRROR
    lines = verdicts.lines(finding.prior_bits, finding.evidence, relation) if finding else ()
    bits = finding.score_bits if finding else 0.0
    html = _template().render(
        case=case,
        packet=packet,
        state=case.state,
        now=now,
        style=style,
        style_hash=f"sha256-{base64.b64encode(sha256(style.encode()).digest()).decode()}",
        pictures={"host": host, "seed": seed},
        waterfall=[_bar(line) for line in lines],
        total=f"{bits:+.2f}",
        odds=f"{min(max(confidence(bits), 0.001), 0.999):.1%}",
        ignored=_cut(
            [
                (e.kind, e.because, e.ignored)
                for e in (finding.evidence if finding else ())
                if e.ignored
            ]
        ),
        proposals=_cut(
            [
                (p.first_seen_at, p.technique, p.channel, p.seen_on, p.because)
                for p in case.proposals
            ]
        ),
        newest=case.looks[0] if case.looks else None,
        chain=[(h["url"], h["status"], h["how"], h["to_url"]) for h in packet["redirect_chain"]],
        dns_at=next((v.at for v in case.looks if v.dns), None),
        registrations=[
            (
                r.domain,
                _day(r.registered_at),
                _day(r.expires_at),
                r.registrar,
                r.first_seen_at,
                r.last_seen_at,
            )
            for r in case.registrations
        ],
        blockings=_cut(
            [
                (b.nameserver, b.how, b.first_seen_at, b.last_seen_at, b.answer)
                for b in case.blockings
            ]
        ),
        valid_until=_instant(packet["valid_until"]),
        certified_from=_instant((packet["certificate"] or {}).get("not_before")),
        certified_to=_instant((packet["certificate"] or {}).get("not_after")),
        states=_cut(
            [
                (
                    _instant(s["first_at"]),
                    _instant(s["last_at"]),
                    s["looks"],
                    s["vantage"],
                    s["availability"],
                    s["because"],
                )
                for s in packet["states"]
            ]
        ),
        judged=_cut(
            [(j.at, j.verdict, f"{j.score_bits:+.1f}", j.policy, j.gate) for j in case.judged]
        ),
        reviews=_cut(
            [
                (
                    r.at,
                    r.author,
                    f"{r.decision.value} {r.role}".strip(),
                    r.reason,
                    _stands(outside.binding.get(r.id, (True, ""))),
                )
                for r in case.reviews
            ]
        ),
        exhibits=[
            (
                e.type,
                e.host,
                e.captured_at,
                e.vantage,
                _own(e.path),
                f"{e.size_bytes:,}",
                Markup("<code>{}</code>").format(e.sha256),
            )
            for e in exhibits
        ],
        is_dated=is_dated,
        limits=limits,
    )
    return html.encode("utf-8", "replace")


def _cut(rows: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """At most `MAX_ROWS` of *rows*, the newest of which come last or first alike."""
    if len(rows) <= MAX_ROWS:
        return list(rows)
    left_out = (f"{len(rows) - MAX_ROWS} more are not shown",)
    return [*rows[: MAX_ROWS // 2], left_out, *rows[-MAX_ROWS // 2 :]]


def _bar(line: verdicts.Line) -> dict[str, object]:
    length = round(min(abs(line.bits), _BAR_BITS) / _BAR_BITS * _BAR_WIDTH / 2, 1)
    middle = _BAR_WIDTH // 2
    start = middle if line.bits >= 0 else middle - length
    side = "for" if line.bits >= 0 else "against"
    svg = (
        f'<svg width="{_BAR_WIDTH}" height="10" role="img" aria-label="{side}">'
        f'<rect class="axis" x="{middle}" y="0" width="1" height="10"/>'
        f'<rect class="{side}" x="{start}" y="1" width="{length}" height="8"/></svg>'
    )
    return {
        "bits": f"{line.bits:+.2f}",
        # Numbers and our own words alone.
        "bar": Markup(svg),  # noqa: S704
        "side": line.evidence.side.value if line.evidence else "",
        "kind": line.kind,
        "because": line.because,
    }


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "not said"


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _stands(binds: tuple[bool, str]) -> str:
    return ("yes" if binds[0] else "no") + (f": {binds[1]}" if binds[1] else "")
