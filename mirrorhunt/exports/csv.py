"""A table for spreadsheets, safe against what a spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO

from mirrorhunt.exports import About, Format, Row, Written, formats
from mirrorhunt.names import unicode_form

COLUMNS = (
    "host",
    "unicode",
    "registrable_domain",
    "scope",
    "network",
    "relation",
    "verdict",
    "score_bits",
    "availability",
    "first_seen",
    "last_verified",
    "valid_until",
    "techniques",
    "because",
    "reviewed_by",
)
# What Excel, LibreOffice and Google Sheets take for the start of a formula (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write *rows* as UTF-8 by RFC 4180, with a header line."""
    text = io.TextIOWrapper(out, encoding="utf-8", errors="replace", newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    written = Written()
    for row in rows:
        writer.writerow([safe(cell) for cell in _cells(row)])
        written.entries += 1
    text.flush()
    text.detach()
    return written


def _cells(row: Row) -> list[str]:
    return [
        row.host,
        unicode_form(row.host),
        row.registrable_domain,
        row.scope,
        row.network,
        row.relation,
        row.verdict,
        f"{row.score_bits:.2f}",
        row.availability,
        _instant(row.first_seen),
        _instant(row.last_verified),
        _instant(row.valid_until),
        " ".join(row.techniques),
        "; ".join(reason.because for reason in row.evidence),
        " ".join(row.reviewed_by),
    ]


def _instant(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def safe(cell: str) -> str:
    """*cell* as text that no spreadsheet runs; a number stays a number.

    >>> safe("=HYPERLINK(1)"), safe("-3.25"), safe("goal.example")
    ("'=HYPERLINK(1)", '-3.25', 'goal.example')
    """
    # Control characters would break lines or hide what follows; NUL ends a cell for some readers.
    clean = "".join(c if c.isprintable() or c == " " else " " for c in cell)
    if cell.startswith(_FORMULA_STARTS) or clean.startswith(_FORMULA_STARTS):
        return clean if _is_number(clean) else "'" + clean
    return clean


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdecimal() and text[:1] in "+-"


formats.offer(
    Format(
        "a table for spreadsheets, safe against formulas",
        file="hosts.csv",
        write=write,
        reads_evidence=True,
    ),
    module=__name__,
)
