"""The policy: how evidence becomes a verdict."""

import math
from dataclasses import replace

import pytest

from mirrorhunt import priors, verdicts
from mirrorhunt.evidence import Case
from mirrorhunt.model import (
    BOTH,
    MIRROR_ONLY,
    OPERATOR_ONLY,
    Availability,
    Evidence,
    Judgement,
    Relation,
    Side,
    Verdict,
)
from mirrorhunt.policy import DEFAULT
from tests import make

STREAM = {"offers": "player"}


def speak(
    bits: float,
    group: str = "content",
    *,
    kind: str = "icon",
    side: Side = Side.CANDIDATE,
    relations: frozenset[Relation] = BOTH,
    ignored: str = "",
    value: str = "v",
) -> Evidence:
    return Evidence(kind, relations, side, group, bits, "because", value, ignored)


def concluded(
    *evidence: Evidence,
    channels: tuple[str, ...] = ("link",),
    shows: dict[str, str] | None = None,
    availability: Availability = Availability.LIVE,
) -> Judgement:
    candidate = make.host(
        shows=STREAM if shows is None else shows, channels=channels, availability=availability
    )
    return verdicts.conclude(make.case(candidate, make.host("seed.test")), evidence)


# ---------------------------------------------------------------- priors


@pytest.mark.parametrize(
    ("name", "channels", "bits"),
    [
        pytest.param("films.example", (), -5.6, id="unknown"),
        pytest.param("films.example", ("never-heard-of",), -5.6, id="unknown-channel"),
        pytest.param("films.example", ("link",), -5.6, id="link"),
        pytest.param("films.example", ("redirect",), -5.6, id="redirect"),
        pytest.param("films.example", ("listed",), -1.2, id="listed"),
        pytest.param("filmnetz.example", ("ct_label",), -3.2, id="a-label-in-a-log"),
        pytest.param("filmnetztv.example", ("ct_affix",), -5.6, id="an-affix-in-a-log"),
        # Control of both names was shown; the name itself was no reason.
        pytest.param("other.example", ("ct_certificate",), -5.6, id="a-shared-certificate"),
        pytest.param("films13.example", ("numbered",), 0.0, id="numbered"),
        # Everybody has a site2.
        pytest.param("tv13.example", ("numbered",), -4.2, id="numbered-but-short"),
        pytest.param("calciostreaming.example", ("other_suffix",), -1.2, id="long-label"),
        pytest.param("calciotv.example", ("other_suffix",), -2.5, id="eight"),
        pytest.param("films.example", ("other_suffix",), -4.2, id="five"),
        pytest.param("kt.example", ("other_suffix",), -6.6, id="two"),
        pytest.param("films13.example", ("affixed", "numbered"), 0.0, id="the-best-counts"),
        # Members say so is evidence of the known side; it must not lift the prior as well.
        pytest.param("kt.example", ("other_suffix", "redirect"), -6.6, id="no-lift-by-members"),
    ],
)
def test_the_prior_is_that_of_the_best_channel(
    name: str, channels: tuple[str, ...], bits: float
) -> None:
    assert priors.prior_bits(make.host(name, channels=channels)) == bits


# ---------------------------------------------------------------- adding up


def test_the_best_of_a_group_counts_in_full_and_the_rest_a_quarter() -> None:
    judgement = concluded(speak(4, value="a"), speak(2, value="b"), speak(1, "ids"))
    assert judgement.score_bits == pytest.approx(-5.6 + 4 + 0.5 + 1)


def test_a_group_is_capped() -> None:
    many = [speak(6, value=str(i)) for i in range(20)]
    assert concluded(*many).score_bits == pytest.approx(-5.6 + 9)


def test_all_that_members_say_is_capped_together() -> None:
    said = [speak(3, "known", side=Side.KNOWN, value=str(i)) for i in range(20)]
    assert concluded(*said).score_bits == pytest.approx(-5.6 + 3)


def test_what_is_ignored_counts_for_nothing_and_is_shown_last() -> None:
    ignored = speak(9, ignored="shared by 37 unrelated sites")
    judgement = concluded(ignored, speak(1, "ids"))
    assert judgement.score_bits == pytest.approx(-4.6)
    assert judgement.evidence[-1] == ignored


def test_each_relation_is_scored_by_itself_and_the_better_one_concluded() -> None:
    judgement = concluded(
        speak(8, "ids", relations=MIRROR_ONLY), speak(-3, "against", relations=OPERATOR_ONLY)
    )
    assert judgement.relation is Relation.MIRROR
    assert dict(judgement.scores) == pytest.approx({Relation.MIRROR: 2.4, Relation.OPERATOR: -8.6})
    against = concluded(speak(9, "money"), speak(-3, "against", relations=MIRROR_ONLY))
    assert against.relation is Relation.OPERATOR


@pytest.mark.parametrize(
    ("evidence", "relation"),
    [
        pytest.param([speak(9, "money")], Relation.OPERATOR, id="nothing but an account"),
        pytest.param([speak(9, "money"), speak(2, "content")], Relation.OPERATOR, id="a theme"),
        pytest.param([speak(9, "money"), speak(6, "content")], Relation.MIRROR, id="the page too"),
        pytest.param([speak(9, "money"), speak(5, "brand")], Relation.MIRROR, id="the name too"),
        pytest.param([speak(9, "links")], Relation.MIRROR, id="it leads there"),
        # What does not stand is not said, whichever it is.
        pytest.param([speak(8, "money")], Relation.MIRROR, id="not enough"),
    ],
)
def test_another_brand_of_one_owner_is_the_operator_s_and_no_mirror(
    evidence: list[Evidence], relation: Relation
) -> None:
    assert concluded(*evidence).relation is relation


@pytest.mark.parametrize("relation", list(Relation))
def test_the_waterfall_sums_to_the_score(relation: Relation) -> None:
    judgement = concluded(
        *(speak(6.1, value=str(i)) for i in range(7)),
        speak(0.1, "ids"),
        speak(3, "known", side=Side.KNOWN),
        speak(2.9, "known", side=Side.KNOWN, value="w"),
        speak(-3, "against", relations=frozenset({relation})),
    )
    waterfall = verdicts.decompose(judgement)
    assert math.fsum(line.bits for line in waterfall) == judgement.score_bits
    assert waterfall[0].kind == "prior"


# ---------------------------------------------------------------- the line


def test_enough_of_its_own_evidence_and_content_make_it_probable() -> None:
    judgement = concluded(speak(9, "money"))
    assert judgement.verdict is Verdict.PROBABLE
    assert judgement.gate == "its own page offers: player"
    assert judgement.policy == DEFAULT.version


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        pytest.param([speak(8, "ids")], "2.4 bits, below the 3.3", id="one-copied-id"),
        pytest.param(
            [speak(3, "known", side=Side.KNOWN)], "-2.6 bits, below", id="the-word-of-members"
        ),
        pytest.param(
            [speak(2.9, g) for g in ("ids", "content", "brand", "links")],
            "no group of its own evidence",
            id="a-little-of-everything",
        ),
        # Neighbours at a hoster.
        pytest.param(
            [speak(7, "infra"), speak(3, "known", side=Side.KNOWN)],
            "no group of its own evidence",
            id="hosting-and-hearsay",
        ),
        pytest.param(
            [speak(8, "ids"), speak(3, "known_later", side=Side.KNOWN)],
            "only 2.4 bits without what known members began to say",
            id="said-after-it-was-there",
        ),
        pytest.param(
            [speak(9, "money"), speak(-4, "against")], "-0.6 bits", id="more-speaks-against"
        ),
    ],
)
def test_less_than_that_leaves_a_candidate(evidence: list[Evidence], why: str) -> None:
    channels = ("listed",) if "no group" in why else ("link",)
    judgement = concluded(*evidence, channels=channels)
    assert judgement.verdict is Verdict.CANDIDATE
    assert why in judgement.gate


@pytest.mark.parametrize(
    "shows",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"offers": "schedule"}, id="a-league-has-a-schedule-too"),
        pytest.param({"offers": [("player", "comments")]}, id="a-player-that-a-visitor-posted"),
    ],
)
def test_a_page_that_offers_no_streams_stays_a_candidate(shows: dict[str, str]) -> None:
    judgement = concluded(speak(12, "control"), shows=shows)
    assert judgement.verdict is Verdict.CANDIDATE
    assert "neither offers streams" in judgement.gate


@pytest.mark.parametrize(
    ("shows", "evidence"),
    [
        pytest.param({"offers": ["schedule", "channel_list"]}, [], id="two-lesser-offers"),
        pytest.param({}, [speak(6, kind="page_shape")], id="the-networks-template"),
        pytest.param({}, [speak(6, "links", kind="redirects_to_member")], id="redirect-to-member"),
    ],
)
def test_the_content_gate_opens_in_other_ways(
    shows: dict[str, str], evidence: list[Evidence]
) -> None:
    assert concluded(speak(9, "money"), *evidence, shows=shows).verdict is Verdict.PROBABLE


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(speak(3, kind="page_tags"), id="a-distant-template"),
        pytest.param(speak(1.5, kind="page_shape"), id="a-theme"),
        pytest.param(speak(3, "known", kind="page_shape", side=Side.KNOWN), id="not-established"),
        pytest.param(speak(6, kind="page_shape", ignored="boilerplate"), id="ignored"),
    ],
)
def test_the_content_gate_stays_shut_for_less(evidence: Evidence) -> None:
    assert concluded(speak(9, "money"), evidence, shows={}).verdict is Verdict.CANDIDATE


@pytest.mark.parametrize("state", [s for s in Availability if s is not Availability.LIVE])
def test_what_is_not_live_is_a_candidate_at_most(state: Availability) -> None:
    judgement = concluded(
        speak(12, "control"), speak(9, "money"), speak(9, "handles"), availability=state
    )
    assert judgement.verdict is Verdict.CANDIDATE
    assert str(state) in judgement.gate


@pytest.mark.parametrize(
    ("state", "bits"),
    [
        # Behind a challenge or a country's door the key and the nameservers are still the host's.
        (Availability.CHALLENGE, 12 + 5),
        (Availability.RESTRICTED, 12 + 5),
        # Behind a parking or seizure page they are somebody else's.
        (Availability.PARKED, 0),
        (Availability.SEIZED, 0),
        (Availability.DEAD, 0),
    ],
)
def test_dns_and_tls_are_heard_where_only_the_page_is_hidden(
    state: Availability, bits: float
) -> None:
    judgement = concluded(
        speak(12, "control"), speak(5, "infra"), speak(9, "money"), availability=state
    )
    assert judgement.score_bits == pytest.approx(-5.6 + bits)


def test_a_member_is_judged_by_the_others() -> None:
    shows = STREAM | {"handle": "telegram:films", "ad_id": "zone:12345"}
    seed = make.host("seed.test", shows)
    alone = verdicts.judge(make.case(seed, seed))
    assert alone.score_bits == priors.POINTER_PRIOR
    other = make.host("other.test", shows)
    beside = verdicts.judge(make.case(other, of=make.network(seed, other)))
    assert beside.verdict is Verdict.PROBABLE
    assert "seed.test" in beside.evidence[0].because


# ---------------------------------------------------------------- what callers ask


def test_two_strong_groups_may_be_confirmed_without_a_person() -> None:
    assert verdicts.auto_confirmable(concluded(speak(9, "money"), speak(8, "handles"))) is None


@pytest.mark.parametrize(
    ("judgement", "why"),
    [
        pytest.param(concluded(), "it is candidate", id="no-evidence"),
        pytest.param(concluded(speak(9, "money")), "3.4 bits; 10 are needed", id="too-little"),
        pytest.param(
            concluded(speak(12, "control"), channels=("numbered",)),
            "one group (control)",
            id="one",
        ),
        pytest.param(
            concluded(speak(12, "control"), speak(7, "infra"), channels=("numbered",)),
            "one group (control)",
            id="hosting-is-no-second-group",
        ),
        pytest.param(
            concluded(
                speak(9, "money"), speak(6, "ids"), speak(3, "known_later", side=Side.KNOWN)
            ),
            "9.4 bits; 10 are needed",
            id="what-members-said-later",
        ),
    ],
)
def test_anything_less_needs_a_person(judgement: Judgement, why: str) -> None:
    assert why in (verdicts.auto_confirmable(judgement) or "")


def test_the_digest_changes_with_the_evidence_and_not_with_its_age_or_order() -> None:
    first = concluded(speak(9, "money", value="a"), speak(8, "ids", value="b"))
    faded = concluded(speak(7, "ids", value="b"), speak(8.5, "money", value="a"))
    said = concluded(
        speak(9, "money", value="a"),
        speak(8, "ids", value="b"),
        speak(3, "known", side=Side.KNOWN),
    )
    more = concluded(
        speak(9, "money", value="a"), speak(8, "ids", value="b"), speak(-4, "against")
    )
    assert verdicts.digest(first) == verdicts.digest(faded) == verdicts.digest(said)
    assert verdicts.digest(first) != verdicts.digest(more)
    assert verdicts.digest(first) != verdicts.digest(replace(first, network="other"))


def test_what_ties_a_host_outside_a_group_is_all_its_own_evidence_but_that() -> None:
    judgement = concluded(
        speak(9, "money"), speak(6, "content"), speak(3, "known", side=Side.KNOWN)
    )
    assert verdicts.tied_without(judgement, "content") == 9
    assert verdicts.tied_without(judgement, "money") == 6
    assert verdicts.tied_without(concluded(speak(6)), "content") == 0


@pytest.mark.parametrize(
    ("kind", "group"),
    [
        ("asset_path", "content"),
        ("page_shape", "content"),
        ("ad_id", "money"),
        ("nameserver_set", "infra"),
        # No evidence is read from it, so nothing is left out.
        ("offers", "offers"),
        ("to_link", "to_link"),
    ],
)
def test_an_observations_group_is_that_of_its_evidence(kind: str, group: str) -> None:
    assert verdicts.group_of(kind) == group


# ---------------------------------------------------------------- cases that people know

SEED = make.host(
    "calcio12.test",
    {
        "brand": "calcio",
        "icon": "sha256:aa",
        "page_shape": "00" * 64,
        "page_tags": "0" * 16,
        "handle": "telegram:calcio",
        "analytics_id": "histats:4512345",
        "nameserver_set": "ada.ns.cloudflare.com bob.ns.cloudflare.com",
        "address": "192.0.2.7",
    },
)
THEME = {
    "page_shape": "00" * 64,
    "page_tags": "0" * 16,
    "asset_path": [f"/t/{i}" for i in range(9)],
}
HOSTING = {
    "nameserver_set": "ada.ns.cloudflare.com bob.ns.cloudflare.com",
    "address": "192.0.2.7",
}


def _case(candidate: dict[str, object], channels: tuple[str, ...], name: str) -> Case:
    shows = STREAM | candidate
    return make.case(make.host(name, shows, channels=channels), SEED)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "channels", "shows"),
    [
        pytest.param(
            "calcio13.test",
            ("numbered",),
            {"brand": "calcio", "icon": "sha256:aa"},
            id="the-next-number-with-the-icon",
        ),
        pytest.param(
            "kt-streams.example",
            ("redirect",),
            {"handle": "telegram:calcio", "page_shape": "00" * 64},
            id="another-name-with-handle-and-template",
        ),
        pytest.param(
            "calcio.example",
            ("other_suffix",),
            {"analytics_id": "histats:4512345", "page_tags": "0" * 16},
            id="another-suffix-with-counter-and-template",
        ),
    ],
)
def test_a_true_mirror_is_probable(
    name: str, channels: tuple[str, ...], shows: dict[str, object]
) -> None:
    assert verdicts.judge(_case(shows, channels, name)).verdict is Verdict.PROBABLE


@pytest.mark.parametrize(
    ("name", "channels", "shows"),
    [
        pytest.param(
            "otherpirate.example",
            ("link",),
            THEME | HOSTING | {"brand": "otherpirate", "icon": "sha256:bb"},
            id="another-pirate-on-the-same-theme-and-hoster",
        ),
        pytest.param(
            "calcio.example",
            ("other_suffix", "link"),
            {"brand": "calcio", "icon": "sha256:bb"},
            id="a-lawful-streaming-business-of-that-name",
        ),
        pytest.param(
            "news.example",
            ("link",),
            {"brand": "dailynews", "to_link": "calcio12.test", "to_text": "calcio12.test"},
            id="a-newspaper-with-a-video-player",
        ),
        pytest.param(
            "agency-client.example",
            ("link",),
            {"brand": "client", "analytics_id": "histats:4512345", "icon": "sha256:cc"},
            id="a-client-of-the-same-agency",
        ),
    ],
)
def test_a_look_alike_stays_a_candidate(
    name: str, channels: tuple[str, ...], shows: dict[str, object]
) -> None:
    assert verdicts.judge(_case(shows, channels, name)).verdict is Verdict.CANDIDATE
