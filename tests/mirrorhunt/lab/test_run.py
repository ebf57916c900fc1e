"""A lab runs beside other loops, in another process, and for a while."""

from pathlib import Path

import dns.message
import dns.query
import pytest

from mirrorhunt.errors import UnknownNameError
from mirrorhunt.lab.run import Lab, lab_in_process, lab_running, read_log, run
from mirrorhunt.lab.world import World
from tests.mirrorhunt.lab.small import Client, small_world


def test_the_environment_points_at_the_lab(lab: Lab) -> None:
    environment = lab.environment()
    assert environment["MIRRORHUNT_NAMESERVERS"] == lab.nameserver
    http, https = environment["MIRRORHUNT_CONNECT_TO"].split(",")
    assert http.startswith(":80:127.0.0.1:")
    assert https.startswith(":443:127.0.0.1:")


def test_a_lab_can_be_started_again() -> None:
    for _ in range(2):
        with lab_running(small_world()) as lab:
            assert Client(lab).get("page.example").status == 200


def test_leaving_does_not_wait_for_clients_that_stay() -> None:
    with lab_running(small_world()) as lab:
        held = Client(lab).connect("drip.example", secure=False)
        held.sendall(b"GET / HTTP/1.1\r\nHost: drip.example\r\n\r\n")
        assert held.recv(100)
    held.close()


def test_an_unknown_world_is_named_with_those_that_exist() -> None:
    with pytest.raises(UnknownNameError, match="calcio"):
        run("atlantis")


def test_a_run_ends_by_itself_and_leaves_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    seen: list[World] = []
    lab = run("calcio", duration_s=0.0, log_to=log, on_ready=lambda lab: seen.append(lab.world))
    assert seen == [lab.world]
    assert read_log(log) == ([], 0)


def test_a_lab_in_another_process_hands_its_log_back() -> None:
    with lab_in_process("calcio", seed=2) as outpost:
        port = int(outpost.environment()["MIRRORHUNT_NAMESERVERS"].rpartition(":")[2])
        query = dns.message.make_query("t.me", "A")
        assert dns.query.udp(query, "127.0.0.1", port=port, timeout=10).answer
        http = int(outpost.connect_to[0].rpartition(":")[2])
        import socket

        with socket.create_connection(("127.0.0.1", http), timeout=10) as connection:
            connection.sendall(b"GET /s/x HTTP/1.1\r\nHost: t.me\r\nConnection: close\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 ")
    assert outpost.questions_count == 1
    assert [(r.host, r.path) for r in outpost.requests] == [("t.me", "/s/x")]
