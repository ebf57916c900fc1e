"""A hunt that asks public sources: what only a certificate log knows, and what fails is named."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from mirrorhunt.lab.run import Lab, lab_running
from mirrorhunt.lab.world import (
    Behaviour,
    Certificate,
    CertificateSearch,
    Content,
    Dns,
    Host,
    Issuances,
    RegistrationData,
    Truth,
    World,
)
from mirrorhunt.names import parts, skeleton
from mirrorhunt.store import tables
from tests.hunt.conftest import Whole, hamlet, hunt_whole, place_in

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sources")]

ADDRESS = ("185.231.106.99",)
PAUSE = {"MIRRORHUNT_SOURCE_PAUSE_S": "0.25"}


@dataclass(frozen=True)
class Hunted:
    """The village, hunted; its certificate search answers, or fails."""

    is_failing: bool
    whole: Whole
    lab: Lab


def library(name: str, routes: dict[str, Behaviour]) -> Host:
    return Host(
        name, Truth("live", "platform"), Dns(a=ADDRESS), Certificate(name, (name,)), routes
    )


BY_NAME, BY_CERTIFICATE = "-vqxwk.stream", "zuvrelno.test"


def village(*, is_failing: bool) -> World:
    """The hamlet with sources, and two mirrors that nothing but the logs of their certificates
    lead to: one by its name, one that has a certificate together with a known one."""
    world = hamlet()
    stem = skeleton(parts(world.seeds[0]).label)
    original = next(
        h
        for h in world.members
        if h.certificate and h.truth.state == "live" and h.name not in world.seeds
        if "/" in h.routes and skeleton(parts(h.name).label) == stem
    )
    search: Behaviour = CertificateSearch()
    if is_failing:
        search = Content(b"<h1>503 Service Unavailable</h1>", status=503)
    named = stem + BY_NAME
    added = [
        # No variant rule makes this of any name.
        replace(original, name=named, certificate=Certificate(named, (named, f"www.{named}"))),
        replace(
            original,
            name=BY_CERTIFICATE,
            # The other one presents a certificate of its own.
            certificate=Certificate(BY_CERTIFICATE, (BY_CERTIFICATE, original.name)),
        ),
        library("crt.sh", {"/": search}),
        library("rdap.org", {"/domain/*": RegistrationData()}),
    ]
    if not is_failing:
        added.append(library("api.certspotter.com", {"/v1/issuances": Issuances()}))
    hosts = {**world.hosts, **{h.name: h for h in added}}
    protect = [h.name for h in added if h.truth.kind == "platform"]
    return replace(world, hosts=hosts, protect=(*world.protect, *protect))


@pytest.fixture(scope="module", params=["answering", "failing"])
def hunted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hunted]:
    folder: Path = tmp_path_factory.mktemp(request.param)
    with lab_running(village(is_failing=request.param == "failing")) as lab:
        place = place_in(folder, lab)
        place.environment |= PAUSE
        yield Hunted(request.param == "failing", hunt_whole(place, lab), lab)


@pytest.mark.parametrize(
    ("ending", "channel"), [(BY_NAME, "ct_affix"), (BY_CERTIFICATE, "ct_certificate")]
)
def test_a_mirror_that_only_the_log_knows_is_found(
    ending: str, channel: str, hunted: Hunted
) -> None:
    channels = {c[2] for c in hunted.whole.state.candidates if c[0].endswith(ending)}
    verdicts = {v[0] for n, v in hunted.whole.state.verdicts.items() if n.endswith(ending)}

    assert channels == (set() if hunted.is_failing else {channel})
    assert verdicts == (set() if hunted.is_failing else {"probable"})


def test_a_source_that_fails_is_named_and_degrades_the_run(hunted: Hunted) -> None:
    ended = hunted.whole.ended
    assert ended.code == (5 if hunted.is_failing else 0), ended.err
    assert ("the source crt_sh answered 0" in ended.err) == hunted.is_failing
    assert ("status 503" in ended.err) == hunted.is_failing
    # There is none in this Internet.
    assert ("cert_spotter does not exist in this DNS" in ended.err) == hunted.is_failing


def test_the_rest_is_found_without_it(hunted: Hunted) -> None:
    standing = [n for n, v in hunted.whole.state.verdicts.items() if v[0] != "candidate"]
    assert len(standing) >= 15


def test_registries_are_asked_about_what_stands(hunted: Hunted) -> None:
    assert hunted.whole.place.count(tables.Registration) >= 10
    asked = [r.path for r in hunted.lab.requests if r.host == "rdap.org"]
    # Each once.
    assert len(asked) == len(set(asked))


def test_sources_are_asked_politely(hunted: Hunted) -> None:
    for source in ("crt.sh", "rdap.org", "api.certspotter.com"):
        instants = sorted(r.at for r in hunted.lab.requests if r.host == source)
        assert all(b - a >= 0.24 for a, b in pairwise(instants)), source


def test_sources_are_no_candidates(hunted: Hunted) -> None:
    assert {"crt.sh", "rdap.org"} & hunted.whole.state.verdicts.keys() == set()
