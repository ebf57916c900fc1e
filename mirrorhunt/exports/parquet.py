"""A Parquet file for analysts: the fields of ``export jsonl`` as typed columns.

The schema is fixed, instants are milliseconds in UTC, and the file's metadata say which feed,
delivery and TLP it is of. A group of `ROWS_AT_A_TIME` is written as soon as it is full.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate, islice
from typing import Any, BinaryIO

from mirrorhunt.errors import InputError
from mirrorhunt.exports import About, Format, Row, Written, formats
from mirrorhunt.exports._said import publisher_name, seconds
from mirrorhunt.names import unicode_form

SCHEMA_VERSION = 1
ROWS_AT_A_TIME = 50_000
_TEXTS = (
    "host",
    "registrable_domain",
    "scope",
    "network",
    "relation",
    "verdict",
    "availability",
)
_INSTANTS = ("first_seen", "last_verified", "valid_until")
_LISTS = ("techniques", "reviewed_by")


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write *rows* as Parquet, compressed by zstd. Raises InputError where pyarrow is not
    installed."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise InputError(
            "parquet: pyarrow is not installed: pip install 'mirrorhunt[tables]'"
        ) from None
    written = Written()
    schema = _schema(pyarrow, about)
    rest = iter(rows)
    # Never closed by it: *out* is the caller's.
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        while some := list(islice(rest, ROWS_AT_A_TIME)):
            writer.write_batch(_batch(pyarrow, schema, some))
            written.entries += len(some)
    return written


def _schema(pa: Any, about: About) -> Any:
    text, instant = pa.string(), pa.timestamp("ms", tz="UTC")
    reason = pa.struct(
        [
            pa.field("kind", text, nullable=False),
            pa.field("bits", pa.float64(), nullable=False),
            pa.field("side", text, nullable=False),
            pa.field("because", text, nullable=False),
        ]
    )
    kinds = (
        dict.fromkeys(("host", "unicode", "registrable_domain", "scope", "network"), text)
        | dict.fromkeys(("relation", "verdict"), text)
        | {"score_bits": pa.float64(), "availability": text}
        | dict.fromkeys(_INSTANTS, instant)
        | {"techniques": pa.list_(text), "evidence": pa.list_(reason)}
        | {"reviewed_by": pa.list_(text)}
    )
    may_lack = {"last_verified", "valid_until"}
    return pa.schema(
        [pa.field(name, kind, nullable=name in may_lack) for name, kind in kinds.items()],
        metadata={
            "mirrorhunt.schema_version": str(SCHEMA_VERSION),
            "mirrorhunt.feed": _utf8(about.feed),
            "mirrorhunt.serial": str(about.serial),
            "mirrorhunt.made_at": seconds(about.at),
            "mirrorhunt.publisher": _utf8(publisher_name(about)),
            "mirrorhunt.contact": _utf8(about.contact),
            "mirrorhunt.tlp": about.tlp_label,
            "mirrorhunt.order": _utf8(about.order),
        },
    )


def _batch(pa: Any, schema: Any, rows: Sequence[Row]) -> Any:
    """*rows* as columns."""
    made: dict[str, Any] = {
        name: pa.array([_utf8(getattr(row, name)) for row in rows], pa.string()) for name in _TEXTS
    }
    made["unicode"] = pa.array([_utf8(unicode_form(row.host)) for row in rows], pa.string())
    made["score_bits"] = pa.array([row.score_bits for row in rows], pa.float64())
    for name in _INSTANTS:
        made[name] = pa.array([getattr(row, name) for row in rows], schema.field(name).type)
    for name in _LISTS:
        lists: list[tuple[str, ...]] = [getattr(row, name) for row in rows]
        texts = pa.array([_utf8(text) for texts in lists for text in texts], pa.string())
        made[name] = _list(pa, schema.field(name).type, [len(texts) for texts in lists], texts)
    made["evidence"] = _evidence(pa, schema.field("evidence").type, rows)
    return pa.record_batch([made[name] for name in schema.names], schema=schema)


def _evidence(pa: Any, kind: Any, rows: Sequence[Row]) -> Any:
    reasons = [reason for row in rows for reason in row.evidence]
    flat = pa.StructArray.from_arrays(
        [
            pa.array([_utf8(reason.kind) for reason in reasons], pa.string()),
            pa.array([reason.bits for reason in reasons], pa.float64()),
            pa.array([_utf8(reason.side) for reason in reasons], pa.string()),
            pa.array([_utf8(reason.because) for reason in reasons], pa.string()),
        ],
        fields=list(kind.value_type),
    )
    return _list(pa, kind, [len(row.evidence) for row in rows], flat)


def _list(pa: Any, kind: Any, lengths: Sequence[int], values: Any) -> Any:
    offsets = pa.array(accumulate(lengths, initial=0), pa.int32())
    return pa.ListArray.from_arrays(offsets, values, type=kind)


def _utf8(text: str) -> str:
    """*text* without what UTF-8 cannot carry: a page may have written half a surrogate pair."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


formats.offer(
    Format(
        "a Parquet file with typed columns, for analysts",
        file="hosts.parquet",
        write=write,
        reads_evidence=True,
    ),
    module=__name__,
)
