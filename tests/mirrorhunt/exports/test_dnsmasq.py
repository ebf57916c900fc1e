"""The servers-file; dnsmasq loads it in ``servers/test_dnsmasq.py``."""

from tests.exported import THREE, export, row


def test_the_file_is_golden() -> None:
    data, written = export("dnsmasq", THREE)

    assert data.decode() == (
        "# mirrorhunt feed films, serial 1795464000, TLP:AMBER\n"
        "# written 2026-11-01T12:00:00Z, valid for 7 days\n"
        "# published by Example Rights a@b.example\n"
        "server=/films2.example/\n"
        "server=/xn--bcher-kva.example/\n"
    )
    assert written.left_out == {"scope host cannot be said": 1}


def test_no_line_is_for_everything() -> None:
    # dnsmasq takes both for the whole Internet, and --test finds nothing wrong with them.
    data, _ = export("dnsmasq", [row("#"), row(""), row("films2.example")])

    assert b"server=/#/" not in data
    assert b"server=//" not in data
