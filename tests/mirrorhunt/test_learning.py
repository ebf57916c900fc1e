"""What decisions teach: the direction that the world has, within bounds, and nothing from none."""

import math
import random
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrorhunt import learning, priors, verdicts
from mirrorhunt.decisions import Label
from mirrorhunt.evidence import weigh
from mirrorhunt.model import BOTH, Availability, Evidence, Judgement, Relation, Side, Verdict
from mirrorhunt.policy import DEFAULT, SHIPPED, Policy
from tests import make
from tests.mirrorhunt.test_invariants import candidates, networks

KINDS = {"ad_id": ("money", 9.0), "icon": ("content", 6.0), "handle": ("handles", 8.0)}


def label(
    n: int,
    belongs: bool,
    shows: Iterable[str] = (),
    *,
    channels: tuple[str, ...] = ("recombined",),
    policy: Policy = DEFAULT,
    network: str = "films",
) -> Label:
    evidence = tuple(
        policy.weighed(Evidence(kind, BOTH, Side.CANDIDATE, group, bits, "shared", "1"))
        for kind in shows
        for group, bits in [KINDS[kind]]
    ) or (Evidence("brand", BOTH, Side.CANDIDATE, "brand", 0.5, "near", "1"),)
    judgement = Judgement(
        host=f"host{n}.example",
        network=network,
        verdict=Verdict.PROBABLE,
        relation=Relation.MIRROR,
        score_bits=0.0,
        scores=(),
        prior_bits=0.0,
        evidence=evidence,
        gate="",
        policy=policy.version,
    )
    return Label(judgement, f"host{n}.example", channels, belongs)


def simulated(count: int, truth: Policy, seed: int = 1) -> list[Label]:
    """Hosts that belong as often as *truth* says, in two networks."""
    drawn = random.Random(seed)
    found = []
    for n in range(count):
        shows = [kind for kind in KINDS if drawn.random() < 0.4]
        channel = drawn.choice(["recombined", "suffix_split", "hyphenated"])
        one = label(n, True, shows, channels=(channel,), network=drawn.choice(["films", "goals"]))
        [case] = learning.cases_of([one], {})
        p = 1 / (1 + 2 ** -case.score_bits(truth))
        found.append(
            label(
                n,
                drawn.random() < p,
                shows,
                channels=(channel,),
                network=one.judgement.network,
            )
        )
    return found


def test_no_decisions_leave_the_policy_as_it_is() -> None:
    assert learning.learn([]) is DEFAULT


def test_few_decisions_teach_nothing() -> None:
    assert learning.learn([label(n, False, ["icon"]) for n in range(9)]) is DEFAULT


def test_a_policy_is_named_by_its_decisions() -> None:
    learned = learning.learn(simulated(40, DEFAULT))

    assert learned.version == f"{SHIPPED}+40"


def test_the_same_decisions_teach_the_same() -> None:
    assert learning.learn(simulated(80, DEFAULT)) == learning.learn(simulated(80, DEFAULT))


def test_what_errs_more_often_than_it_said_weighs_less_and_the_other_way_round() -> None:
    truth = Policy(
        channel_bits={"hyphenated": -2.5, "suffix_split": 2.0}, kind_bits={"icon": -3.0}
    )

    learned = learning.learn(simulated(40, truth) + simulated(600, truth, seed=2))
    foretold = learning.held_out(learning.cases_of(simulated(600, truth, seed=2), {}))

    assert learned.kind_bits["icon"] < -0.5
    assert learned.channel_bits["hyphenated"] < -0.5
    assert learned.channel_bits["suffix_split"] > 0.2
    assert not foretold.is_worse
    assert (foretold.folds, foretold.by) == (2, "network")


def test_what_is_right_stays_about_where_it_is() -> None:
    learned = learning.learn(simulated(600, DEFAULT))

    moved = [*learned.kind_bits.values(), *learned.channel_bits.values()]
    assert all(abs(bits) < 1 for bits in moved)
    assert all(0.6 < slope < 1.4 for slope in learned.group_slopes.values())


def test_slopes_take_fifty_decisions_of_both_sorts() -> None:
    few = simulated(49, DEFAULT)
    alike = [label(n, True, ["icon"]) for n in range(80)]

    assert not learning.learn(few).group_slopes
    assert not learning.learn(alike).group_slopes


def test_what_members_open_is_never_learned() -> None:
    learned = learning.learn(
        [label(n, True, ["ad_id"], channels=("link", "redirect")) for n in range(60)]
    )

    assert not learned.channel_bits


def test_what_members_say_is_never_learned() -> None:
    said = Evidence("named_by_member", BOTH, Side.KNOWN, "known", 1.0, "a link")
    ones = [label(n, n % 2 == 0, ["icon"]) for n in range(60)]
    ones = [
        replace(
            one,
            judgement=replace(one.judgement, evidence=(*one.judgement.evidence, said)),
        )
        for one in ones
    ]

    learned = learning.learn(ones)

    assert "named_by_member" not in learned.kind_bits
    assert not {"known", "known_later", "against"} & learned.group_slopes.keys()


def test_a_domain_has_one_vote() -> None:
    ten = [label(n, True, ["icon"]) for n in range(10)]

    assert learning.learn([*ten, *[label(3, True, ["icon"])] * 1000]) == learning.learn(ten)


def test_numbers_are_bounded_whatever_is_decided() -> None:
    # A thousand wrong hosts that somebody made to be rejected.
    learned = learning.learn([label(n, False, KINDS) for n in range(1000)])

    assert all(abs(bits) <= learning.CLIP_BITS for bits in learned.kind_bits.values())


def test_what_a_learned_policy_weighed_is_weighed_back() -> None:
    learned = Policy("2026.2+10", {}, {"icon": -1.5, "ad_id": 1.0}, {"content": 0.5})
    [raw] = learning.cases_of([label(1, True, KINDS)], {})

    [back] = learning.cases_of([label(1, True, KINDS, policy=learned)], {"2026.2+10": learned})

    assert [e.bits for e in back.evidence] == pytest.approx([e.bits for e in raw.evidence])


def test_labels_of_an_unknown_policy_are_left_out() -> None:
    assert learning.cases_of([label(1, True, ["icon"], policy=Policy("2020.1"))], {}) == []


def test_the_largest_posterior_is_where_its_slope_is_nothing() -> None:
    drawn = random.Random(5)
    x = np.array([[drawn.random(), drawn.random()] for _ in range(80)])
    y = np.array([float(drawn.random() < 0.7) for _ in range(80)])
    zero, wide = np.zeros(2), np.full(2, 50.0)

    w = learning.largest_posterior(
        x, np.zeros(80), y, mean=zero, sigma=np.ones(2), least=-wide, most=wide
    )

    slope = math.log(2) * x.T @ (y - learning.probability(x @ w)) - w
    assert np.abs(slope).max() < 1e-3


policies = st.builds(
    Policy,
    version=st.just("any"),
    channel_bits=st.dictionaries(
        st.sampled_from(sorted(priors.NAMED_CHANNELS)), st.floats(-3, 3), max_size=5
    ),
    kind_bits=st.dictionaries(
        st.sampled_from(["ad_id", "icon", "page_shape", "page_tags", "handle", "address"]),
        st.floats(-3, 3),
    ),
    group_slopes=st.dictionaries(
        st.sampled_from([*verdicts.GROUP_CAPS, "known", "against"]), st.floats(0, 1.5)
    ),
    intercept_bits=st.floats(-3, 3),
)


@settings(max_examples=150)
@given(candidates(), networks(), policies)
def test_no_policy_breaks_an_invariant(candidate, network, policy) -> None:  # type: ignore[no-untyped-def]
    case = make.case(candidate, of=network)
    weighed = weigh(case)

    judgement = verdicts.conclude(case, weighed, policy)

    # Caps hold after shifts and slopes.
    sums: dict[str, list[float]] = {}
    for line in verdicts.decompose(judgement):
        if line.evidence is not None and line.bits > 0:
            e = line.evidence
            group = "known" if e.side is Side.KNOWN else e.group
            sums.setdefault(group, []).append(line.bits)
    for group, bits in sums.items():
        cap = verdicts.KNOWN_CAP_BITS if group == "known" else verdicts.GROUP_CAPS.get(group, 4.0)
        assert math.fsum(bits) <= cap + 1e-6
    # I1: on what members say alone nothing is probable.
    alone = [e for e in weighed if e.side is Side.KNOWN or e.bits < 0]
    assert verdicts.conclude(case, alone, policy).verdict is Verdict.CANDIDATE
    # I3: what they began to say later lifts nothing.
    before = [e for e in weighed if e.group != "known_later"]
    if judgement.verdict is Verdict.PROBABLE:
        assert verdicts.conclude(case, before, policy).verdict is Verdict.PROBABLE
    # I4: a page that is not live weighs nothing.
    parked = make.case(replace(candidate, availability=Availability.PARKED), of=network)
    assert verdicts.conclude(parked, weighed, policy).verdict is Verdict.CANDIDATE
    # A gate that is shut stays so.
    if not verdicts.conclude(case, weighed).gate.startswith(("its own", "its page is", "it ")):
        assert judgement.verdict is Verdict.CANDIDATE or "bits" in judgement.gate
