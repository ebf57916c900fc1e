"""Squid, by a list of names: requests, and tunnels for TLS."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.mirrorhunt.exports.servers.asking import FEED, LATER, ask_all, write
from tests.mirrorhunt.exports.servers.starting import free_port, needed, started, until

KINDS = ("GET", "CONNECT")


class Everything(BaseHTTPRequestHandler):
    """The proxy behind the proxy: every name is there."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()

    do_CONNECT = do_GET  # noqa: N815 - The standard library calls it so.

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - Its name there.
        pass


@contextmanager
def parent() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Everything) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def asked(port: int, name: str, kind: str) -> str:
    """``blocked``, ``allowed``, or what is neither."""
    target = f"http://{name}/" if kind == "GET" else f"{name}:443"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(kind, target, headers={"Host": name})
        status = connection.getresponse().status
    except OSError as e:
        return f"no answer: {e}"
    finally:
        connection.close()
    return {200: "allowed", 403: "blocked"}.get(status, str(status))


def configured(folder: Path, port: int, upstream: int, feed: Path) -> Path:
    file = folder / "squid.conf"
    file.write_text(
        f"""
http_port 127.0.0.1:{port}
acl listed dstdomain -n "{feed}"
http_access deny listed
http_access allow all
cache_peer 127.0.0.1 parent {upstream} 0 no-query no-digest no-netdb-exchange default
never_direct allow all
dns_nameservers 127.0.0.1
pinger_enable off
icp_port 0
cache deny all
cache_mem 8 MB
access_log none
cache_log /dev/null
cache_store_log none
pid_filename none
coredump_dir {folder}
visible_hostname localhost
shutdown_lifetime 0 seconds
"""
    )
    return file


def test_a_list_blocks_what_the_feed_says(folder: Path) -> None:
    program, port = needed("squid"), free_port()
    feed = write("squid", folder / "squid.acl", FEED)

    def ask(name: str, kind: str) -> str:
        return asked(port, name, kind)

    with parent() as upstream:
        config = configured(folder, port, upstream, feed)
        command = [program, "-N", "-d", "1", "-f", config]
        is_ready = lambda: ask("ready.example", "GET") == "allowed"  # noqa: E731
        with started(command, folder, is_ready) as running:
            assert ask_all(ask, FEED, kinds=KINDS) == []

            write("squid", feed, LATER)
            running.hang_up()
            until(lambda: ask("gone.example", "GET") == "allowed", running)
            assert ask_all(ask, LATER, kinds=KINDS, consumer="Squid, dstdomain") == []
