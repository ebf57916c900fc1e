"""What a look leaves behind: once, whole, and whatever was served."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, Row, select

from mirrorhunt.model import (
    Availability,
    Failure,
    FailureKind,
    Hop,
    Observation,
    Pointer,
    Rcode,
    Ruling,
    Visit,
)
from mirrorhunt.store import runs
from mirrorhunt.store.tables import Host
from mirrorhunt.store.tables import Observation as Stored
from mirrorhunt.store.tables import Visit as StoredVisit
from mirrorhunt.store.types import clean
from mirrorhunt.targets import Hunting
from tests import make, stored


def full(host: str = "films2.example") -> Visit:
    """A look at which everything was seen."""
    return replace(
        stored.look(
            host,
            {"ad_id": ["pub-1", "pub-2"], "brand": ["films"]},
            pointers=[stored.pointer("films3.example"), stored.pointer("films4.example", "text")],
        ),
        dns=make.dns("192.0.2.7", nameservers=["ns2.dns.example", "ns1.dns.example"]),
        certificate=make.certificate(host, f"*.{host}"),
        chain=(Hop(f"https://{host}/", 301, f"https://www.{host}/", "redirect"),),
        address="192.0.2.7",
        inner_paths=("/contact",),
    )


def only(
    engine: Engine, table: type[Host] | type[Stored] | type[StoredVisit]
) -> Row[tuple[object, ...]]:
    with engine.begin() as connection:
        found: Row[tuple[object, ...]] = connection.execute(select(table.__table__)).one()
        return found


def observations(engine: Engine) -> dict[tuple[str, str], Row[tuple[object, ...]]]:
    with engine.begin() as connection:
        rows = connection.execute(select(Stored.__table__)).all()
    return {(row.kind, row.value): row for row in rows}


def next_run(engine: Engine, hunting: Hunting, at: datetime) -> Hunting:
    """The run after *hunting*, which is closed."""
    with engine.begin() as connection:
        runs.finish_run(connection, hunting.run.id, at, None)
    return stored.begun(engine, *hunting.seeds, now=at)


# ---------------------------------------------------------------- once


def test_storing_a_visit_twice_changes_nothing(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, full())
    before = stored.everything(any_engine)

    stored.looked(any_engine, hunting, full())
    stored.looked(any_engine, hunting, full(), full())

    assert stored.everything(any_engine) == before


def test_a_visit_twice_in_one_batch_is_one_visit(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, full(), full())

    assert stored.counts(any_engine)["visits"] == 1
    assert observations(any_engine)["ad_id", "pub-1"].visits == 1


def test_the_order_of_a_batch_does_not_matter(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    batch = [full("films2.example"), full("films3.example"), full("films4.example")]
    random.Random(1).shuffle(batch)
    stored.looked(any_engine, hunting, *batch)
    counts = stored.counts(any_engine)

    assert (counts["visits"], counts["observations"]) == (3, 15)


def test_the_next_run_counts_up_and_moves_the_last_sighting(
    any_engine: Engine, now: datetime
) -> None:
    first = stored.begun(any_engine)
    stored.looked(any_engine, first, full())
    later = now + timedelta(days=3)
    second = next_run(any_engine, first, later)
    stored.looked(any_engine, second, replace(full(), at=later))

    row = observations(any_engine)["ad_id", "pub-1"]
    assert (row.first_seen_at, row.last_seen_at, row.visits) == (now, later, 2)
    assert (row.first_run_id, row.last_run_id) == (first.run.id, second.run.id)
    assert stored.counts(any_engine)["visits"] == 2


def test_pointers_are_observations_with_their_sentence(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, full())
    row = observations(any_engine)["to_text", "films4.example"]

    assert row.because == "a page names films4.example as text"
    assert row.technique == "page_links"


# ---------------------------------------------------------------- the state of a host


def test_another_page_does_not_decide_the_state(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine, "films2.example")
    stored.looked(any_engine, hunting, full())
    inner = stored.look("films2.example", state=Availability.ERROR, path="/contact")
    stored.looked(any_engine, hunting, inner)

    assert only(any_engine, Host).availability == "live"


def test_a_state_has_a_beginning_that_lasts_while_it_does(
    any_engine: Engine, now: datetime
) -> None:
    hunting = stored.begun(any_engine, "films2.example")
    states = (Availability.LIVE, Availability.LIVE, Availability.SEIZED, Availability.SEIZED)
    for day, state in enumerate(states):
        at = now + timedelta(days=day)
        stored.looked(any_engine, hunting, stored.look("films2.example", state=state, at=at))
        hunting = next_run(any_engine, hunting, at)
    host = only(any_engine, Host)

    assert host.availability == "seized"
    assert host.availability_since == now + timedelta(days=2)
    assert host.last_visited_at == now + timedelta(days=3)
    assert host.last_live_at == now + timedelta(days=1)


def test_the_run_that_first_saw_it_live_is_kept(any_engine: Engine, now: datetime) -> None:
    first = stored.begun(any_engine, "films2.example")
    stored.looked(any_engine, first, stored.look("films2.example", state=Availability.DEAD))
    second = next_run(any_engine, first, now)
    stored.looked(any_engine, second, stored.look("films2.example"))
    third = next_run(any_engine, second, now)
    stored.looked(any_engine, third, stored.look("films2.example"))

    assert only(any_engine, Host).first_live_run_id == second.run.id


def test_a_look_without_a_page_says_why(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    failed = replace(
        stored.look("films2.example", state=Availability.DEAD),
        page=None,
        dns=make.dns(rcode=Rcode.NXDOMAIN),
        failure=Failure(FailureKind.UNRESOLVED, "no address: NXDOMAIN"),
    )
    stored.looked(any_engine, hunting, failed)
    row = only(any_engine, StoredVisit)

    assert (row.failure, row.failure_detail) == ("unresolved", "no address: NXDOMAIN")
    assert row.http_status is None
    assert row.body_digest is None
    assert row.dns["rcode"] == "NXDOMAIN"


# ---------------------------------------------------------------- what strangers wrote

# Incompressible on purpose: an index of PostgreSQL holds at most 2,704 bytes a row.
EMOJI = "".join(chr(random.Random(7).choice(range(0x1F300, 0x1F600))) for _ in range(10_000))
SHUFFLED = "".join(random.Random(8).choices([chr(n) for n in range(0x20000, 0x2A000)], k=10_000))
HOSTILE = [
    pytest.param("a\x00b\x00", id="NUL"),
    pytest.param("a\ud800b\udfff", id="lone surrogates"),
    pytest.param("\U0001f3ac\U0001f1ee\U0001f1f9", id="four-byte emoji"),
    pytest.param("films\u202egro.elpmaxe\u202c", id="direction overrides"),
    pytest.param("'; drop table hosts; --", id="quotes"),
    pytest.param("%s %(x)s :x {x} \\", id="placeholders"),
    pytest.param("\r\n\t\x1b[31m", id="controls"),
    pytest.param("x" * 10_000, id="10,000 characters"),
    pytest.param(EMOJI, id="10,000 emoji"),
    pytest.param(SHUFFLED, id="10,000 rare characters"),
    pytest.param("", id="nothing"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_an_observed_value_is_stored_and_read_back(text: str, any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    seen = stored.look("films2.example", {"brand": [text]})
    stored.looked(any_engine, hunting, seen)
    before = stored.everything(any_engine)
    stored.looked(any_engine, hunting, seen)

    assert list(observations(any_engine)) == [("brand", clean(text[:600]))]
    assert stored.everything(any_engine) == before


@pytest.mark.parametrize("text", HOSTILE)
def test_a_look_at_a_hostile_host_is_stored_whole(text: str, any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    seen = full()
    assert seen.dns is not None
    assert seen.certificate is not None
    seen = replace(
        seen,
        # Bytes hold no lone surrogate; a URL put together by us may.
        page=replace(make.page(f"<title>{clean(text)}</title>"), url="https://x.example/?" + text),
        ruling=Ruling(Availability.LIVE, "live", text),
        failure=Failure(FailureKind.RESET, text),
        chain=(Hop("https://films2.example/", 301, text, "redirect"),),
        dns=replace(seen.dns, aliases=(text,), soa_rname=text),
        certificate=replace(seen.certificate, issuer=text, organization=text, names=(text,)),
        inner_paths=("/" + text[:300],),
        pointers=(Pointer("films3.example", "link", "body", "page_links", text),),
        observations=(Observation("title", text, "head"),),
    )
    stored.looked(any_engine, hunting, seen)
    row = only(any_engine, StoredVisit)

    assert row.because == clean(text[:300])
    assert row.inner_paths == ["/" + text[:300]]
    assert row.dns["aliases"] == [text]
    assert row.chain[0]["to_url"] == text


def test_values_that_are_one_after_cleaning_do_no_harm(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    values = ["a\x00", "a\ufffd", "b" * 600 + "c", "b" * 600 + "d"]
    stored.looked(any_engine, hunting, stored.look("films2.example", {"brand": values}))

    assert set(observations(any_engine)) == {("brand", "a\ufffd"), ("brand", "b" * 600)}


def test_a_visit_without_a_ruling_is_our_fault(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    with pytest.raises(AssertionError):
        stored.looked(any_engine, hunting, replace(stored.look("films2.example"), ruling=None))

    assert stored.counts(any_engine)["visits"] == 0


def test_a_thousand_looks_are_one_batch(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    batch = [stored.look(f"films{n}.example", {"brand": ["films"]}) for n in range(1000)]
    stored.looked(any_engine, hunting, *batch)

    assert stored.counts(any_engine)["observations"] == 1000
