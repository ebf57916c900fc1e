"""The package: what is in it, and that tools that are not ours read it."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import Engine

from mirrorhunt.archive import manifest, packaging, packet, verifying, wacz
from mirrorhunt.errors import DamagedError, InputError
from tests import make, packed


@pytest.fixture
def archive(engine: Engine, tmp_path: Path) -> packed.Archive:
    return packed.archive(engine, tmp_path / "vault")


@pytest.fixture
def package(archive: packed.Archive, tmp_path: Path) -> Path:
    return archive.made(tmp_path / "films2.wacz").path


@pytest.fixture
def unpacked(package: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(package) as zipped:
        zipped.extractall(folder)
    return folder


def tool(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, check=False)


def test_a_package_is_good(package: Path) -> None:
    found = verifying.verify(package)

    assert found.problems == []
    assert (found.host, found.network) == (packed.HOST, "films")
    assert found.members == 14


def test_the_same_case_is_the_same_bytes(archive: packed.Archive, tmp_path: Path) -> None:
    first = archive.made(tmp_path / "first.wacz")
    second = archive.made(tmp_path / "second.wacz")

    assert first.sha256 == second.sha256


def test_the_reference_validator_finds_it_valid(package: Path) -> None:
    ended = tool(sys.executable, "-m", "wacz", "validate", "-f", str(package))

    assert "Validation succeeded" in ended.stdout, ended.stdout + ended.stderr
    assert ended.returncode == 0


def test_each_warc_passes_the_check_of_its_format(unpacked: Path) -> None:
    warcs = sorted(map(str, (unpacked / "archive").glob("*.warc.gz")))
    ended = tool(str(Path(sys.executable).with_name("warcio")), "check", *warcs)

    assert len(warcs) == 2
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_sha256sum_checks_the_manifest(unpacked: Path) -> None:
    good = tool("sha256sum", "--strict", "-c", manifest.MANIFEST, cwd=unpacked)
    (unpacked / packet.PACKET).write_text("{}")
    bad = tool("sha256sum", "--strict", "-c", manifest.MANIFEST, cwd=unpacked)

    assert (good.returncode, bad.returncode) == (0, 1)


def test_the_packet_is_as_its_schema_says(unpacked: Path) -> None:
    schema = json.loads((unpacked / packet.SCHEMA).read_bytes())
    said = json.loads((unpacked / packet.PACKET).read_bytes())

    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(said)) == []
    assert said["target"]["host"] == packed.HOST
    assert said["status"] == "propose"
    assert [r["ignored"] for r in said["reasons"]] == [None, None, "seen by the test"]
    assert said["redirect_chain"][0]["to_url"] == f"https://{packed.HOST}/"
    assert said["registration"][0]["registrar"] == "A Registrar"
    assert {e["type"] for e in said["evidence"]} == {"warc", "screenshot"}
    # What nobody told us is there to be filled in.
    assert said["order_ref"] is None
    assert said["reporter"] == {
        "name": "ann",
        "organization": None,
        "accreditation_id": None,
        "email": None,
    }


def test_the_packet_has_every_key_of_the_superset() -> None:
    # research: what blocking programmes name in their documents.
    wanted = """report_id schema_version reporter order_ref family relation judged_site target
        first_seen last_verified observations redirect_chain dns registration hosting collateral
        evidence infringement reasons confidence reviewed_by valid_until status supersedes
        contact_for_objection"""

    assert set(wanted.split()) <= set(json.loads(packet.schema())["required"])


def test_pages_name_what_the_index_has(unpacked: Path) -> None:
    import gzip

    lines = [json.loads(x) for x in (unpacked / wacz.PAGES).read_text().splitlines()]
    index = gzip.decompress((unpacked / wacz.INDEX).read_bytes()).decode().splitlines()
    urls = {json.loads(line.split(" ", 2)[2])["url"] for line in index}

    assert lines[0]["format"] == "json-pages-1.0"
    assert [p["url"] for p in lines[1:]] == [f"https://{packed.HOST}/", f"https://{packed.SEED}/"]
    assert {p["url"] for p in lines[1:]} <= urls
    assert index == sorted(index)


def test_an_indexed_record_is_where_the_index_says(unpacked: Path) -> None:
    import gzip

    index = gzip.decompress((unpacked / wacz.INDEX).read_bytes()).decode().splitlines()
    for line in index:
        where = json.loads(line.split(" ", 2)[2])
        data = (unpacked / "archive" / where["filename"]).read_bytes()
        start = int(where["offset"])
        record = gzip.decompress(data[start : start + int(where["length"])])

        assert record.startswith(b"WARC/1.1\r\n")
        assert where["url"].encode() in record


def test_the_chain_of_custody_tells_what_was_done(unpacked: Path) -> None:
    lines = [json.loads(x) for x in (unpacked / manifest.CHAIN).read_text().splitlines()]
    actions = [line["action"] for line in lines]

    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert set(actions) == {
        "proposed",
        "looked",
        "captured",
        "registered",
        "judged",
        "reviewed",
        "packed",
        "made",
    }
    assert [x["actor"] for x in lines if x["action"] == "reviewed"] == ["ann"]
    assert set(manifest.KEYS) <= set(lines[0])


def test_without_a_capture_there_is_no_package(engine: Engine, tmp_path: Path) -> None:
    archive = packed.archive(engine, tmp_path / "vault")
    with engine.begin() as connection:
        connection.exec_driver_sql("delete from captures")

    with pytest.raises(InputError, match=r"no capture of 'films2.example'.*recheck"):
        archive.made(tmp_path / "films2.wacz")
    assert not (tmp_path / "films2.wacz").exists()


def test_without_pictures_the_report_says_so(engine: Engine, tmp_path: Path) -> None:
    archive = packed.archive(engine, tmp_path / "vault", with_picture=False)
    package = archive.made(tmp_path / "films2.wacz")
    with zipfile.ZipFile(package.path) as zipped:
        html = zipped.read("report/report.html").decode()

    assert package.pictures == 0
    assert "No picture was taken." in html
    assert "no browser drew it" in html
    assert verifying.verify(package.path).is_good


def test_a_damaged_archive_makes_no_package(archive: packed.Archive, tmp_path: Path) -> None:
    digest = archive.case().captures[0].capture.files[0].digest
    archive.vault.path_of(digest).write_bytes(b"other")

    with pytest.raises(DamagedError):
        archive.made(tmp_path / "films2.wacz")
    assert not (tmp_path / "films2.wacz").exists()


def test_a_file_that_cannot_be_written_leaves_nothing(
    archive: packed.Archive, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="nothing was changed"):
        archive.made(tmp_path / "no folder" / "films2.wacz")


def test_a_full_disk_leaves_what_was_there(engine: Engine, tmp_path: Path) -> None:
    # A process that may write files of 64 kB only: the system refuses the rest, as a full disk
    # does.
    archive = packed.archive(engine, tmp_path / "vault", size=200_000)
    before = archive.made(tmp_path / "films2.wacz")
    script = f"""
import resource, signal, sys
from pathlib import Path
from mirrorhunt import writing
from mirrorhunt.errors import InputError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
try:
    writing.whole(Path({str(before.path)!r}), lambda out: out.write(bytes(200_000)))
except InputError as e:
    sys.exit(f"refused: {{e}}")
"""
    ended = tool(sys.executable, "-c", script, cwd=Path(__file__).parents[3])

    assert "nothing was changed" in ended.stderr
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []
    assert verifying.verify(before.path).sha256 == before.sha256


def test_what_is_chosen_says_most(archive: packed.Archive) -> None:
    [kept] = archive.case().captures
    from dataclasses import replace

    def of(day: int, **more: object) -> object:
        return replace(kept, id=day, capture=replace(kept.capture, at=make.at(day), **more))

    many = [of(day, files=(), availability="dead") for day in range(50, 10, -1)]
    shown, oldest = of(10), of(1, files=())
    found = packaging.chosen([*many, shown, oldest], 4)

    assert found[0] is shown
    assert found[1] is many[0]
    assert found[2] is oldest
    assert len(found) == 4
