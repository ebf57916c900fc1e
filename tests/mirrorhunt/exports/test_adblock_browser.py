"""Rules for content blockers in browsers."""

from tests.exported import THREE, export


def test_the_file_is_golden() -> None:
    data, written = export("adblock_browser", THREE)

    assert data.decode() == (
        "! Title: mirrorhunt films\n"
        "! Version: 1795464000\n"
        "! Last modified: 2026-11-01T12:00:00Z\n"
        "! Expires: 1 hours\n"
        "! TLP:AMBER\n"
        "! Contact: a@b.example\n"
        "||films2.example^$all\n"
        "|http://cdn7.shared-host.example^$all\n"
        "|https://cdn7.shared-host.example^$all\n"
        "||xn--bcher-kva.example^$all\n"
    )
    assert (written.entries, written.left_out) == (3, {})
