"""``scrapy crawl`` in the checkout: one technique by hand, stored like any other."""

import pytest

from mirrorhunt.lab.run import Lab
from mirrorhunt.store import tables
from tests.hunt.conftest import ROOT, Ended, Place, State, Whole, state_of, without_rules

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hamlet")]


def crawl(place: Place, spider: str, *arguments: str) -> Ended:
    given = [part for argument in arguments for part in ("-a", argument)]
    return place.start_module("scrapy", "crawl", spider, *given, cwd=ROOT).end()


def stored(place: Place) -> State:
    engine = place.engine()
    found = state_of(engine)
    engine.dispose()
    return found


@pytest.mark.parametrize("spider", ["page_links", "redirects", "certificates", "dns_names"])
def test_a_technique_by_hand_is_stored_like_any_other(
    spider: str, place: Place, lab: Lab, whole: Whole
) -> None:
    [seed] = lab.world.seeds
    ended = crawl(place, spider, f"seeds={seed}")

    assert ended.code == 0, ended.err
    assert ended.out == ""
    assert "ERROR" not in ended.err
    found = stored(place)
    assert found.open_runs == 0
    assert (seed, "live", "live") in found.hosts
    assert {(name, path) for _, name, path in found.visits if name == seed}
    # What it proposed, a hunt proposes too, and by no other technique than its own.
    assert without_rules(found) <= without_rules(whole.state)
    assert {technique for _, technique, _, _ in found.candidates} <= {spider}
    own = {o for o in whole.state.observations if o[0] == seed and not o[1].startswith("to_")}
    assert own <= found.observations
    assert place.count(tables.Crawl) == 1


def test_links_by_hand_bring_up_candidates(place: Place, lab: Lab) -> None:
    assert crawl(place, "page_links", f"seeds={lab.world.seeds[0]}").code == 0
    assert len(stored(place).candidates) >= 5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("seed=films1.example",), "no argument 'seed'", id="misspelt"),
        pytest.param((), "no seed given", id="none"),
        pytest.param(("seeds=co.uk",), "is a public suffix", id="public suffix"),
        pytest.param(("seeds=http://films1.example/",), "did you mean", id="URL"),
        pytest.param(("seeds=nobody-has-this.com",), "does not exist", id="NXDOMAIN"),
        pytest.param(
            ("seeds=films1.example", "candidates=/absent.txt"), "absent.txt", id="no such file"
        ),
    ],
)
def test_a_wrong_argument_is_one_line(arguments: tuple[str, ...], says: str, place: Place) -> None:
    ended = crawl(place, "page_links", *arguments)

    errors = [line for line in ended.err.splitlines() if "ERROR" in line]
    assert len(errors) == 1, ended.err
    assert says in errors[0]
    assert "Traceback" not in ended.err
    assert place.count(tables.Host) == 0


def test_a_spider_that_does_not_exist_is_named(place: Place) -> None:
    ended = crawl(place, "page_link", "seeds=films1.example")

    assert ended.code != 0
    assert "page_link" in ended.err + ended.out
