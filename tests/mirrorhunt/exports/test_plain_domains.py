"""The plain list of domains; dnsdist loads it in ``servers/test_dnsdist.py``."""

from tests.exported import THREE, export


def test_the_file_is_golden() -> None:
    data, written = export("plain_domains", THREE)

    assert data == b"films2.example\nxn--bcher-kva.example\n"
    assert written.left_out == {"scope host cannot be said": 1}


def test_it_has_no_comments() -> None:
    # Many loaders take every line for a name.
    assert export("plain_domains", ())[0] == b""
