"""A time-stamping authority on loopback, made with openssl.

Imported as ``from tests import tsa``.
"""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_SETTINGS = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/leaf.pem
certs = {folder}/root.pem
signer_key = {folder}/leaf.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[leaf]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""


def openssl(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Run openssl."""
    return subprocess.run(["openssl", *arguments], cwd=cwd, capture_output=True, check=False)


@dataclass(frozen=True)
class Authority:
    """A root that vouches for a leaf, and the leaf's key."""

    folder: Path

    @property
    def root(self) -> Path:
        """The root's certificate."""
        return self.folder / "root.pem"

    def reply(self, query: bytes) -> bytes:
        """The answer to *query*."""
        (self.folder / "query.tsq").write_bytes(query)
        ended = openssl(
            "ts", "-reply", "-config", "tsa.cnf", "-section", "one", "-queryfile", "query.tsq",
            "-out", "reply.tsr", cwd=self.folder,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr.decode()
        return (self.folder / "reply.tsr").read_bytes()


def authority(folder: Path, name: str = "Test Authority") -> Authority:
    """A new one; keys are RSA, as older readers ask."""
    folder.mkdir(parents=True)
    (folder / "tsa.cnf").write_text(_SETTINGS.format(folder=folder))
    (folder / "serial").write_text("01\n")
    steps = (
        ("req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 3650", "Root"),
        ("req -new -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr", "Stamps"),
    )
    for step, unit in steps:
        ended = openssl(*step.split(), "-subj", f"/O={name}/CN={unit}", cwd=folder)
        assert ended.returncode == 0, ended.stderr.decode()
    signed = (
        "x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial -out leaf.pem "
        "-days 3650 -extfile tsa.cnf -extensions leaf"
    )
    ended = openssl(*signed.split(), cwd=folder)
    assert ended.returncode == 0, ended.stderr.decode()
    return Authority(folder)


Answer = Callable[[bytes], tuple[int, bytes]]


@contextmanager
def served(answer: Answer) -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    """The address of a server that answers each request so; and what it was asked: method,
    content type, body."""
    asked: list[tuple[str, str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.command, self.headers["Content-Type"], body))
            status, data = answer(body)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/stamp", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
