"""Who is paid."""

import pytest

from mirrorhunt.model import OPERATOR_ONLY
from tests import make


def test_another_account_of_the_same_advertiser_speaks_against_the_operator() -> None:
    case = make.case(
        make.host(shows={"ad_id": "adsense:2"}), make.host("seed.test", {"ad_id": "adsense:1"})
    )
    (found,) = make.evidence("different_money", case)
    assert found.bits == -3
    assert found.relations == OPERATOR_ONLY


@pytest.mark.parametrize(
    "shows",
    [
        pytest.param({"ad_id": ["adsense:1", "adsense:2"]}, id="one-account-in-common"),
        # To be paid by others is no disagreement.
        pytest.param({"ad_id": "exoclick:2"}, id="another-advertiser"),
        pytest.param({}, id="no-advertising"),
        # Places on a page are numbered anew on each site of one publisher.
        pytest.param({"ad_id": "zone:2"}, id="another-place"),
        pytest.param({"ad_id": "adsense:2", "wallet": "btc:1"}, id="one-wallet-in-common"),
    ],
)
def test_less_than_that_says_nothing(shows: dict[str, str]) -> None:
    member = make.host("seed.test", {"ad_id": ["adsense:1", "zone:1"], "wallet": "btc:1"})
    assert make.evidence("different_money", make.case(make.host(shows=shows), member)) == ()
