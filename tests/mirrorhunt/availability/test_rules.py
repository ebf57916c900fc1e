"""What the rules say where the page alone does not decide: DNS, transport, statuses, redirects."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrorhunt.availability import rules, ruling
from mirrorhunt.model import (
    Availability,
    DnsFacts,
    Failure,
    FailureKind,
    Hop,
    PeerCertificate,
    Rcode,
    Visit,
)
from mirrorhunt.page import MAX_BODY_BYTES, Page

AT = datetime(2026, 11, 24, tzinfo=UTC)
UP = DnsFacts(Rcode.NOERROR, addresses=("192.0.2.7",), nameservers=("ns1.dns.example",))
FILMS = (
    "<title>CalcioFilm</title><h1>Ultimi film</h1>"
    + "".join(f"<a href='/film/{i}'>Titolo numero {i}</a>" for i in range(60))
).encode()


def visit(
    *,
    dns: DnsFacts | None = UP,
    page: Page | None = None,
    failure: FailureKind | None = None,
    chain: tuple[Hop, ...] = (),
    certificate: PeerCertificate | None = None,
) -> Visit:
    return Visit(
        host="films.example",
        network="films",
        technique="recheck",
        vantage="here",
        at=AT,
        dns=dns,
        page=page,
        failure=None if failure is None else Failure(failure, "as told by the socket"),
        chain=chain,
        certificate=certificate,
    )


def html(body: bytes, status: int = 200, url: str = "https://films.example/") -> Page:
    return Page.of(url, body, status, {"content-type": "text/html"})


def certificate(*names: str) -> PeerCertificate:
    return PeerCertificate(
        names=names,
        names_count=len(names),
        spki_sha256="00" * 32,
        issuer="CN=Somebody",
        not_before=AT,
        not_after=AT,
        is_self_signed=True,
    )


HOP = Hop("https://films.example/", 302, "https://elsewhere.test/", "redirect")


@pytest.mark.parametrize(
    ("seen", "state", "rule"),
    [
        pytest.param(visit(dns=None), "unresolved", "unresolved:unseen", id="never-looked-at"),
        pytest.param(visit(), "unresolved", "no_address:unseen", id="resolved-but-not-asked"),
        pytest.param(
            visit(dns=DnsFacts(Rcode.NXDOMAIN)), "dead", "dead:nxdomain", id="no-such-name"
        ),
        pytest.param(
            visit(dns=DnsFacts(Rcode.NXDOMAIN), failure=FailureKind.UNRESOLVED),
            "dead",
            "dead:nxdomain",
            id="no-such-name-and-the-failure-that-follows",
        ),
        pytest.param(
            visit(dns=DnsFacts(Rcode.NXDOMAIN, aliases=("gone.test",))),
            "dead",
            "dead:alias",
            id="alias-of-no-such-name",
        ),
        pytest.param(
            visit(dns=DnsFacts(Rcode.NOERROR)), "unresolved", "unresolved:no_address", id="no-data"
        ),
        pytest.param(
            visit(dns=DnsFacts(Rcode.NOERROR, nameservers=("ns1.dns.example",))),
            "unresolved",
            "no_address",
            id="registered-without-an-address",
        ),
        # The parking service says more than the missing address.
        pytest.param(
            visit(dns=DnsFacts(Rcode.NOERROR, nameservers=("ns1.sedoparking.com",))),
            "parked",
            "parked:nameserver",
            id="registered-at-a-parking-service",
        ),
        # A registrar's default nameservers are on the parking list; live sites use them too.
        pytest.param(
            visit(
                dns=DnsFacts(Rcode.NOERROR, nameservers=("dns1.registrar-servers.com",)),
            ),
            "unresolved",
            "no_address",
            id="registered-at-a-registrar",
        ),
        pytest.param(
            visit(dns=DnsFacts(Rcode.SERVFAIL)), "unresolved", "unresolved:servfail", id="servfail"
        ),
        pytest.param(
            visit(dns=DnsFacts(Rcode.TIMEOUT), failure=FailureKind.UNRESOLVED),
            "unresolved",
            "unresolved:timeout",
            id="silent-nameserver",
        ),
        pytest.param(
            visit(dns=None, failure=FailureKind.UNRESOLVED),
            "unresolved",
            "unresolved:dns",
            id="not-resolved-and-no-facts",
        ),
        pytest.param(
            visit(failure=FailureKind.OWN), "unresolved", "unresolved:own", id="our-own-failure"
        ),
        # Our failure says nothing even where DNS says the name is dead: the resolver may be ours.
        pytest.param(
            visit(dns=DnsFacts(Rcode.NXDOMAIN), failure=FailureKind.OWN),
            "unresolved",
            "unresolved:own",
            id="our-own-failure-and-nxdomain",
        ),
        pytest.param(
            visit(failure=FailureKind.GUARDED), "unresolved", "unresolved:guarded", id="guarded"
        ),
        pytest.param(visit(failure=FailureKind.TIMEOUT), "error", "error:timeout", id="timeout"),
        pytest.param(visit(failure=FailureKind.REFUSED), "error", "error:refused", id="refused"),
        pytest.param(visit(failure=FailureKind.TLS), "error", "error:tls", id="tls"),
        pytest.param(
            visit(failure=FailureKind.REDIRECT_LOOP), "error", "error:redirect_loop", id="loop"
        ),
        # It is the target of the redirect that does not resolve; the host itself answers.
        pytest.param(
            visit(failure=FailureKind.UNRESOLVED, chain=(HOP,)),
            "error",
            "error:unresolved",
            id="redirects-to-nowhere",
        ),
        pytest.param(visit(page=html(b"", 301)), "error", "error:http_301", id="bare-redirect"),
        pytest.param(visit(page=html(b"<p>x", 502)), "error", "error:http_502", id="bad-gateway"),
        pytest.param(visit(page=html(FILMS, 204)), "error", "error:http_204_with_page", id="204"),
        pytest.param(
            visit(page=html(FILMS, 451)), "blocked", "blocked:http_451", id="451-with-a-page"
        ),
        pytest.param(
            visit(page=html(FILMS, 403)),
            "restricted",
            "restricted:http_403_with_page",
            id="403-with-a-page",
        ),
        pytest.param(visit(page=html(FILMS)), "live", "live", id="films"),
        # DNS may have been asked of a lying resolver: a page is a page.
        pytest.param(
            visit(dns=DnsFacts(Rcode.NXDOMAIN), page=html(FILMS)), "live", "live", id="page-wins"
        ),
        pytest.param(
            visit(page=html(FILMS, url="https://elsewhere.test/"), chain=(HOP,)),
            "live",
            "live:redirects",
            id="redirects-to-somebody-else",
        ),
        # www and the bare name are one registrable domain: no redirector.
        pytest.param(
            visit(page=html(FILMS, url="https://www.films.example/")), "live", "live", id="www"
        ),
        pytest.param(
            visit(dns=replace(UP, aliases=("notice.cuii.info",)), failure=FailureKind.TLS),
            "blocked",
            "blocked:cuii_name",
            id="alias-of-a-stop-page",
        ),
        pytest.param(
            visit(failure=FailureKind.TLS, certificate=certificate("*.opendns.com")),
            "blocked",
            "blocked:umbrella_certificate",
            id="certificate-of-a-stop-page",
        ),
        # Anybody can sign a certificate for anything: a page says more.
        pytest.param(
            visit(page=html(FILMS), certificate=certificate("*.opendns.com")),
            "live",
            "live",
            id="page-behind-a-lying-certificate",
        ),
        pytest.param(
            visit(
                failure=FailureKind.TIMEOUT,
                chain=(replace(HOP, to_url="https://www.alliance4creativity.com/watch"),),
            ),
            "seized",
            "seized:ace_landing",
            id="landing-that-did-not-answer",
        ),
        # A name that merely ends alike.
        pytest.param(
            visit(
                page=html(FILMS, url="https://notalliance4creativity.com/"),
                chain=(replace(HOP, to_url="https://notalliance4creativity.com/"),),
            ),
            "live",
            "live:redirects",
            id="landing-look-alike",
        ),
        # Cloudflare's shared addresses stand on the list of sinkholes.
        pytest.param(
            visit(dns=replace(UP, addresses=("104.21.27.14",)), failure=FailureKind.TIMEOUT),
            "error",
            "error:timeout",
            id="shared-address-on-the-sinkhole-list",
        ),
    ],
)
def test_a_visit_is_in_one_state(seen: Visit, state: str, rule: str) -> None:
    found = ruling(seen)

    assert (found.availability, found.rule) == (state, rule), found.because


def test_the_landing_host_itself_is_not_seized() -> None:
    page = html(FILMS, url="https://www.alliance4creativity.com/")
    seen = replace(visit(page=page), host="www.alliance4creativity.com")

    assert ruling(seen).availability is Availability.LIVE


def test_every_rule_has_an_order_of_its_own() -> None:
    orders = [rule.order for rule in rules.values()]

    assert len(set(orders)) == len(orders)


def test_the_rule_of_a_ruling_is_a_file_of_the_folder() -> None:
    seen = (visit(), visit(page=html(FILMS)), visit(failure=FailureKind.TLS))

    assert {ruling(v).rule.partition(":")[0] for v in seen} <= set(rules)


WORDS = st.sampled_from(
    [
        "this domain has been seized",
        "buy this domain",
        "just a moment",
        "welcome to nginx",
        "film",
        "<a href=/film/1>",
        "<iframe src=//x.test/>",
        "<div style='display:none'>",
        "<script src=/x.js></script>",
        "<title>",
        "</title>",
        "<input type=password>",
        "\x00",
        "’",
    ]
)
BODIES = st.one_of(
    st.binary(max_size=300), st.lists(WORDS, max_size=30).map(lambda w: " ".join(w).encode())
)
HOSTS = st.sampled_from(["films.example", "co.uk", "x.github.io", "xn--bcher-kva.example", "com"])
URLS = st.one_of(
    st.sampled_from(["https://films.example/", "http://[::1", "", "https://dan.com/x", "mailto:"]),
    st.text(max_size=30),
)
NAMES = st.lists(
    st.sampled_from(["ns1.sedoparking.com", "notice.cuii.info", "x", "", "ns1.dns.example"]),
    max_size=3,
).map(tuple)
ADDRESSES = st.lists(
    st.one_of(
        st.ip_addresses().map(str), st.sampled_from(["nonsense", "146.112.61.106", "fe80::1%x"])
    ),
    max_size=3,
).map(tuple)
VISITS = st.builds(
    Visit,
    host=HOSTS,
    network=st.just("films"),
    technique=st.just("recheck"),
    vantage=st.just("here"),
    at=st.just(AT),
    dns=st.none()
    | st.builds(
        DnsFacts,
        rcode=st.sampled_from(Rcode),
        addresses=ADDRESSES,
        aliases=NAMES,
        nameservers=NAMES,
    ),
    certificate=st.none() | NAMES.map(lambda names: certificate(*names)),
    chain=st.lists(
        st.builds(
            Hop,
            url=URLS,
            status=st.integers(300, 308),
            to_url=URLS,
            how=st.just("redirect"),
        ),
        max_size=2,
    ).map(tuple),
    page=st.none()
    | st.builds(
        Page,
        url=URLS,
        status=st.sampled_from([200, 204, 301, 403, 404, 429, 451, 503, 0, 999]),
        headers=st.lists(
            st.tuples(
                st.sampled_from(["content-type", "cf-mitigated", "link", "server"]),
                st.sampled_from(["text/html", "challenge", "image/png", "", "\x00"]),
            ),
            max_size=3,
        ).map(tuple),
        body=BODIES,
    ),
    failure=st.none() | st.builds(Failure, kind=st.sampled_from(FailureKind), detail=st.text()),
)


@given(seen=VISITS)
@settings(max_examples=300, deadline=None)
def test_any_visit_gets_a_ruling_and_raises_nothing(seen: Visit) -> None:
    found = ruling(seen)

    assert found.rule
    assert found.because
    if seen.page is None:
        assert found.availability is not Availability.LIVE


@given(notice=st.sampled_from(["this domain has been seized", "buy this domain", "sito oscurato"]))
@settings(deadline=None)
def test_words_hidden_on_a_rich_page_change_nothing(notice: str) -> None:
    # Who wants out of the feeds would write them there.
    body = FILMS + f"<p style='font-size:0'>{notice}</p><p>{notice}</p>".encode()

    assert ruling(visit(page=html(body))).availability is Availability.LIVE


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<div>" * 200_000, id="deep"),
        pytest.param(b"<title>" + b"display:" * 250_000, id="half-a-style"),
        pytest.param(b"<style>" + b".a{" * 600_000, id="open-style-rules"),
        pytest.param(b"<input " * 250_000, id="open-inputs"),
        pytest.param(b"<div id=" * 200_000, id="open-roots"),
        pytest.param(b"<p style='" + b" " * 1_500_000 + b"display", id="spaces"),
        # The parser takes the square of their number, which was four minutes.
        pytest.param(b"<a " + b" ".join(b"x%d=y" % n for n in range(200_000)), id="attributes"),
    ],
)
def test_a_page_written_to_stall_us_gets_a_ruling(body: bytes) -> None:
    assert ruling(visit(page=html(body[:MAX_BODY_BYTES]))).because
