"""The hosts file; dnsmasq loads it in ``servers/test_dnsmasq.py``."""

from tests.exported import THREE, export, row


def test_the_file_is_golden() -> None:
    data, written = export("hosts", THREE)

    assert data.decode() == (
        "# mirrorhunt feed films, serial 1795464000, TLP:AMBER\n"
        "# written 2026-11-01T12:00:00Z, valid for 7 days\n"
        "# published by Example Rights a@b.example\n"
        "# exactly these names: a hosts file cannot say what is below them, nor other types\n"
        "0.0.0.0 films2.example\n"
        ":: films2.example\n"
        "0.0.0.0 cdn7.shared-host.example\n"
        ":: cdn7.shared-host.example\n"
        "0.0.0.0 xn--bcher-kva.example\n"
        ":: xn--bcher-kva.example\n"
    )
    assert (written.entries, written.left_out) == (3, {})


def test_it_says_that_it_names_exactly_the_name() -> None:
    assert b"cannot say what is below them" in export("hosts", ())[0]


def test_the_child_of_a_domain_is_named_too() -> None:
    child = row("www.films2.example", registrable_domain="films2.example", scope="host")

    assert b"0.0.0.0 www.films2.example\n" in export("hosts", [row(), child])[0]
