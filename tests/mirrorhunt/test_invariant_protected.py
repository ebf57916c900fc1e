"""I2: a protected name is never scored nor published, under any input."""

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from mirrorhunt import judging, publishing, targets
from mirrorhunt.config import Config
from mirrorhunt.model import Pointer, Verdict
from mirrorhunt.protected import builtin
from mirrorhunt.protecting import Keep
from mirrorhunt.store import candidates, findings
from mirrorhunt.store.session import engine_for
from tests import make, stored

# Real names: that they are protected is the very point.
PROTECTED = sorted({p.name for p in builtin() if p.scope == "domain"})
KEEP = Keep(builtin(), make.NOW)
HOWS = ("redirect", "announcement", "link", "canonical", "certificate", "text")
# All that a mirror of the network would show.
OWN = {
    "analytics_id": ["ga:UA-1"],
    "ad_id": ["zone:1"],
    "handle": ["telegram:films"],
    "brand": ["films"],
    "offers": ["player", "stream"],
    "to_redirect": ["films1.example"],
}
names = st.tuples(st.sampled_from(["", "www.", "cdn.", "a.b."]), st.sampled_from(PROTECTED)).map(
    "".join
)


@pytest.fixture(scope="module")
def fresh(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Engine]:
    """A new database for each example."""
    folder: Path = tmp_path_factory.mktemp("protected")
    numbers = count()

    def make_one() -> Engine:
        file = folder / f"{next(numbers)}.db"
        shutil.copy(sqlite_template, file)
        return engine_for(f"sqlite:///{file}")

    return make_one


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(names, min_size=1, max_size=12, unique=True), st.sampled_from(HOWS))
def test_i2_no_pointer_makes_a_protected_name_a_candidate(
    fresh: Callable[[], Engine], protected: list[str], how: str
) -> None:
    engine = fresh()
    hunting = stored.begun(engine)
    pointers = [Pointer(name, how, "template", "page_links", "says so") for name in protected]
    stored.looked(engine, hunting, stored.look("films1.example", OWN, pointers=pointers))

    targets.next_round(engine, hunting, Config(), KEEP, make.NOW)

    with engine.begin() as connection:
        assert candidates.considered(connection, hunting.network_id) == set()
    engine.dispose()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(names, min_size=1, max_size=12, unique=True),
    st.sampled_from([Verdict.CONFIRMED, Verdict.PROBABLE, Verdict.CANDIDATE]),
    st.booleans(),
)
def test_i2_a_protected_name_that_got_in_all_the_same_is_neither_scored_nor_published(
    fresh: Callable[[], Engine], protected: list[str], stored_as: Verdict, judged_again: bool
) -> None:
    # Whatever an older version, another list or a hand in the database left there.
    engine = fresh()
    hunting = stored.begun(engine)
    stored.proposed(engine, hunting, *protected)
    stored.looked(engine, hunting, *(stored.look(name, OWN) for name in protected))
    stored.concluded(engine, hunting, *(stored.judgement(name, stored_as) for name in protected))

    if judged_again:
        judging.judge_network(engine, hunting.network, make.NOW, KEEP.is_out)
        with engine.begin() as connection:
            found = list(findings.findings(connection, hunting.network, list(Verdict)))
            assert {f.verdict for f in found if f.host in protected} == {Verdict.PROTECTED}
            assert {f.score_bits for f in found if f.host in protected} == {0.0}

    for at_least in publishing.LEVELS:
        rows = publishing.rows(
            engine, KEEP, network=None, at_least=at_least, valid_days=7, only_live=False
        )
        assert not {row.host for row in rows} & set(protected)
    engine.dispose()
