"""The plain list of exact names; dnsdist loads it in ``servers/test_dnsdist.py``."""

from tests.exported import THREE, export


def test_the_file_is_golden() -> None:
    data, written = export("plain_hosts", THREE)

    assert data == b"cdn7.shared-host.example\n"
    assert written.left_out == {"scope domain cannot be said": 2}


def test_the_two_lists_share_no_name_and_lack_none() -> None:
    names = [export(name, THREE)[0].decode().split() for name in ("plain_domains", "plain_hosts")]

    assert sorted(names[0] + names[1]) == sorted(r.host for r in THREE)
