"""What a reader checks before loading: files, signature, serial."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from mirrorhunt.delivering import files, signing
from mirrorhunt.delivering.verifying import verify
from mirrorhunt.errors import ConfigError, InputError
from tests.needs import lacking
from tests.published import Desk


@pytest.fixture
def public_key(desk: Desk, tmp_path: Path) -> Path:
    """The key that checks the desk's feed, which is signed from now on."""
    public = tmp_path / "feed.pub.pem"
    public.write_bytes(signing.new_key(tmp_path / "feed.pem"))
    desk.feed = replace(desk.feed, sign_key=str(tmp_path / "feed.pem"))
    return public


@pytest.fixture
def loaded(desk: Desk, public_key: Path, tmp_path: Path) -> Path:
    """A signed delivery as a reader has it."""
    desk.stands("films2.example")
    return Path(shutil.copytree(desk.deliver().folder, tmp_path / "loaded"))


def test_a_delivery_as_it_was_made_is_good(loaded: Path, public_key: Path) -> None:
    said = verify(loaded, public_key, None)

    assert said.problems == ()
    assert "the signature is good" in said.lines


def test_each_changed_byte_is_told(loaded: Path, public_key: Path) -> None:
    for file in sorted(p for p in loaded.iterdir() if p.stat().st_size):
        whole = file.read_bytes()
        for at in range(0, len(whole), max(1, len(whole) // 20)):
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            try:
                problems = verify(loaded, public_key, None).problems
            except InputError:
                continue  # No manifest any more.
            assert problems, (file.name, at)
        file.write_bytes(whole)
    assert verify(loaded, public_key, None).problems == ()


def test_a_file_that_is_missing_or_was_put_there_is_told(loaded: Path) -> None:
    (loaded / "more.txt").write_text("google.com\n")
    (loaded / "domains.txt").unlink()

    problems = "; ".join(verify(loaded, None, None).problems)

    assert "'more.txt' is not in the manifest" in problems
    assert "'domains.txt': No such file" in problems


def test_an_old_delivery_is_refused_however_genuine(loaded: Path, public_key: Path) -> None:
    serial = json.loads((loaded / files.MANIFEST).read_bytes())["serial"]

    assert verify(loaded, public_key, serial - 1).problems == ()
    [problem] = verify(loaded, public_key, serial).problems
    assert "an old delivery, or the same" in problem


def test_another_key_is_refused(loaded: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pub.pem"
    other.write_bytes(signing.new_key(tmp_path / "other.pem"))

    assert verify(loaded, other, None).problems == (
        "the signature is not of this manifest and this key",
    )


def test_a_manifest_that_leads_elsewhere_is_refused(loaded: Path) -> None:
    path = loaded / files.MANIFEST
    said = json.loads(path.read_bytes())
    said["beside"][0]["path"] = "../feed.pem"
    path.write_text(json.dumps(said))

    assert "'../feed.pem' leads out of the delivery" in verify(loaded, None, None).problems


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"serial": "x"}', "\x00"], ids=range(5))
def test_what_is_no_manifest_is_one_clear_line(text: str, loaded: Path) -> None:
    (loaded / files.MANIFEST).write_text(text)

    with pytest.raises(InputError, match="is no manifest"):
        verify(loaded, None, None)


def test_openssl_checks_it_without_anything_of_ours(loaded: Path, public_key: Path) -> None:
    program = shutil.which("openssl")
    if program is None:
        lacking("openssl")
    command = [program, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", str(public_key)]
    files_of = ["-in", files.MANIFEST, "-sigfile", files.SIGNATURE]

    good = subprocess.run([*command, *files_of], cwd=loaded, capture_output=True, text=True)
    manifest = loaded / files.MANIFEST
    manifest.write_bytes(manifest.read_bytes() + b" ")
    bad = subprocess.run([*command, *files_of], cwd=loaded, capture_output=True, text=True)

    assert (good.returncode, bad.returncode) == (0, 1), good.stderr


# ---------------------------------------------------------------- keys


def test_a_key_is_private_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "feed.pem"
    signing.new_key(file)

    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    with pytest.raises(InputError, match="never overwritten"):
        signing.new_key(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize("text", [None, "not a key"], ids=["absent", "no key"])
def test_a_key_that_cannot_sign_publishes_nothing(
    text: str | None, desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "bad.pem"
    if text is not None:
        file.write_text(text)
    desk.stands("films2.example")
    desk.feed = replace(desk.feed, sign_key=str(file))

    with pytest.raises(ConfigError, match="sign_key"):
        desk.deliver()

    assert desk.log == []
    assert not desk.current.exists()
