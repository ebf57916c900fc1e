"""What an adversary can forge, tried on the well-known: the policy alone has to hold it.

As if no list protected anybody. Each name is dressed in each row of the forgery table, and in all
of them, with the content gate open: a broadcaster does stream.
"""

from collections.abc import Iterable

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from mirrorhunt import verdicts
from mirrorhunt.facts import Rarity
from mirrorhunt.model import Judgement, Verdict
from tests.must_not_publish import corpus, forgeries
from tests.must_not_publish.forgeries import APART, RESIDUAL, ROWS, Forgery

TOGETHER = tuple(row for row in ROWS if row != APART)
# A tenth of the names for each row, another tenth for each; all of them where time allows.
QUICK = 10


def judged(name: str, forged: Forgery, *, faceless: bool) -> Judgement:
    return verdicts.judge(forgeries.case(name, forged, faceless=faceless))


def let_through(names: Iterable[str], rows: Iterable[str]) -> list[tuple[str, str]]:
    """Those of *names* that *rows* make probable, with the sentence that let them."""
    rows = tuple(rows)
    found = []
    for name in names:
        forged = forgeries.together(name, rows)
        for faceless in (True, False):
            judgement = judged(name, forged, faceless=faceless)
            if judgement.verdict is not Verdict.CANDIDATE:
                found.append((name, judgement.gate))
    return found


@pytest.mark.parametrize("number", range(len(ROWS)), ids=ROWS)
def test_no_row_makes_a_name_probable(number: int) -> None:
    row = list(ROWS)[number]
    assert let_through(corpus.everybody()[number % QUICK :: QUICK], [row]) == []


def test_nor_do_all_rows_together() -> None:
    assert let_through(corpus.everybody()[::QUICK], TOGETHER) == []


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS)
def test_no_row_makes_any_name_probable(row: str) -> None:
    assert let_through(corpus.everybody(), [row]) == []


@pytest.mark.slow
def test_nor_do_all_rows_together_any() -> None:
    assert let_through(corpus.everybody(), TOGETHER) == []


def test_the_gate_is_open() -> None:
    # Else all of this would only prove that nothing streams.
    for row in ROWS:
        judgement = judged("dazn.com", forgeries.together("dazn.com", [row]), faceless=True)
        assert "offers" not in judgement.gate, row
        assert "not live" not in judgement.gate, row


def test_the_rows_are_weighed() -> None:
    # A row whose evidence does not arrive would hold by mistake.
    counting = {
        row: {e.kind for e in judged("dazn.com", forge("dazn.com"), faceless=False).evidence}
        for row, forge in ROWS.items()
    }
    assert counting["linked_by_members"] >= {"named_by_member"}
    assert counting["redirected_by_members"] >= {"named_by_member"}
    assert counting["resolved_to_by_members"] >= {"address", "nameserver_set", "mail_exchanger"}
    assert counting["copied_to_members"] >= {"analytics_id", "ad_id", "icon", "page_shape"}
    assert counting["tokens_copied"] >= {"verification_token"}
    assert counting["broken_into"] >= {"redirects_to_member", "points_to_member"}
    assert counting["same_nameservers"] >= {"nameserver_set"}
    assert counting["same_hoster"] >= {"address", "nameserver_set"}
    assert counting["registered_together"] >= {"created_together"}


# ---------------------------------------------------------------- what the table calls residual


# A station that no list knows: the well-known have their protection, and their popularity.
LOCAL = "emittente-locale.test"


@pytest.mark.parametrize("row", RESIDUAL)
def test_what_is_residual_passes_the_policy_and_needs_the_list(row: str) -> None:
    """These are told from mirrors by nothing that is observed: what holds them is the list of
    protected names, and the person who confirms. Should the policy learn to hold one of them, it
    belongs to the rows above."""
    assert let_through([LOCAL], [row]) != []


def test_an_intruder_with_one_more_word_is_residual_too() -> None:
    assert let_through([LOCAL], [APART]) == []
    assert let_through([LOCAL], [APART, "listed_by_others"]) != []


# A copy of the network's page is a mirror, whoever serves it; and of two mirrors that were dressed
# from birth, a person confirmed both.
BY_HAND = ("serves_a_copy", "dressed_from_birth")


@pytest.mark.parametrize("row", [row for row in (*ROWS, *RESIDUAL) if row not in BY_HAND])
def test_no_machine_confirms_a_forgery(row: str) -> None:
    for name in corpus.everybody()[::40]:
        for faceless in (True, False):
            judgement = judged(name, forgeries.together(name, [row]), faceless=faceless)
            assert verdicts.auto_confirmable(judgement) is not None, (row, name)


# ---------------------------------------------------------------- any of it, at random

names = st.sampled_from(corpus.everybody())


@st.composite
def forged(draw: st.DrawFn) -> tuple[str, Forgery, bool]:
    """Some of some rows, of any name."""
    name = draw(names)
    rows = draw(st.lists(st.sampled_from(TOGETHER), min_size=1, unique=True))
    whole = forgeries.together(name, sorted(rows))
    keep = draw(st.randoms(use_true_random=False))
    return (
        name,
        Forgery(
            tuple(o for o in whole.shown if keep.random() < 0.7),
            {
                host: tuple(o for o in said if keep.random() < 0.7)
                for host, said in whole.said.items()
            },
            tuple(c for c in whole.channels if keep.random() < 0.7),
            whole.registered,
            whole.relabelled,
        ),
        draw(st.booleans()),
    )


@settings(max_examples=300)
@given(forged(), st.sampled_from([0, 50, 3000]), st.dictionaries(names, st.integers(0, 12)))
def test_no_mixture_of_forgeries_makes_a_name_probable(
    trial: tuple[str, Forgery, bool], observable: int, others: dict[str, int]
) -> None:
    name, some, faceless = trial
    counts = {
        (kind, value): n
        for other, n in others.items()
        for kind, of_kind in forgeries.values(other).items()
        for value in of_kind
    }
    rare = Rarity(counts, dict.fromkeys(forgeries.KINDS, observable))
    judgement = verdicts.judge(forgeries.case(name, some, rare=rare, faceless=faceless))
    event("above the line" if judgement.score_bits >= verdicts.PROBABLE_BITS else "below it")
    assert judgement.verdict is Verdict.CANDIDATE, (name, judgement.gate)
    assert verdicts.auto_confirmable(judgement) is not None
