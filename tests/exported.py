"""Rows for the tests of the formats, and any row that hypothesis can think of."""

from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from mirrorhunt.exports import About, Reason, Row, Written, formats
from tests import make


def row(
    host: str = "films2.example", because: str = "the same ad account", **other: object
) -> Row:
    """One published host, with *other* fields."""
    plain: dict[str, object] = {
        "host": host,
        "registrable_domain": host,
        "scope": "domain",
        "network": "films",
        "relation": "mirror",
        "verdict": "confirmed",
        "score_bits": 6.5,
        "availability": "live",
        "first_seen": make.at(-30),
        "last_verified": make.NOW,
        "valid_until": make.at(7),
        "techniques": ("page_links", "redirects"),
        "evidence": (Reason("ad_id", 5.25, "joint", because),),
        "reviewed_by": (),
    }
    return Row(**(plain | other))  # type: ignore[arg-type]  # The caller knows the fields.


THREE = (
    row("films2.example"),
    row("cdn7.shared-host.example", registrable_domain="shared-host.example", scope="host"),
    row("xn--bcher-kva.example"),
)
"""A domain, exactly a host, and a name of another alphabet."""
ABOUT = About("films", 1795464000, make.NOW, publisher="Example Rights", contact="a@b.example")


def export(name: str, rows: Iterable[Row], about: About = ABOUT) -> tuple[bytes, Written]:
    """What the one-file format *name* makes of *rows*, and what it says it did."""
    out = BytesIO()
    write = formats[name].write
    assert write is not None
    said = write(iter(rows), out, about)
    return out.getvalue(), said


def export_folder(
    name: str, rows: Iterable[Row], about: About = ABOUT
) -> tuple[dict[str, bytes], Written]:
    """The files that the format *name* makes of *rows*, by name, and what it says it did."""
    write = formats[name].write_folder
    assert write is not None
    with TemporaryDirectory() as folder:
        said = write(iter(rows), Path(folder), about)
        return {file.name: file.read_bytes() for file in sorted(Path(folder).iterdir())}, said


def written(name: str, *rows: Row) -> bytes:
    """What the format *name* makes of *rows*; it counts them all, too."""
    made, said = export(name, rows)
    assert said.entries == len(rows)
    return made


# Lone surrogates and controls among them: a page may have written any of it.
_ANY = st.text(st.characters(), max_size=40)
_INSTANT = st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1))  # noqa: DTZ001 - Hypothesis wants it naive.
ROWS = st.builds(
    row,
    because=_ANY,
    network=_ANY,
    availability=_ANY,
    score_bits=st.floats(-100, 100),
    first_seen=_INSTANT,
    last_verified=st.none() | _INSTANT,
    valid_until=st.none() | _INSTANT,
    techniques=st.lists(_ANY, min_size=1, max_size=3).map(tuple),
    reviewed_by=st.lists(_ANY, max_size=2).map(tuple),
)
