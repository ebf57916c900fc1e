"""The list for Squid, which loads it in ``servers/test_squid.py``."""

from tests.exported import THREE, export, row


def test_the_file_is_golden() -> None:
    data, written = export("squid", THREE)

    assert data.decode() == (
        "# mirrorhunt feed films, serial 1795464000, TLP:AMBER\n"
        "# written 2026-11-01T12:00:00Z, valid for 7 days\n"
        "# published by Example Rights a@b.example\n"
        ".films2.example\n"
        "cdn7.shared-host.example\n"
        ".xn--bcher-kva.example\n"
    )
    assert (written.entries, written.left_out) == (3, {})


def test_no_name_is_listed_twice_with_and_without_the_dot() -> None:
    # Squid does not start with both.
    both = [row("films2.example"), row("films2.example", scope="host")]
    child = row("www.films2.example", registrable_domain="films2.example", scope="host")

    lines = export("squid", [*both, child])[0].decode().splitlines()
    assert [line for line in lines if "films2" in line] == [".films2.example"]
