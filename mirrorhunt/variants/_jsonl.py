"""One question a line in, one answer a line out: how other programs ask for names.

A question is ``{"known": ["a.example"], "first_seen": ["2024-01-31T00:00:00Z"], "as_of":
"2024-06-01T00:00:00Z", "k": 1000}``; its answer a list of registrable domains, likeliest first.
``first_seen`` may be left out or hold nulls; ``k`` may be left out. What cannot be answered gets
``{"error": "..."}`` on its line, so that answers stay in step with questions.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NoReturn

from mirrorhunt.errors import InputError
from mirrorhunt.variants._past import Known
from mirrorhunt.variants._proposer import propose
from mirrorhunt.variants._statistics import Statistics

MAX_NAMES = 1_000_000
_MAX_LINE = 4_000_000


def answer(
    line: str,
    statistics: Statistics | None = None,
    is_excluded: Callable[[str], bool] | None = None,
) -> str:
    """The answer to the question in *line*, without a line end. Raises nothing for bad lines.

    *statistics* are those shipped if None; *is_excluded* names what must not be proposed.
    """
    try:
        known, as_of, limit = _question(line)
        proposals = propose(known, as_of, statistics or Statistics.shipped(), limit, is_excluded)
        return json.dumps([proposal.host for proposal in proposals])
    except (InputError, ValueError, OverflowError, RecursionError) as e:
        return json.dumps({"error": str(e)[:500]})


def _question(line: str) -> tuple[list[Known], datetime, int]:
    if len(line) > _MAX_LINE:
        raise InputError(f"a line of {len(line)} characters is too long: at most {_MAX_LINE}")
    try:
        asked = json.loads(line)
    except ValueError as e:
        raise InputError(f"{line.strip()[:80]!r} is not JSON: {e}") from None
    if not isinstance(asked, dict):
        raise InputError(f"{line.strip()[:80]!r} is no JSON object")
    hosts = asked.get("known")
    if not isinstance(hosts, list) or not all(isinstance(name, str) for name in hosts):
        _refuse("known", hosts, "a list of host names")
    dates = asked.get("first_seen")
    if dates is None:
        dates = [None] * len(hosts)
    if not isinstance(dates, list) or len(dates) != len(hosts):
        _refuse("first_seen", dates, f"a list of {len(hosts)} instants, one for each known name")
    limit = asked.get("k", 10_000)
    if not isinstance(limit, int) or isinstance(limit, bool) or not 0 <= limit <= MAX_NAMES:
        _refuse("k", limit, f"a whole number up to {MAX_NAMES}")
    as_of = _instant("as_of", asked.get("as_of"))
    known = [
        Known(name, None if date is None else _instant("first_seen", date))
        for name, date in zip(hosts, dates, strict=True)
    ]
    return known, as_of, limit


def _instant(name: str, value: object) -> datetime:
    try:
        instant = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        _refuse(name, value, "an instant such as 2024-06-01T00:00:00Z")
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _refuse(name: str, value: object, wanted: str) -> NoReturn:
    raise InputError(f"{name!r} is {json.dumps(value)[:80]}: give {wanted}")
