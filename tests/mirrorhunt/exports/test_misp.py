"""The MISP feed, as PyMISP loads it."""

import csv
import io
import json
from dataclasses import replace
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymisp import MISPEvent

from mirrorhunt.exports import About, Row, Withdrawn, misp
from tests import make
from tests.exported import ABOUT, ROWS, export_folder, row

GONE = Withdrawn(
    "old.example", "domain", "films", "parked", "a parking page", make.at(-30), make.at(-1)
)
OTHER = {"manifest.json", "hashes.csv"}


def feed(*rows: Row, about: About = ABOUT) -> dict[str, bytes]:
    files, _ = export_folder("misp", rows, about)
    return files


def events(files: dict[str, bytes]) -> list[dict[str, Any]]:
    return [json.loads(data)["Event"] for name, data in files.items() if name not in OTHER]


def attributes(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """By value."""
    return {a["value"]: a for event in events(files) for a in event["Attribute"]}


def loaded(files: dict[str, bytes], folder: Path) -> list[MISPEvent]:
    found = []
    for name, data in files.items():
        if name not in OTHER:
            (folder / name).write_bytes(data)
            event = MISPEvent()
            event.load_file(folder / name)
            found.append(event)
    return found


def plain_tags(said: dict[str, Any]) -> dict[str, Any]:
    """*said* without what PyMISP adds to a tag where nothing is said."""
    tags = [{key: tag[key] for key in ("name", "colour")} for tag in said["Tag"]]
    return said | {"Tag": tags}


ROWS_OF_TWO = [
    row("a.example"),
    row("b.example", network="series"),
    row("m.films2.example", registrable_domain="films2.example", scope="host"),
]


def test_pymisp_loads_each_event_and_would_write_the_same_feed(tmp_path: Path) -> None:
    files = feed(*ROWS_OF_TWO, about=replace(ABOUT, withdrawn=(GONE,)))
    manifest: dict[str, Any] = {}
    hashes: list[tuple[str, str]] = []
    for event in loaded(files, tmp_path):
        made = plain_tags(event.to_feed(with_meta=True)["Event"])
        hashes += [(digest, event.uuid) for digest in made.pop("_hashes")]
        manifest |= {uuid: plain_tags(said) for uuid, said in made.pop("_manifest").items()}
        [ours] = [e for e in events(files) if e["uuid"] == event.uuid]
        assert {**made, "Attribute": None} == {**ours, "protected": False, "Attribute": None}
        for theirs, attribute in zip(made["Attribute"], ours["Attribute"], strict=True):
            assert theirs == attribute

    assert json.loads(files["manifest.json"]) == manifest
    lines = csv.reader(io.StringIO(files["hashes.csv"].decode()))
    assert sorted(map(tuple, lines)) == sorted(hashes)


def test_there_is_an_event_for_each_network() -> None:
    found = events(feed(*ROWS_OF_TWO))

    assert {e["info"] for e in found} == {
        "Mirror domains of films",
        "Mirror domains of series",
    }
    assert all(e["Orgc"]["name"] == "Example Rights" for e in found)
    assert all(e["Tag"] == [{"name": "tlp:amber", "colour": "#FFC000"}] for e in found)


def test_a_domain_is_a_domain_and_a_host_a_hostname() -> None:
    found = attributes(feed(*ROWS_OF_TWO))

    assert {value: a["type"] for value, a in found.items()} == {
        "a.example": "domain",
        "b.example": "domain",
        "m.films2.example": "hostname",
    }
    assert {a["category"] for a in found.values()} == {"Network activity"}
    assert "all below it" in found["a.example"]["comment"]
    assert "exactly" in found["m.films2.example"]["comment"]


@pytest.mark.parametrize(
    ("fields", "to_ids"),
    [
        pytest.param({}, True, id="confirmed and live"),
        pytest.param({"valid_until": None, "availability": "dead"}, False, id="dead"),
        pytest.param({"verdict": "probable"}, False, id="probable"),
    ],
)
def test_only_what_is_confirmed_and_live_is_for_detection(
    fields: dict[str, Any], to_ids: bool
) -> None:
    assert attributes(feed(row(**fields)))["films2.example"]["to_ids"] is to_ids


def test_instants_are_the_rows() -> None:
    files = feed(row(last_verified=make.at(-2)))
    [event] = events(files)
    [attribute] = event["Attribute"]

    assert attribute["first_seen"] == "2026-10-02T12:00:00+00:00"
    assert attribute["last_seen"] == "2026-10-30T12:00:00+00:00"
    at_s = str(int(make.at(-2).timestamp()))
    assert attribute["timestamp"] == event["timestamp"] == event["publish_timestamp"] == at_s
    assert event["date"] == "2026-10-02"
    assert json.loads(files["manifest.json"])[event["uuid"]]["timestamp"] == int(at_s)


def test_what_was_taken_back_is_the_same_attribute_deleted_and_later() -> None:
    before = attributes(feed(row("old.example", last_verified=make.at(-5)), row()))
    after = attributes(feed(row(), about=replace(ABOUT, withdrawn=(GONE,))))
    old, gone = before["old.example"], after["old.example"]

    assert gone["uuid"] == old["uuid"]
    assert (gone["deleted"], gone["to_ids"]) == (True, False)
    assert int(gone["timestamp"]) > int(old["timestamp"])
    assert "deleted" not in old
    assert gone["comment"] == "withdrawn, parked: a parking page"


def test_the_event_of_a_network_that_lost_all_is_still_there() -> None:
    files = feed(about=replace(ABOUT, withdrawn=(GONE,)))

    assert list(attributes(files)) == ["old.example"]
    assert len(json.loads(files["manifest.json"])) == 1


def test_a_large_network_has_several_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(misp, "MAX_ATTRIBUTES", 2)
    files = feed(*(row(f"{c}.example") for c in "abcde"), about=replace(ABOUT, withdrawn=(GONE,)))
    found = events(files)

    assert sorted(e["info"] for e in found) == [
        "Mirror domains of films",
        "Mirror domains of films, part 2",
        "Mirror domains of films, part 3",
    ]
    # It may have been in another part when it was published.
    assert all([a["value"] for a in e["Attribute"] if a.get("deleted")] for e in found)
    uuids = [a["uuid"] for e in found for a in e["Attribute"]]
    assert len(set(uuids)) == len(uuids) == 8


def test_what_is_kept_is_bounded_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(f"{c}.example", network="series" if c in "ace" else "films") for c in "abcdef"]
    whole = feed(*rows)
    monkeypatch.setattr(misp, "MAX_KEPT_CHARS", 500)

    assert feed(*rows) == whole


@settings(max_examples=50)
@given(st.lists(ROWS, max_size=3), st.text(st.characters()))
def test_hashes_are_those_of_the_values(rows: list[Row], because: str) -> None:
    gone = replace(GONE, because=because)
    files = feed(*rows, about=replace(ABOUT, withdrawn=(gone,)))
    manifest = json.loads(files["manifest.json"])
    expected = {
        (md5(a["value"].encode()).hexdigest(), e["uuid"])
        for e in events(files)
        for a in e["Attribute"]
    }

    lines = files["hashes.csv"].decode().splitlines()
    assert {tuple(line.split(",")) for line in lines} == expected
    assert {f"{uuid}.json" for uuid in manifest} | OTHER == set(files)


def test_nothing_is_an_empty_manifest() -> None:
    assert feed() == {"manifest.json": b"{}\n", "hashes.csv": b""}
