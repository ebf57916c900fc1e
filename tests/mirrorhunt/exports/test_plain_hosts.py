"""The plain list of exact names; dnsdist loads it in ``servers/test_dnsdist.py``."""

from tests.exported import export, row

ROWS = (
    row("films2.example"),
    row("cdn7.shared-host.example", registrable_domain="shared-host.example", scope="host"),
    row("xn--bcher-kva.example"),
)


def test_the_file_is_golden() -> None:
    data, written = export("plain_hosts", ROWS)

    assert data == b"cdn7.shared-host.example\n"
    assert written.left_out == {"scope domain cannot be said": 2}


def test_the_two_lists_share_no_name_and_lack_none() -> None:
    names = [export(name, ROWS)[0].decode().split() for name in ("plain_domains", "plain_hosts")]

    assert sorted(names[0] + names[1]) == sorted(r.host for r in ROWS)
