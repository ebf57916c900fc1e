"""A small world with one host for each thing that a server can do, and a bare client."""

import socket
import ssl
from dataclasses import dataclass

from mirrorhunt.lab.run import Lab
from mirrorhunt.lab.world import (
    Behaviour,
    Bomb,
    Certificate,
    CertificateSearch,
    Content,
    Dns,
    Drip,
    Host,
    Html,
    Huge,
    Lead,
    Redirect,
    RegistrationData,
    Reset,
    Truth,
    World,
)

LIVE = Truth("live")
ADDRESS = ("185.0.113.7",)


def host(name: str, *, dns: Dns | None = None, https: bool = True, **routes: Behaviour) -> Host:
    """A live host; routes by name of the path, ``front`` for ``/``."""
    paths = {"/" if key == "front" else f"/{key}": found for key, found in routes.items()}
    certificate = Certificate(name, (name, f"www.{name}")) if https else None
    return Host(name, LIVE, dns or Dns(a=ADDRESS), certificate, paths)


def small_world() -> World:
    """Every behaviour once."""
    lead = (Lead("meta_refresh", "page.example"), Lead("script_redirect", "page.example"))
    page = Html("ordinary", {"brand": "Page", "trade": "Shop"})
    hosts = [
        host("page.example", front=page, match=Content(b"match")),
        host("plain.example", https=False, front=page),
        host("moved.example", front=Redirect("https://page.example{path}", 301)),
        host("meta.example", front=Html("meta_refresh", {}, lead)),
        host("script.example", front=Html("script_redirect", {"script": "encoded"}, lead)),
        host("challenge.example", front=Html("challenge", {}, (), 403, (("cf-mitigated", "x"),))),
        host("blocked.example", front=Html("blocked", {}, (), 451, (("Link", "<a>"),))),
        host("drip.example", front=Drip(pause_s=0.01)),
        host("bomb.example", front=Bomb(32 * 1024 * 1024)),
        host("huge.example", front=Huge(3_000_000)),
        host("reset.example", front=Reset()),
        host("ct.example", front=CertificateSearch()),
        Host("rdap.example", LIVE, Dns(a=ADDRESS), Certificate("r", ("rdap.example",)),
             {"/domain/*": RegistrationData()}),
        host("nul.example", front=Content(b"<p>\0\xff", "text/html; charset=utf-99")),
        host("trap.example", front=Html("trap")),
        host("links.example", front=Html("many_links", {"count": "1000"})),
        Host("secure.example", LIVE, Dns(a=ADDRESS), Certificate("s", ("secure.example",)),
             {"/": page}, upgrades=True),
        Host("silent80.example", LIVE, Dns(a=ADDRESS), Certificate("8", ("silent80.example",)),
             {"/*": page}, has_http=False),
        Host("twin1.example", LIVE, Dns(a=ADDRESS),
             Certificate("twins", ("twin1.example", "twin2.example")), {"/": page}),
        Host("twin2.example", LIVE, Dns(a=ADDRESS),
             Certificate("twins", ("twin1.example", "twin2.example")), {"/": page}),
        Host("own.example", LIVE, Dns(a=ADDRESS),
             Certificate("own", ("own.example",), "self_signed"), {"/": page}),
        Host("old.example", LIVE, Dns(a=ADDRESS),
             Certificate("old", ("old.example",), "expired"), {"/": page}),
        Host("ov.example", LIVE, Dns(a=ADDRESS),
             Certificate("ov", ("ov.example",), organization="League S.p.A."), {"/": page}),
        Host("wild.example", LIVE, Dns(a=ADDRESS, ns=("ns1.hoster.example",)), None,
             {"/": page}, is_wildcard=True),
        Host("alias.example", LIVE, Dns(cname="page.example")),
        Host("lost.example", LIVE, Dns(cname="nowhere.example")),
        Host("circle.example", LIVE, Dns(cname="circle.example")),
        Host("gone.example", LIVE, Dns(rcode="NXDOMAIN")),
        Host("broken.example", LIVE, Dns(rcode="SERVFAIL")),
        Host("mute.example", LIVE, Dns(rcode="SILENT")),
        Host("rebind.example", LIVE, Dns(turns=(("185.0.113.9",), ("127.0.0.1",)))),
        Host("zone.example", LIVE, Dns(a=ADDRESS, aaaa=("2a00::1",), soa_rname="who.zone.example",
             ns=("ns1.hoster.example", "ns2.hoster.example"), mx=("mx.hoster.example",),
             txt=("v=spf1 -all",))),
        Host("deep.below.zone.example", LIVE, Dns(a=ADDRESS)),
        Host("big.example", LIVE, Dns(a=tuple(f"185.0.113.{n}" for n in range(1, 120)))),
        Host("registry.example", LIVE, Dns(a=("185.0.113.200",))),
    ]  # fmt: skip
    return World(
        name="small",
        seed=0,
        network="small",
        seeds=("page.example",),
        hosts={found.name: found for found in hosts},
        wildcard_suffixes={"test": "registry.example"},
    )


@dataclass(frozen=True)
class Reply:
    """What came back, undigested."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """A client of bare sockets: it hides nothing that a library would."""

    def __init__(self, lab: Lab) -> None:
        ports = [int(rule.rpartition(":")[2]) for rule in lab.connect_to]
        self._http, self._https = ports
        self._trusting = ssl.create_default_context(cadata=lab.ca_pem.decode())

    def connect(self, name: str, *, secure: bool, verify: bool = True) -> socket.socket:
        """A connection to *name*, past the handshake."""
        port = self._https if secure else self._http
        plain = socket.create_connection(("127.0.0.1", port), timeout=10)
        if not secure:
            return plain
        context = self._trusting
        if not verify:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        try:
            return context.wrap_socket(plain, server_hostname=name)
        except BaseException:
            plain.close()
            raise

    def get(
        self, name: str, path: str = "/", *, secure: bool = True, limit_bytes: int = 10_000_000
    ) -> Reply:
        """The reply to a GET, read up to *limit_bytes* or the end."""
        with self.connect(name, secure=secure) as connection:
            lines = (f"GET {path} HTTP/1.1", f"Host: {name}", "User-Agent: probe",
                     "Connection: close", "", "")  # fmt: skip
            connection.sendall("\r\n".join(lines).encode())
            received = b""
            while len(received) < limit_bytes and (chunk := connection.recv(65536)):
                received += chunk
        if not received:
            raise ConnectionResetError("closed without an answer")
        head, _, body = received.partition(b"\r\n\r\n")
        first, *fields = head.decode("latin-1").split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (field.partition(":") for field in fields)}
        return Reply(int(first.split()[1]), headers, body)
