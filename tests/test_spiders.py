"""Every spider, against the visits frozen beside this file."""

from dataclasses import asdict
from pathlib import Path

import pytest

from spiders._base import DiscoverySpider, all_techniques
from tests.frozen import FILES, expected_of, visit_of

CASES = Path(__file__).parent / "spiders"
# A technique that only makes names up reads nothing, and has nothing to freeze.
READERS = {
    technique.name: technique
    for technique in all_techniques()
    if technique.read.__func__ is not DiscoverySpider.read.__func__
}
FOLDERS = sorted(p for p in CASES.glob("*/*") if p.is_dir() and p.name != "__pycache__")


@pytest.mark.parametrize("name", READERS)
def test_every_spider_that_reads_has_a_frozen_case(name):
    assert [folder for folder in FOLDERS if folder.parent.name == name]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_frozen_case_is_whole(folder):
    assert sorted(p.name for p in folder.iterdir()) == sorted(FILES)
    assert folder.parent.name in READERS


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_spider_reads_what_it_read_before(folder):
    found = READERS[folder.parent.name].read(visit_of(folder))
    assert [asdict(pointer) for pointer in found] == expected_of(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_no_spider_fails_on_what_was_frozen_for_another(folder):
    visit = visit_of(folder)
    for technique in READERS.values():
        pointers = list(technique.read(visit))
        assert len(pointers) <= 300
        assert visit.host not in {pointer.host for pointer in pointers}
        assert {pointer.technique for pointer in pointers} <= {technique.name}
