"""Feeds as their readers load them: a real server on loopback, and real requests."""

import asyncio
import gzip
import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from sqlalchemy import Engine

from mirrorhunt.store import consumers
from mirrorhunt.store.consumers import Download
from tests import make, published
from tests.published import Desk

MANY = tuple(f"films{n}.example" for n in range(2, 150))


@dataclass
class Said:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    process: subprocess.Popen[str]
    port: int
    talk: list[str] = field(default_factory=list)

    def get(self, path: str, method: str = "GET", **headers: str) -> Said:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.putrequest(method, path, skip_host="Host" in named, skip_accept_encoding=True)
        for name, value in named.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        said = Said(response.status, found, response.read())
        connection.close()
        return said

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self.talk += self.process.communicate(timeout=30)[1].splitlines()
        return self.process.returncode


Start = Callable[..., Server]


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    made = published.desk(engine, tmp_path / "feed", max_added=1000, max_withdrawn=1000)
    made.stands(*MANY)
    made.deliver()
    return made


@pytest.fixture
def start(desk: Desk, tmp_path: Path) -> Iterator[Start]:
    started: list[Server] = []
    (tmp_path / "mirrorhunt.toml").write_text(
        f'[feeds.isp]\ndestination = "{desk.folder}"\n[feeds.other]\ndestination = "nowhere"\n'
    )

    def of(*options: str) -> Server:
        process = subprocess.Popen(
            [sys.executable, "-m", "mirrorhunt", "serve", "--port", "0", *options],
            cwd=tmp_path,
            env={**os.environ, "MIRRORHUNT_DATABASE_URL": desk.engine.url.render_as_string()},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        line = process.stderr.readline()
        place = next((word for word in line.split() if word.startswith("http://")), None)
        assert place is not None, line
        port = urlsplit(place).port
        assert port is not None
        started.append(Server(process, port, [line]))
        return started[-1]

    yield of
    for server in started:
        if server.process.poll() is None:
            server.process.kill()
            server.process.communicate()


def token(desk: Desk, name: str, *feeds: str) -> str:
    with desk.engine.begin() as connection:
        consumers.add(connection, name, consumers.digest_of(f"t-{name}"), feeds, "ann", make.NOW)
    return f"Bearer t-{name}"


def downloads(desk: Desk) -> list[tuple[str, Download]]:
    with desk.engine.begin() as connection:
        return consumers.log(connection)


# ---------------------------------------------------------------- what is loaded


def test_each_file_is_as_the_manifest_says(desk: Desk, start: Start) -> None:
    server = start()
    manifest = server.get("/feeds/isp/manifest.json")
    said = json.loads(manifest.body)
    listed = [f for part in said["formats"] for f in part["files"]] + said["beside"]

    assert manifest.headers["content-type"] == "application/json"
    assert manifest.headers["x-content-type-options"] == "nosniff"
    assert "server" not in manifest.headers
    for file in listed:
        for place in ("", f"{said['serial']}/"):
            body = server.get(f"/feeds/isp/{place}{file['path']}").body
            assert hashlib.sha256(body).hexdigest() == file["sha256"]
    [one] = json.loads(server.get("/feeds/").body)
    assert (one["feed"], one["serial"], one["entries"]) == ("isp", said["serial"], len(MANY))


def test_what_is_known_is_not_sent_again_until_there_is_a_new_delivery(
    desk: Desk, start: Start
) -> None:
    server = start()
    first = server.get("/feeds/isp/domains.txt")
    etag, at = first.headers["etag"], first.headers["last-modified"]

    assert etag == f'"{hashlib.sha256(first.body).hexdigest()[:32]}"'
    assert first.headers["cache-control"] == "no-cache"
    again = server.get("/feeds/isp/domains.txt", If_None_Match=f'"x", {etag}')
    assert (again.status, again.body) == (304, b"")
    assert server.get("/feeds/isp/domains.txt", If_Modified_Since=at).status == 304
    desk.day = 1
    desk.stands("late.example")
    desk.deliver()
    new = server.get("/feeds/isp/domains.txt", If_None_Match=etag, If_Modified_Since=at)
    assert (new.status, b"late.example" in new.body) == (200, True)


def test_a_packed_file_has_an_etag_of_its_own(start: Start) -> None:
    server = start()
    plain = server.get("/feeds/isp/domains.txt")
    packed = server.get("/feeds/isp/domains.txt", Accept_Encoding="gzip")
    etag = packed.headers["etag"]

    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert etag == plain.headers["etag"][:-1] + '-gzip"'
    packed_again = {"Accept_Encoding": "gzip", "If_None_Match": etag}
    assert server.get("/feeds/isp/domains.txt", **packed_again).status == 304
    assert server.get("/feeds/isp/domains.txt", If_None_Match=etag).status == 200
    refused = server.get("/feeds/isp/domains.txt", Accept_Encoding="gzip;q=0, *")
    assert refused.body == plain.body


def test_a_head_says_what_a_get_would(start: Start) -> None:
    server = start()
    whole, head = (server.get("/feeds/isp/domains.txt", m) for m in ("GET", "HEAD"))

    assert head.body == b""
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert server.get("/feeds/isp/domains.txt", "POST").status == 405


# ---------------------------------------------------------------- what is not


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/isp/../mirrorhunt.toml",
        "/feeds/isp/..%2f..%2f..%2fmirrorhunt.toml",
        "/feeds/isp/%2e%2e/current/manifest.json",
        "/feeds/isp//etc/passwd",
        "/feeds/isp/%2fetc%2fpasswd",
        "/feeds/isp/domains.txt%00",
        "/feeds/isp/..%5c..%5cmirrorhunt.toml",
        "/feeds/isp/.lock",
        "/feeds/isp/link.txt",
        "/feeds/isp/unlisted.txt",
        "/feeds/isp/9999999999/domains.txt",
        "/feeds/isp/99999999999999999999/domains.txt",
        "/feeds/isp/%D9%A1/domains.txt",
        "/feeds/isp/",
        "/feeds/none/manifest.json",
        "/feeds/other/manifest.json",
        "/feeds/..%2fisp/manifest.json",
    ],
)
def test_only_what_the_manifest_lists_can_be_loaded(path: str, desk: Desk, start: Start) -> None:
    (desk.current / "link.txt").symlink_to("/etc/passwd")
    (desk.current / "unlisted.txt").write_text("secret")

    assert start().get(path).status == 404


def test_a_listed_file_that_became_a_link_is_not_followed(desk: Desk, start: Start) -> None:
    file = desk.current / "domains.txt"
    file.rename(desk.folder / "elsewhere.txt")
    file.symlink_to(desk.folder / "elsewhere.txt")
    server = start()

    assert server.get("/feeds/isp/domains.txt").status == 503
    server.end()
    assert any("domains.txt" in line for line in server.talk)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "a b", "[::2]"])
def test_a_strangers_name_that_leads_here_is_not_answered(host: str, start: Start) -> None:
    assert start().get("/feeds/isp/domains.txt", Host=host).status in {400, 421}


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "[::1]:8080", "127.0.0.1"])
def test_names_of_this_machine_are_answered(host: str, start: Start) -> None:
    assert start().get("/feeds/isp/domains.txt", Host=host).status == 200


# ---------------------------------------------------------------- who may


def test_without_a_consumer_a_proxy_opens_nothing(start: Start) -> None:
    assert start().get("/feeds/isp/domains.txt", X_Forwarded_For="192.0.2.1").status == 403


def test_a_consumer_sees_its_feeds_alone(desk: Desk, start: Start) -> None:
    ours, theirs = token(desk, "ours", "isp"), token(desk, "theirs", "other")
    server = start()
    path = "/feeds/isp/domains.txt"

    assert server.get(path, Authorization=ours).status == 200
    assert server.get(path, Authorization=theirs).status == 404
    assert json.loads(server.get("/feeds/", Authorization=theirs).body) == []
    nobody = server.get(path)
    assert (nobody.status, nobody.headers["www-authenticate"][:6]) == (401, "Bearer")
    assert server.get("/feeds/").status == 401
    assert server.get("/healthz").status == 200


def test_an_ended_token_opens_nothing_nor_does_the_end_of_the_last(
    desk: Desk, start: Start
) -> None:
    said = token(desk, "ours")
    with desk.engine.begin() as connection:
        consumers.end(connection, "ours", "ann", "left", make.NOW)
    server = start()

    assert server.get("/feeds/isp/domains.txt", Authorization=said).status == 403
    assert server.get("/feeds/isp/domains.txt").status == 401


def test_guessing_is_slowed_down_and_keeps_nobody_else_out(desk: Desk, start: Start) -> None:
    said = token(desk, "ours")
    server = start()
    path = "/feeds/isp/domains.txt"
    tried = [server.get(path, Authorization=f"Bearer {n}").status for n in range(12)]

    assert tried == [401] * 10 + [429] * 2
    assert server.get(path, Authorization=said).status == 200


def test_each_request_is_written_down(desk: Desk, start: Start) -> None:
    said = token(desk, "ours")
    server = start()
    body = server.get("/feeds/isp/domains.txt", Authorization=said).body
    server.get("/feeds/isp/none", Authorization=said)

    assert server.end() == 0
    vain, loaded = downloads(desk)
    assert (loaded[0], loaded[1].status, loaded[1].sent_bytes) == ("ours", 200, len(body))
    assert loaded[1].serial == desk.manifest["serial"]
    assert (vain[1].status, vain[1].serial, vain[1].address) == (404, None, "127.0.0.1")


# ---------------------------------------------------------------- while deliveries go on


def test_a_delivery_that_is_swapped_under_a_slow_reader_is_still_whole(
    desk: Desk, start: Start
) -> None:
    # Larger than what the sockets between hold.
    file = desk.current / "domains.txt"
    data = os.urandom(16 << 20)
    file.write_bytes(data)
    manifest = desk.current / "manifest.json"
    said = json.loads(manifest.read_bytes())
    [listed] = [f for p in said["formats"] for f in p["files"] if f["path"] == "domains.txt"]
    listed |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    manifest.write_text(json.dumps(said))
    server = start()
    with socket.create_connection(("127.0.0.1", server.port)) as slow:
        slow.sendall(b"GET /feeds/isp/domains.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
        response = http.client.HTTPResponse(slow)
        response.begin()
        first = response.read(1000)
        for day in range(1, 4):
            desk.day = day
            desk.stands(f"late{day}.example")
            desk.deliver(keep_deliveries=2)
        assert not file.exists() or file.stat().st_size != len(data)

        assert first + response.read() == data


def test_each_of_many_readers_sees_one_whole_delivery_at_a_time(desk: Desk, start: Start) -> None:
    server = start()
    base = f"http://127.0.0.1:{server.port}/feeds/isp"
    done = asyncio.Event()
    seen: set[int] = set()

    async def read(session: aiohttp.ClientSession) -> None:
        is_last = False
        while not is_last:
            is_last = done.is_set()
            async with session.get(f"{base}/manifest.json") as response:
                said = json.loads(await response.read())
            [listed] = [
                f for p in said["formats"] for f in p["files"] if f["path"] == "domains.txt"
            ]
            async with session.get(f"{base}/{said['serial']}/domains.txt") as response:
                body = await response.read()
            assert hashlib.sha256(body).hexdigest() == listed["sha256"]
            seen.add(said["serial"])

    async def deliver() -> None:
        for n in range(1, 21):
            desk.day = n / 24
            desk.stands(f"late{n}.example")
            await asyncio.to_thread(desk.deliver)
        done.set()

    async def all_of_it() -> None:
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
            for _ in range(50):
                group.create_task(read(session))
            group.create_task(deliver())

    asyncio.run(all_of_it())

    assert len(seen) > 1
