"""What an analyst brings in counts, and revives nobody."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from mirrorhunt import targets
from mirrorhunt.archive import importing, keeping
from mirrorhunt.archive.importing import Imported, Wish
from mirrorhunt.archive.vault import Vault
from mirrorhunt.config import Config
from mirrorhunt.crawling.runner import all_techniques
from mirrorhunt.errors import InputError
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.protected import Protection, builtin
from mirrorhunt.protecting import Keep
from mirrorhunt.store import candidates, captures, hosts
from mirrorhunt.store.adopting import Caps
from mirrorhunt.store.tables import Candidate, Host, Observation, Run
from tests import make, stored
from tests.mirrorhunt.archive.test_foreign import entry, har

TECHNIQUES = all_techniques(Config())
CAPS = Caps(per_host=200, per_domain=20)
HOST = "films2.example"
PAGE = f"<title>Films</title><h1>Live sport tonight</h1>{'<p>Watch the match here. ' * 40}"
CHALLENGE = (
    "<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script>"
)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """An empty vault."""
    return Vault(tmp_path / "archive", 10_000_000)


@pytest.fixture
def known(any_engine: Engine) -> Engine:
    """A database in which the host is a candidate that stands behind a human test."""
    hunting = stored.begun(any_engine)
    stored.proposed(any_engine, hunting, HOST)
    stored.looked(any_engine, hunting, stored.look(HOST, state=Availability.CHALLENGE))
    stored.next_run(any_engine, hunting, make.NOW)
    return any_engine


def wish(tmp_path: Path, data: bytes = b"", **changes: Any) -> Wish:
    file = tmp_path / "capture.har"
    file.write_bytes(data or har(entry(f"https://{HOST}/", PAGE)))
    return replace(Wish(file, HOST, "ann", "my browser, Rome"), **changes)


def brought(
    engine: Engine,
    vault: Vault,
    of: Wish,
    now: datetime = make.NOW,
    caps: Caps = CAPS,
) -> Imported:
    own = Protection("protected.example", "domain", "operator", "our shop")
    keep = Keep(builtin().with_names([own]), now)
    return importing.bring_in(engine, vault, of, keep, now, TECHNIQUES, caps)


def candidates_of(engine: Engine, network: str = "films") -> list[str]:
    with engine.begin() as connection:
        return sorted(
            candidates.considered(connection, hosts.find_network_id(connection, network))
        )


def links(*named: str) -> str:
    return PAGE + "".join(f"<a href='https://{host}/'>{host}</a> " for host in named)


def row(engine: Engine, host: str = HOST) -> dict[str, Any]:
    with engine.begin() as connection:
        found = connection.execute(select(Host.__table__).where(Host.name == host)).one()
        return dict(found._mapping)


# ---------------------------------------------------------------- what it must not do


@pytest.mark.parametrize("state", list(Availability))
def test_no_state_moves(
    any_engine: Engine, vault: Vault, tmp_path: Path, state: Availability
) -> None:
    hunting = stored.begun(any_engine)
    stored.proposed(any_engine, hunting, HOST)
    stored.looked(any_engine, hunting, stored.look(HOST, state=state))
    before = row(any_engine)
    done = brought(any_engine, vault, wish(tmp_path))

    assert done.visit.ruling is not None
    assert done.visit.ruling.availability is Availability.LIVE
    assert done.visit.observations
    assert row(any_engine) == before


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"host": "no host"}, "no host"),
        ({"host": "protected.example"}, "out of reach"),
        ({"host": "a.protected.example"}, "out of reach"),
        ({"host": "films7.example"}, "known in no network: say --network"),
        ({"host": "films7.example", "network": "films"}, "holds no page of 'films7.example'"),
        ({"network": "goals"}, "no network 'goals'"),
        ({"reason": " "}, "no reason"),
        ({"author": " "}, "author"),
        ({"at": make.at(1)}, "in the future"),
        ({"at": datetime(1970, 1, 1, tzinfo=make.NOW.tzinfo)}, "before there was a web"),
    ],
)
def test_what_cannot_be_brought_in_is_one_line_and_stores_nothing(
    known: Engine, vault: Vault, tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    before = stored.everything(known)
    with pytest.raises(InputError, match=why) as e:
        brought(known, vault, wish(tmp_path, **changes))

    assert "\n" not in str(e.value)
    assert stored.everything(known) == before
    assert list(vault.digests()) == []


def test_a_saved_page_needs_a_date(known: Engine, vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="say --at TIME"):
        brought(known, vault, wish(tmp_path, PAGE.encode()))

    done = brought(known, vault, wish(tmp_path, PAGE.encode(), at=make.at(-3)))
    assert done.visit.at == make.at(-3)


def test_a_chain_that_leaves_the_file_is_refused(
    known: Engine, vault: Vault, tmp_path: Path
) -> None:
    moved = {"status": 302, "headers": [{"name": "Location", "value": "https://other.example/"}]}
    data = har(entry(f"https://{HOST}/", response=moved))

    with pytest.raises(InputError, match="which is not in it"):
        brought(known, vault, wish(tmp_path, data))


def test_what_is_not_live_shows_nothing(known: Engine, vault: Vault, tmp_path: Path) -> None:
    data = har(entry(f"https://{HOST}/", CHALLENGE, response={"status": 403}))
    data = data.replace(b'"headers": []', b'"headers": []')
    done = brought(known, vault, wish(tmp_path, data))

    assert done.visit.ruling is not None
    assert done.visit.ruling.availability is not Availability.LIVE
    assert not [o for o in done.visit.observations if o.kind in {"brand", "text", "page_shape"}]


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            "<title>films2.example is for sale</title><h1>Buy this domain</h1>"
            "<a href='https://films8.example/'>films8.example</a>",
            id="for sale",
        ),
        pytest.param(links("www.films2.example", "rai.it", "a.protected.example"), id="none out"),
        pytest.param(PAGE + "<a href='https://10.0.0.1/'>x</a> <a href='//co.uk/'>y</a>", id="no"),
    ],
)
def test_what_is_no_lead_from_a_spider_is_none_from_a_person(
    known: Engine, vault: Vault, tmp_path: Path, page: str
) -> None:
    done = brought(known, vault, wish(tmp_path, har(entry(f"https://{HOST}/", page))))

    assert done.visit.pointers == ()
    assert candidates_of(known) == [HOST]


def test_a_host_that_a_person_rejected_brings_up_nothing(
    known: Engine, vault: Vault, tmp_path: Path
) -> None:
    hunting = stored.begun(known)
    stored.concluded(known, hunting, stored.judgement(HOST, Verdict.REJECTED))
    done = brought(known, vault, wish(tmp_path, har(entry(text=links("films8.example")))))

    assert [p.host for p in done.visit.pointers] == ["films8.example"]
    assert (done.brought_up, candidates_of(known)) == ((), [HOST])


def test_no_number_of_imports_brings_up_more_than_the_cap(
    known: Engine, vault: Vault, tmp_path: Path
) -> None:
    caps = Caps(per_host=3, per_domain=2)
    named = [f"goal{n}.example" for n in range(9)] + [f"{n}.shop.example" for n in range(9)]
    for days in (-3, -2, -1):
        brought(
            known,
            vault,
            wish(tmp_path, har(entry(text=links(*named))), at=make.at(days)),
            caps=caps,
        )

    assert len(candidates_of(known)) == 1 + caps.per_host


def test_what_was_seen_since_is_not_dated_back(
    known: Engine, vault: Vault, tmp_path: Path
) -> None:
    def seen() -> dict[tuple[str, str, str], datetime]:
        with known.begin() as connection:
            rows = connection.execute(
                select(
                    Observation.kind,
                    Observation.value,
                    Observation.region,
                    Observation.last_seen_at,
                )
            )
            return {(r.kind, r.value, r.region): r.last_seen_at for r in rows}

    brought(known, vault, wish(tmp_path, at=make.at(-1)))
    before = seen()
    brought(known, vault, wish(tmp_path, at=make.at(-100)))

    assert before
    assert seen() == before


# ---------------------------------------------------------------- what it does


def test_a_capture_is_kept_with_the_file_as_it_is(
    known: Engine, vault: Vault, tmp_path: Path
) -> None:
    asked = wish(tmp_path)
    brought(known, vault, asked)

    with known.begin() as connection:
        [found] = captures.of_host(connection, HOST)
    capture = found.capture
    assert (capture.reason, capture.author, capture.note) == ("manual", "ann", "my browser, Rome")
    assert (capture.vantage, capture.path) == ("manual", "/#manual")
    original = capture.file("original")
    assert original is not None
    assert vault.get(original.digest) == asked.file.read_bytes()
    assert capture.file("warc") is not None
    assert list(keeping.check(known, vault)) == []


def test_each_import_is_a_run_that_has_ended(known: Engine, vault: Vault, tmp_path: Path) -> None:
    for days in (-2, -1):
        brought(known, vault, wish(tmp_path, at=make.at(days)))

    with known.begin() as connection:
        ended = connection.execute(select(Run.finished_at).where(Run.kind == "import")).scalars()
        assert [at is not None for at in ended] == [True, True]
    assert stored.counts(known)["captures"] == 2


def test_a_new_host_becomes_a_candidate(known: Engine, vault: Vault, tmp_path: Path) -> None:
    data = har(entry("https://www.films7.example/", PAGE))
    asked = wish(tmp_path, data, host="www.films7.example", network="films")
    assert brought(known, vault, asked).is_new
    assert not brought(known, vault, asked).is_new

    assert row(known, "films7.example")["availability"] == "unresolved"
    assert row(known, "films7.example")["last_live_at"] is None


def test_what_the_page_behind_a_human_test_points_to_is_looked_at_next(
    known: Engine, vault: Vault, tmp_path: Path
) -> None:
    page = links("www.films8.example", "goal9.example", "legaseriea.it", "mail.google.com", HOST)
    done = brought(known, vault, wish(tmp_path, har(entry(text=page))))

    assert sorted(done.brought_up) == ["films8.example", "goal9.example"]
    assert candidates_of(known) == sorted([HOST, *done.brought_up])
    # As from a spider: with the technique that read it, the page, and the sentence.
    with known.begin() as connection:
        rows = connection.execute(
            select(Candidate.technique, Candidate.channel, Candidate.seen_on, Candidate.because)
            .join(Host, Host.id == Candidate.host_id)
            .where(Host.name == "films8.example")
        ).all()
        seen = connection.execute(
            select(Observation.kind, Observation.value).where(Observation.kind == "to_link")
        ).all()
    assert rows == [
        (
            "page_links",
            "link",
            HOST,
            f'linked as "www.films8.example" in the text of {HOST}',
        )
    ]
    assert sorted(seen) == [("to_link", "films8.example"), ("to_link", "goal9.example")]
    # The next hunt looks at both.
    hunting = stored.begun(known)
    due = [target.host for target in targets.next_targets(known, hunting, Config())]
    assert {"films8.example", "goal9.example"} <= set(due)


def test_what_is_brought_in_twice_doubles_nothing(
    known: Engine, vault: Vault, tmp_path: Path
) -> None:
    asked = wish(tmp_path, har(entry(text=links("films8.example", "goal9.example"))))
    first = brought(known, vault, asked)
    before = stored.counts(known)
    again = brought(known, vault, asked)

    assert (len(first.brought_up), again.brought_up) == (2, ())
    after = stored.counts(known)
    for table in ("hosts", "candidates", "observations"):
        assert after[table] == before[table]


def test_where_the_page_sends_its_visitors_is_a_candidate(
    known: Engine, vault: Vault, tmp_path: Path
) -> None:
    moved = {"status": 302, "headers": [{"name": "location", "value": "https://films9.example/"}]}
    data = har(entry(response=moved), entry("https://films9.example/", PAGE))
    done = brought(known, vault, wish(tmp_path, data))

    assert [(p.how, p.host) for p in done.visit.pointers] == [("redirect", "films9.example")]
    assert done.brought_up == ("films9.example",)


def urls(visit_pages: Iterable[Any]) -> list[str]:
    return [page.url for page in visit_pages]


def test_the_chain_is_followed_within_the_file(
    known: Engine, vault: Vault, tmp_path: Path
) -> None:
    moved = {"status": 301, "headers": [{"name": "location", "value": "/it/"}]}
    onward = "<meta http-equiv=refresh content='0;url=https://films9.example/'>"
    data = har(
        entry("https://ads.example/", "<p>ad"),
        entry(f"https://{HOST}/style.css", "a{}", _resourceType="stylesheet"),
        entry(f"https://{HOST}/", "", response=moved),
        entry(f"https://{HOST}/it/", onward),
        entry("https://films9.example/", PAGE),
        entry("https://cdn.example/live.m3u8", "", _resourceType="media"),
    )
    visit = brought(known, vault, wish(tmp_path, data)).visit

    assert [(h.how, h.to_url) for h in visit.chain] == [
        ("redirect", f"https://{HOST}/it/"),
        ("meta_refresh", "https://films9.example/"),
    ]
    assert urls(visit.fetched) == [
        f"https://{HOST}/",
        f"https://{HOST}/it/",
        "https://films9.example/",
    ]
    assert urls(visit.passed) == [f"https://{HOST}/it/"]
    assert visit.page is not None
    assert not visit.is_own_page
    assert {r.url for r in visit.page.also_loaded} == {
        f"https://{HOST}/style.css",
        "https://cdn.example/live.m3u8",
    }


def test_the_front_page_is_preferred(known: Engine, vault: Vault, tmp_path: Path) -> None:
    data = har(
        entry(f"https://{HOST}/contact", "<p>contact"),
        entry(f"https://cdn.{HOST}/", "<p>cdn"),
        entry(f"https://www.{HOST}/?lang=it", PAGE),
    )
    visit = brought(known, vault, wish(tmp_path, data)).visit

    assert visit.page is not None
    assert visit.page.url == f"https://www.{HOST}/?lang=it"


def test_a_full_archive_stores_nothing(known: Engine, tmp_path: Path) -> None:
    before = stored.everything(known)
    with pytest.raises(Exception, match="is full"):
        brought(known, Vault(tmp_path / "small", 100), wish(tmp_path))

    assert stored.everything(known) == before
