"""Local zones for Unbound, which loads them in ``servers/test_unbound.py``."""

from tests.exported import THREE, export


def test_the_file_is_golden() -> None:
    data, written = export("unbound", THREE)

    assert data.decode() == (
        "# mirrorhunt feed films, serial 1795464000, TLP:AMBER\n"
        "# written 2026-11-01T12:00:00Z, valid for 7 days\n"
        "# published by Example Rights a@b.example\n"
        "server:\n"
        'local-zone: "films2.example." always_nxdomain\n'
        'local-zone: "cdn7.shared-host.example." transparent\n'
        'local-data: "cdn7.shared-host.example. 60 IN A 0.0.0.0"\n'
        'local-data: "cdn7.shared-host.example. 60 IN AAAA ::"\n'
        'local-zone: "xn--bcher-kva.example." always_nxdomain\n'
    )
    assert (written.entries, written.left_out) == (3, {})
