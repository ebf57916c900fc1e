"""Rules for DNS filters."""

from tests.exported import THREE, export


def test_the_file_is_golden() -> None:
    data, written = export("adblock_dns", THREE)

    assert data.decode() == (
        "! Title: mirrorhunt films\n"
        "! Version: 1795464000\n"
        "! Last modified: 2026-11-01T12:00:00Z\n"
        "! Expires: 1 hours\n"
        "! TLP:AMBER\n"
        "! Contact: a@b.example\n"
        "||films2.example^\n"
        "|cdn7.shared-host.example^\n"
        "||xn--bcher-kva.example^\n"
    )
    assert (written.entries, written.left_out) == (3, {})


def test_no_rule_has_a_modifier() -> None:
    # Pi-hole drops a rule that has one.
    assert b"$" not in export("adblock_dns", THREE)[0]
