"""What a run looks at, and in which order."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from mirrorhunt import targets
from mirrorhunt.config import Config
from mirrorhunt.errors import InputError
from mirrorhunt.model import Availability, Candidate, Verdict
from mirrorhunt.protected import builtin
from mirrorhunt.protecting import Keep
from mirrorhunt.store import candidates
from mirrorhunt.targets import Hunting, Target
from tests import make, stored

KEEP = Keep(builtin(), make.NOW)
CONFIG = Config()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param("192.0.2.7", "is an address", id="IPv4"),
        pytest.param("2001:db8::1", "is an address", id="IPv6"),
        pytest.param("0x7f.1", "is an address", id="hidden address"),
        pytest.param("https://films.example/a", "did you mean 'films.example'?", id="URL"),
        pytest.param("films.example/a", "did you mean 'films.example'?", id="path"),
        pytest.param("films.example:8080", "did you mean 'films.example'?", id="port"),
        pytest.param("films", "suffix missing", id="single label"),
        pytest.param("co.uk", "public suffix", id="public suffix"),
        pytest.param("com", "suffix missing", id="top-level domain"),
        pytest.param("github.io", "public suffix", id="shared platform"),
        pytest.param("films.cmo", "typing error", id="suffix that is not there"),
        pytest.param("wikipedia.org", "cannot be hunted: protected", id="protected"),
        pytest.param("fi lms.example", "no DNS label", id="blank inside"),
        pytest.param("pagead2.googlesyndication.com", "advertising", id="infrastructure"),
    ],
)
def test_a_seed_that_cannot_be_hunted_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(InputError) as error:
        targets.check_seeds(["films1.example", text], KEEP)

    assert says in str(error.value)
    assert str(error.value).startswith("seed")
    assert "\n" not in str(error.value)


def test_no_seed_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="no seed given"):
        targets.check_seeds([], KEEP)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Films1.EXAMPLE."], ("films1.example",)),
        (["www.films1.example", "films1.example"], ("films1.example",)),
        (["b.example", "a.example"], ("b.example", "a.example")),
        (["bücher.example"], ("xn--bcher-kva.example",)),
        (["films.github.io"], ("films.github.io",)),
        (["tv.films.example"], ("tv.films.example",)),
    ],
)
def test_seeds_are_written_one_way_and_once(texts: list[str], expected: tuple[str, ...]) -> None:
    assert targets.check_seeds(texts, KEEP) == expected


@given(st.text(max_size=60))
def test_any_text_is_a_seed_or_one_line(text: str) -> None:
    said = "one line"
    seeds: tuple[str, ...] = ()
    try:
        seeds = targets.check_seeds([text], KEEP)
    except InputError as error:
        said = str(error)

    assert len(said.splitlines()) == 1
    assert not seeds or targets.check_seeds(seeds, KEEP) == seeds


def test_a_network_is_named_after_its_first_seed() -> None:
    assert targets.network_name("films-12.example") == "films"
    assert targets.network_name("1337.example") == "1337"


def test_a_list_of_candidates_is_read_and_its_faults_counted(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_bytes(
        b"# ours\n\nwww.films2.example # why\nFILMS2.example\n192.0.2.7\nco.uk\n\xff\n"
    )

    assert targets.read_candidates(file) == (["films2.example"], 3)
    with pytest.raises(InputError, match="cannot read"):
        targets.read_candidates(tmp_path / "absent")


# ---------------------------------------------------------------- rounds


def hosts(found: list[Target]) -> list[str]:
    return [target.host for target in found]


def test_a_run_starts_with_its_seeds(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine, "films2.example", "films1.example")

    assert targets.next_targets(any_engine, hunting, CONFIG) == [
        Target("films1.example"),
        Target("films2.example"),
    ]


def test_what_was_looked_at_is_not_looked_at_again(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, stored.look("films1.example"))

    assert targets.next_targets(any_engine, hunting, CONFIG) == []


def test_another_vantage_looks_again(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, stored.look("films1.example"))

    assert hosts(targets.next_targets(any_engine, hunting, Config(vantage="it"))) == [
        "films1.example"
    ]


def test_candidates_wait_for_the_next_round(any_engine: Engine, now: datetime) -> None:
    hunting = stored.begun(any_engine)
    stored.proposed(any_engine, hunting, "films2.example")
    assert hosts(targets.next_targets(any_engine, hunting, CONFIG)) == ["films1.example"]

    later = targets.next_round(any_engine, hunting, CONFIG, KEEP, now)

    assert later.run.round == 2
    assert hosts(targets.next_targets(any_engine, later, CONFIG)) == [
        "films1.example",
        "films2.example",
    ]


def test_a_killed_run_goes_on_in_its_round(any_engine: Engine, now: datetime) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, stored.look("films1.example"))
    stored.proposed(any_engine, hunting, "films2.example")
    targets.next_round(any_engine, hunting, CONFIG, KEEP, now)

    again = stored.begun(any_engine)

    assert (again.run.id, again.run.round, again.run.is_resumed) == (hunting.run.id, 2, True)
    assert hosts(targets.next_targets(any_engine, again, CONFIG)) == ["films2.example"]


def test_the_most_telling_candidates_come_first(any_engine: Engine, now: datetime) -> None:
    hunting = stored.begun(any_engine)
    for host, channel in [
        ("a.example", "comment"),
        ("b.example", "link"),
        ("c.example", "announcement"),
        ("d.example", "redirect"),
        ("e.example", "a channel that nobody ranked"),
    ]:
        stored.proposed(any_engine, hunting, host, channel=channel)
    # Said twice, the better channel counts.
    stored.proposed(any_engine, hunting, "e.example", channel="listed")
    later = targets.next_round(any_engine, hunting, CONFIG, KEEP, now)

    assert [h[0] for h in hosts(targets.next_targets(any_engine, later, CONFIG))] == list("fedcba")


def test_the_budget_of_hosts_counts_what_was_looked_at(any_engine: Engine, now: datetime) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, stored.look("films1.example"))
    stored.proposed(any_engine, hunting, *(f"films{n}.example" for n in range(2, 9)))
    later = targets.next_round(any_engine, hunting, CONFIG, KEEP, now)

    assert len(targets.next_targets(any_engine, later, Config(hosts_per_hunt=4))) == 3


def test_only_standing_hosts_bring_up_candidates(any_engine: Engine, now: datetime) -> None:
    hunting = stored.begun(any_engine)
    stored.proposed(any_engine, hunting, "stranger.example", "probable.example")
    stored.looked(
        any_engine,
        hunting,
        stored.look("films1.example", pointers=[stored.pointer("by-seed.example")]),
        stored.look("probable.example", pointers=[stored.pointer("by-probable.example")]),
        stored.look("stranger.example", pointers=[stored.pointer("by-stranger.example")]),
    )
    stored.concluded(
        any_engine,
        hunting,
        stored.judgement("probable.example", Verdict.PROBABLE),
        stored.judgement("stranger.example", Verdict.CANDIDATE),
    )

    later = targets.next_round(any_engine, hunting, CONFIG, KEEP, now)

    assert hosts(targets.next_targets(any_engine, later, CONFIG)) == [
        "by-seed.example",
        "by-probable.example",
    ]


def test_a_host_that_cannot_be_a_candidate_is_not_taken_up(
    any_engine: Engine, now: datetime
) -> None:
    hunting = stored.begun(any_engine)
    pointers = [stored.pointer("wikipedia.org"), stored.pointer("films1.example")]
    stored.looked(any_engine, hunting, stored.look("films1.example", pointers=pointers))

    later = targets.next_round(any_engine, hunting, CONFIG, KEEP, now)

    assert targets.next_targets(any_engine, later, CONFIG) == []


def taken_up(engine: Engine, hunting: Hunting, config: Config) -> list[str]:
    later = targets.next_round(engine, hunting, config, KEEP, make.NOW)
    return hosts(targets.next_targets(engine, later, CONFIG))


def test_where_a_candidate_sends_its_visitors_is_a_candidate_and_what_it_links_is_not(
    any_engine: Engine,
) -> None:
    # An old address has no page to stand by: only the new one can be judged.
    hunting = stored.begun(any_engine)
    stored.proposed(any_engine, hunting, "old.example")
    pointers = [
        stored.pointer("new.example", "redirect"),
        stored.pointer("shop.example", "link"),
        stored.pointer("bank.example", "announcement"),
    ]
    stored.looked(any_engine, hunting, stored.look("old.example", pointers=pointers))

    found = taken_up(any_engine, hunting, CONFIG)

    assert "new.example" in found
    assert not {"shop.example", "bank.example"} & set(found)


@pytest.mark.parametrize(
    ("leads_to", "is_taken_up"),
    [("films1.example", True), ("elsewhere.example", False)],
    ids=["to a host that stands", "to a stranger"],
)
def test_the_certificate_of_an_old_address_counts_where_it_leads_to_a_host_that_stands(
    any_engine: Engine, leads_to: str, is_taken_up: bool
) -> None:
    hunting = stored.begun(any_engine)
    stored.proposed(any_engine, hunting, "old.example")
    pointers = [
        stored.pointer(leads_to, "redirect"),
        stored.pointer("sibling.example", "certificate"),
        stored.pointer("shop.example", "link"),
    ]
    stored.looked(any_engine, hunting, stored.look("old.example", pointers=pointers))

    found = taken_up(any_engine, hunting, CONFIG)

    assert ("sibling.example" in found) is is_taken_up
    assert "shop.example" not in found


@pytest.mark.parametrize(
    ("members", "region", "strangers", "is_read"),
    [
        pytest.param((1, 2, 3), "body", 1, True, id="three that stand"),
        pytest.param((1, 2), "body", 1, False, id="two are friends"),
        # Anybody writes there.
        pytest.param((1, 2, 3), "comments", 1, False, id="by visitors"),
        pytest.param((1, 2, 3), "body", 28, False, id="a list of the whole trade"),
    ],
)
def test_a_list_of_the_network_s_addresses_is_read_on_whoever_keeps_it(
    any_engine: Engine, members: Iterable[int], region: str, strangers: int, is_read: bool
) -> None:
    hunting = stored.begun(any_engine, *(f"films{n}.example" for n in (1, 2, 3)))
    stored.proposed(any_engine, hunting, "list.example")
    pointers = [stored.pointer(f"films{n}.example", region=region) for n in members]
    pointers += [stored.pointer(f"proxy{n}.example") for n in range(strangers)]
    pointers.append(stored.pointer("spam.example", region="comments"))
    stored.looked(any_engine, hunting, stored.look("list.example", pointers=pointers))

    found = taken_up(any_engine, hunting, CONFIG)

    assert ("proxy0.example" in found) is is_read
    assert "spam.example" not in found
    if is_read:
        with any_engine.begin() as connection:
            listed = candidates.by_channel(connection, hunting.network_id, "directory")
        assert "proxy0.example" in listed


def test_a_page_that_links_a_million_is_cut(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    pointers = [stored.pointer(f"films{n}.example") for n in range(100, 140)]
    pointers.append(stored.pointer("moved.example", "announcement"))
    stored.looked(any_engine, hunting, stored.look("films1.example", pointers=pointers))

    found = taken_up(any_engine, hunting, Config(candidates_per_host=5))

    assert len(found) == 5
    # What is cut is what anybody can write.
    assert found[0] == "moved.example"


def test_a_domain_with_a_million_hosts_is_cut(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    pointers = [stored.pointer(f"a{n}.trap.example") for n in range(40)]
    stored.looked(any_engine, hunting, stored.look("films1.example", pointers=pointers))

    assert len(taken_up(any_engine, hunting, Config(hosts_per_domain=3))) == 3


def test_pages_of_standing_live_hosts_are_read_once(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.proposed(any_engine, hunting, "stranger.example")
    paths = ("/contact", "/a", "/b")
    for host in ("films1.example", "stranger.example"):
        seen = stored.look(host)
        stored.looked(any_engine, hunting, stored.with_paths(seen, paths))
    config = Config(pages_per_host=2)

    assert targets.next_targets(any_engine, hunting, config) == [
        Target("films1.example", "/a"),
        Target("films1.example", "/contact"),
    ]
    # A run that was killed here goes on with the other page.
    stored.looked(any_engine, hunting, stored.look("films1.example", path="/contact"))
    assert targets.next_targets(any_engine, hunting, config) == [Target("films1.example", "/a")]
    stored.looked(any_engine, hunting, stored.look("films1.example", path="/a"))
    assert targets.next_targets(any_engine, hunting, config) == []


def test_pages_of_a_parked_host_are_not_read(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    seen = stored.look("films1.example", state=Availability.PARKED)
    stored.looked(any_engine, hunting, stored.with_paths(seen, ("/contact",)))

    assert targets.next_targets(any_engine, hunting, CONFIG) == []


def test_proposing_again_moves_the_last_sighting_only(any_engine: Engine, now: datetime) -> None:
    hunting = stored.begun(any_engine)
    found = [Candidate("films2.example", "films", "page_links", None, "linked", "link")]

    assert targets.propose(any_engine, hunting, found, now) == 1
    before = stored.counts(any_engine)
    assert targets.propose(any_engine, hunting, found, now + timedelta(days=1)) == 0

    assert stored.counts(any_engine) == before
    [row] = stored.everything(any_engine)["candidates"]
    assert now in row
    assert now + timedelta(days=1) in row


def test_a_list_of_the_operator_is_looked_at_at_once(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine, listed=["films2.example"])

    assert hosts(targets.next_targets(any_engine, hunting, CONFIG)) == [
        "films1.example",
        "films2.example",
    ]


def test_a_list_given_again_changes_nothing(any_engine: Engine) -> None:
    stored.begun(any_engine, listed=["films2.example"])
    before = stored.everything(any_engine)
    stored.begun(any_engine, listed=["films2.example"])

    assert stored.everything(any_engine) == before
