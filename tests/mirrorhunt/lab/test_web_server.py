"""The lab's web servers do what the world says of each host."""

import asyncio
import base64
import gzip
import json
import logging
import socket
import ssl

import pytest
from cryptography import x509

from mirrorhunt.lab.run import Lab
from mirrorhunt.lab.web_server import WebServer
from tests.mirrorhunt.lab.small import Client, small_world


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_a_page_is_served_by_host_name(client: Client, secure: bool) -> None:
    reply = client.get("page.example", secure=secure)
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert b"<title>Page" in reply.body
    assert client.get("www.page.example", secure=secure).body == reply.body


def test_an_unknown_host_and_an_unknown_path_are_not_found(client: Client) -> None:
    assert client.get("nobody.example", secure=False).status == 404
    assert client.get("page.example", "/nothing").status == 404


def test_everybody_may_crawl_unless_the_world_says_otherwise(client: Client) -> None:
    assert client.get("page.example", "/robots.txt").body.startswith(b"User-agent: *")


@pytest.mark.parametrize(
    ("name", "status", "header"),
    [
        ("moved.example", 301, ("location", "https://page.example/")),
        ("challenge.example", 403, ("cf-mitigated", "x")),
        ("blocked.example", 451, ("link", "<a>")),
        ("nul.example", 200, ("content-type", "text/html; charset=utf-99")),
    ],
)
def test_status_and_headers_are_those_of_the_world(
    client: Client, name: str, status: int, header: tuple[str, str]
) -> None:
    reply = client.get(name)
    assert reply.status == status
    assert reply.headers[header[0]] == header[1]


def test_a_host_that_upgrades_sends_plain_visitors_to_https(client: Client) -> None:
    reply = client.get("secure.example", "/a?b=c", secure=False)
    assert (reply.status, reply.headers["location"]) == (301, "https://secure.example/a?b=c")
    assert client.get("secure.example").status == 200


def test_pages_move_their_visitors_by_meta_and_by_script(client: Client) -> None:
    assert b'http-equiv="refresh" content="0; url=https://page.example/"' in (
        client.get("meta.example").body
    )
    assert base64.b64encode(b"https://page.example/") in client.get("script.example").body


def test_a_bomb_is_small_until_it_is_unpacked(client: Client) -> None:
    reply = client.get("bomb.example")
    assert reply.headers["content-encoding"] == "gzip"
    assert len(reply.body) < 100_000
    assert len(gzip.decompress(reply.body)) > 32 * 1024 * 1024


def test_a_huge_body_and_many_links_are_sent_whole(client: Client) -> None:
    assert len(client.get("huge.example").body) >= 3_000_000
    assert client.get("links.example").body.count(b"<a href") == 1000


def test_a_drip_goes_on(client: Client) -> None:
    reply = client.get("drip.example", limit_bytes=2000)
    assert reply.status == 200
    assert b"<title>" in reply.body


@pytest.mark.parametrize(
    ("name", "secure"), [("reset.example", True), ("silent80.example", False)]
)
def test_a_reset_is_no_answer(client: Client, name: str, secure: bool) -> None:
    with pytest.raises(OSError):
        client.get(name, secure=secure)


def test_broken_bytes_arrive_as_they_are(client: Client) -> None:
    assert client.get("nul.example").body == b"<p>\0\xff"


def test_a_trap_leads_to_names_below_itself(client: Client) -> None:
    body = client.get("trap.example").body
    assert body.count(b".trap.example/") == 100


def test_public_sources_are_asked_as_the_real_ones_are(client: Client) -> None:
    found = client.get("ct.example", "/?q=%25twin%25&output=json")
    assert found.headers["content-type"].startswith("application/json")
    assert [e["common_name"] for e in json.loads(found.body)] == ["twin1.example"]
    assert json.loads(client.get("rdap.example", "/domain/page.example").body)["ldhName"] == (
        "PAGE.EXAMPLE"
    )
    assert client.get("rdap.example", "/domain/nobody.example").status == 404


# ---------------------------------------------------------------- certificates


def presented(client: Client, name: str) -> x509.Certificate:
    with client.connect(name, secure=True, verify=False) as connection:
        assert isinstance(connection, ssl.SSLSocket)
        found = connection.getpeercert(binary_form=True)
    assert found is not None
    return x509.load_der_x509_certificate(found)


def test_hosts_of_one_group_present_one_key(client: Client) -> None:
    first, second = presented(client, "twin1.example"), presented(client, "twin2.example")
    assert first == second
    names = first.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["twin1.example", "twin2.example"]
    assert presented(client, "page.example").public_key() != first.public_key()


@pytest.mark.parametrize("name", ["own.example", "old.example"])
def test_a_broken_certificate_is_not_trusted_but_presented(client: Client, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        client.connect(name, secure=True)
    assert presented(client, name).subject.rfc4514_string() == f"CN={name}"


@pytest.mark.parametrize("name", ["plain.example", "nobody.example"])
def test_a_host_without_https_refuses_the_handshake(client: Client, name: str) -> None:
    with pytest.raises(ssl.SSLError):
        client.connect(name, secure=True, verify=False)


def test_only_some_certificates_name_an_organization(client: Client) -> None:
    oid = x509.NameOID.ORGANIZATION_NAME
    [found] = presented(client, "ov.example").subject.get_attributes_for_oid(oid)
    assert found.value == "League S.p.A."
    assert not presented(client, "page.example").subject.get_attributes_for_oid(oid)


# ---------------------------------------------------------------- the log


def test_requests_are_logged_with_the_name_of_the_handshake(client: Client, lab: Lab) -> None:
    client.get("page.example", "/match?x=1")
    client.get("page.example", "/match?x=2", secure=False)
    first, second = (r for r in lab.requests if r.path.startswith("/match?"))
    assert (first.scheme, first.sni, first.path) == ("https", "page.example", "/match?x=1")
    assert (second.scheme, second.sni) == ("http", None)
    assert {r.user_agent for r in (first, second)} == {"probe"}
    assert {(r.host, r.method, r.status) for r in (first, second)} == {
        ("page.example", "GET", 200)
    }


def test_what_gets_no_answer_is_logged_as_well(client: Client, lab: Lab) -> None:
    with pytest.raises(OSError):
        client.get("reset.example", "/")
    assert [r.status for r in lab.requests if r.host == "reset.example"][-1] is None


def test_a_connection_serves_several_hosts_in_turn(lab: Lab) -> None:
    # A client may reuse a connection for another host at the same address.
    port = int(lab.connect_to[0].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        for name in ("page.example", "plain.example"):
            connection.sendall(f"GET /robots.txt HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("name", ["drip.example", "huge.example"])
def test_a_visitor_who_leaves_early_is_no_error(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It would be printed between the lines of whoever runs a lab."""

    async def leave() -> None:
        server = WebServer(small_world())
        http, _ = await server.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", http)
        writer.write(f"GET / HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
        await reader.readexactly(400)
        answering = asyncio.all_tasks() - {asyncio.current_task()}
        writer.transport.abort()
        # Until whoever answered has noticed.
        await asyncio.wait(answering, timeout=20)
        await server.stop()

    asyncio.run(leave())

    assert [r.message for r in caplog.records if r.levelno >= logging.ERROR] == []
