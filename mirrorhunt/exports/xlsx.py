"""A workbook for people: one sheet of hosts, one that says what it is.

No cell is a formula and none a link: a title that a stranger wrote must not compute, and one click
must not open the site. A sheet takes 1,048,576 lines; what is more is left out, and said.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, BinaryIO

from mirrorhunt.errors import InputError
from mirrorhunt.exports import About, Format, Row, Written, formats
from mirrorhunt.exports._said import confidence, publisher_name, seconds, shown
from mirrorhunt.names import unicode_form

MAX_LINES = 1_048_576
"""Of a sheet, its header among them: Excel's limit."""
MAX_CHARS = 32_000
"""Of a cell, below Excel's 32,767."""
COLUMNS = {
    "host": 32,
    "unicode": 32,
    "registrable_domain": 28,
    "scope": 8,
    "network": 18,
    "relation": 10,
    "verdict": 10,
    "score_bits": 10,
    "confidence": 10,
    "availability": 11,
    "first_seen": 19,
    "last_verified": 19,
    "valid_until": 19,
    "techniques": 24,
    "because": 80,
    "reviewed_by": 18,
}
"""To their width in characters."""
# Days from Excel's day zero to that of Unix.
_EPOCH_DAYS = 25_569
_DAY_S = 86_400
_FORMULA_STARTS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write *rows* as a workbook. Raises InputError where XlsxWriter is not installed."""
    try:
        import xlsxwriter
    except ImportError:
        raise InputError(
            "xlsx: XlsxWriter is not installed: pip install 'mirrorhunt[tables]'"
        ) from None
    # Rows go to a temporary file as they come.
    book = xlsxwriter.Workbook(
        out, {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    )
    book.set_properties(
        {
            "title": shown(about.feed, 200),
            "author": publisher_name(about),
            "comments": about.tlp_label,
            "created": about.at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    try:
        written = _write_hosts(book, rows, about)
        _write_about(book, about, written)
    finally:
        book.close()
    return written


def _write_hosts(book: Any, rows: Iterable[Row], about: About) -> Written:
    written = Written()
    sheet = book.add_worksheet("hosts")
    sheet.set_header(f"&C{about.tlp_label}")
    sheet.freeze_panes(1, 1)
    for column, (name, width) in enumerate(COLUMNS.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, _bold(book))
    text, number = sheet.write_string, sheet.write_number
    instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    # What was typed after a quote: it stays a text when somebody edits the cell.
    quoted = book.add_format({"quote_prefix": True})
    line = 0
    for row in rows:
        if line + 1 >= MAX_LINES:
            written.leave_out(row.host, f"a sheet takes {MAX_LINES - 1:,} hosts")
            continue
        line += 1
        written.entries += 1
        for column, cell in enumerate(_cells(row)):
            if isinstance(cell, str):
                if cell:
                    text(line, column, cell, quoted if cell.startswith(_FORMULA_STARTS) else None)
            elif isinstance(cell, datetime):
                number(line, column, _EPOCH_DAYS + cell.timestamp() / _DAY_S, instant)
            elif cell is not None:
                number(line, column, cell)
    return written


def _bold(book: Any) -> Any:
    return book.add_format({"bold": True})


def _cells(row: Row) -> list[str | float | datetime | None]:
    return [
        row.host,
        unicode_form(row.host),
        row.registrable_domain,
        row.scope,
        shown(row.network, MAX_CHARS),
        row.relation,
        row.verdict,
        row.score_bits,
        confidence(row),
        shown(row.availability, MAX_CHARS),
        row.first_seen,
        row.last_verified,
        row.valid_until,
        shown(" ".join(row.techniques), MAX_CHARS),
        shown("; ".join(reason.because for reason in row.evidence), MAX_CHARS),
        shown(" ".join(row.reviewed_by), MAX_CHARS),
    ]


def _write_about(book: Any, about: About, written: Written) -> None:
    """The second sheet: instants are UTC, and what is not in the first one."""
    sheet = book.add_worksheet("about")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 60)
    said = {
        "feed": about.feed,
        "serial": str(about.serial),
        "made at (UTC)": seconds(about.at),
        "publisher": publisher_name(about),
        "contact": about.contact,
        "tlp": about.tlp_label,
        "order": about.order,
        "hosts": str(written.entries),
    } | {f"left out: {why}": str(count) for why, count in written.left_out.items()}
    for line, (name, value) in enumerate(said.items()):
        sheet.write_string(line, 0, name)
        sheet.write_string(line, 1, shown(value, MAX_CHARS))


formats.offer(
    Format(
        "a workbook for people, without formulas and links",
        file="hosts.xlsx",
        write=write,
        reads_evidence=True,
    ),
    module=__name__,
)
