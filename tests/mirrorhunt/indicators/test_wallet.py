"""Wallets and donation pages."""

import pytest

from mirrorhunt.indicators._checksums import is_bech32, is_ethereum, keccak256
from mirrorhunt.model import Observation

# Published examples: the first block's, BIP 173's, BIP 350's, EIP-55's.
BTC = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
TAPROOT = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
ETH = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(f"<p>{BTC[:-1]}b</p>", id="wrong Base58 checksum"),
        pytest.param(f"<p>{SEGWIT[:-1]}5</p>", id="wrong Bech32 checksum"),
        pytest.param(f"<p>{SEGWIT[:20].upper()}{SEGWIT[20:]}</p>", id="Bech32 of mixed case"),
        pytest.param(f"<p>{ETH[:-1]}D</p>", id="wrong EIP-55 checksum"),
        pytest.param(f"<p>x{BTC}</p>", id="within a longer word"),
        pytest.param(f"<p>{'a' * 64}</p>", id="a digest"),
        pytest.param(f"<script>var a='{BTC}'</script>", id="script of a page without money"),
        pytest.param(f"<p>bitcoin</p><script>f('{ETH.lower()}')</script>", id="hex in a script"),
        pytest.param("<a href='https://ko-fi.com/widgets'>x</a>", id="the service's own page"),
        pytest.param("<a href='https://paypal.me.example/films'>x</a>", id="look-alike host"),
        pytest.param("<a href='/?to=https://ko-fi.com/films'>x</a>", id="service in a query"),
    ],
)
def test_what_is_no_wallet_is_not_read(values, html):
    assert values("wallet", html) == []


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param(f"<p>Donate: {BTC}</p>", f"btc:{BTC}", id="Bitcoin"),
        pytest.param(f"<p>BTC:{SEGWIT.upper()}</p>", f"btc:{SEGWIT}", id="Bech32"),
        pytest.param(f"<p>{TAPROOT}</p>", f"btc:{TAPROOT}", id="Bech32m"),
        pytest.param(f"<p>{ETH}</p>", f"eth:{ETH.lower()}", id="Ethereum"),
        pytest.param(f"<p>{ETH.lower()}</p>", f"eth:{ETH.lower()}", id="without checksum"),
        pytest.param(
            "<p>TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t</p>",
            "tron:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
            id="TRON",
        ),
        pytest.param(f"<a href='bitcoin:{BTC}?amount=1'>x</a>", f"btc:{BTC}", id="bitcoin: link"),
        pytest.param(f"<p>Bitcoin</p><script>c('{BTC}')</script>", f"btc:{BTC}", id="copy button"),
        pytest.param("<a href='https://ko-fi.com/FilmsLive'>x</a>", "kofi:filmslive", id="Ko-fi"),
        pytest.param("<a href='https://paypal.me/films1'>x</a>", "paypal:films1", id="PayPal.Me"),
        pytest.param(
            "<a href='https://www.paypal.com/paypalme/films1/5'>x</a>", "paypal:films1", id="long"
        ),
    ],
)
def test_a_wallet_is_read(values, html, expected):
    assert values("wallet", html) == [expected]


def test_a_wallet_in_a_comment_is_marked_so(read):
    html = f"<div class=comments>{BTC}</div>"
    assert read("wallet", html) == [Observation("wallet", f"btc:{BTC}", "comments")]


def test_keccak_is_the_original_and_not_sha3():
    # The published digest of nothing; a text longer than one block must work, too.
    empty = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"").hex() == empty
    assert len(keccak256(b"x" * 300)) == 32


@pytest.mark.parametrize("text", ["", "1", "bc1", "a1b", "bc1q" + "b" * 30])
def test_no_text_upsets_the_checksums(text):
    assert not is_bech32(text)
    assert is_ethereum("0x" + "0" * 40)
