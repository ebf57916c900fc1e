"""A fault of our own that one page brings out costs that page, and is told."""

from pathlib import Path

import pytest

from mirrorhunt.lab.run import Lab
from tests.hunt.conftest import ROOT, Place, Whole, state_of

pytestmark = pytest.mark.slow

# Read by Python when it starts: two steps of the program fail for one host each.
FAULTY = """
import pipelines.fingerprint
from spiders.redirects import RedirectsSpider

read, observe = RedirectsSpider.read.__func__, pipelines.fingerprint.observe


def faulty_read(cls, visit):
    if visit.host == {reading!r}:
        raise RuntimeError("a fault in reading")
    return read(cls, visit)


def faulty_observe(visit):
    if visit.host == {step!r}:
        raise RuntimeError("a fault in a step")
    return observe(visit)


RedirectsSpider.read = classmethod(faulty_read)
pipelines.fingerprint.observe = faulty_observe
"""


def test_a_fault_costs_one_page_and_not_the_run(
    place: Place, whole: Whole, lab: Lab, tmp_path: Path
) -> None:
    stands = sorted(
        host
        for host, verdict in whole.state.verdicts.items()
        if verdict[0] == "probable" and host not in lab.world.seeds
    )
    reading, step = stands[-1], stands[-2]
    (tmp_path / "sitecustomize.py").write_text(
        FAULTY.format(reading=reading, step=step), encoding="utf-8"
    )
    place.environment["PYTHONPATH"] = f"{tmp_path}:{ROOT}"

    ended = place.run("hunt", *lab.world.seeds, "--yes")

    assert ended.code == 5, ended.err
    assert "2 pages brought out a fault in this program" in ended.err
    engine = place.engine()
    state = state_of(engine)
    engine.dispose()
    assert state.open_runs == 0
    # Neither is stored as anything, and next night is another day.
    assert not {reading, step} & {host for _, host, _ in state.visits}
    assert lab.world.seeds[0] in {host for _, host, _ in state.visits}
    assert {h for h, v in state.verdicts.items() if v[0] == "probable"}
