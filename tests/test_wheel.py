"""What an installed mirrorhunt looks like, without a network or a second environment."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout, unpacked where site-packages would have it."""
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(out), str(ROOT)]
    ended = subprocess.run(build, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    [wheel] = out.glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        files.extractall(out / "site")
    return out / "site"


def run(site: Path, cwd: Path, *arguments: str) -> str:
    """What Python says in *cwd*, with the unpacked wheel before everything else."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(site),
        "MIRRORHUNT_DATABASE_URL": f"sqlite:///{cwd}/films.db",
    }
    ended = subprocess.run(
        [sys.executable, "-P", *arguments],
        cwd=cwd,
        env=environment,
        text=True,
        capture_output=True,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


LIST_SPIDERS = """
import mirrorhunt, sys
from scrapy.spiderloader import get_spider_loader
from mirrorhunt.config import Config
from mirrorhunt.crawling.runner import own_settings
loader = get_spider_loader(own_settings(Config()))
assert mirrorhunt.__file__.startswith(sys.argv[1]), mirrorhunt.__file__
for name in loader.list():
    print(name, loader.load(name).__module__)
"""


def test_it_claims_one_import_name(unpacked: Path) -> None:
    names = {path.name for path in unpacked.iterdir() if path.suffix != ".dist-info"}

    assert names == {"mirrorhunt"}


def test_it_ships_what_it_reads_and_nothing_private(unpacked: Path) -> None:
    shipped = {p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*") if p.is_file()}
    data = {
        p.relative_to(ROOT).as_posix() for p in (ROOT / "mirrorhunt" / "data").rglob("*.*")
    } - {p for p in shipped if "__pycache__" in p}

    assert data <= shipped
    assert "mirrorhunt/alembic/env.py" in shipped
    assert "mirrorhunt/alembic/__init__.py" not in shipped
    assert not [name for name in shipped if name.endswith((".db", ".pyc", ".toml.local"))]


def test_it_has_the_spiders_of_the_checkout_under_its_own_name(
    unpacked: Path, tmp_path: Path
) -> None:
    lines = run(unpacked, tmp_path, "-c", LIST_SPIDERS, str(unpacked)).splitlines()
    listed = dict(line.split() for line in lines)

    assert set(listed) == {path.stem for path in (ROOT / "spiders").glob("[!_]*.py")}
    assert all(module.startswith("mirrorhunt.spiders.") for module in listed.values())


def test_it_makes_a_database(unpacked: Path, tmp_path: Path) -> None:
    run(unpacked, tmp_path, "-m", "mirrorhunt", "db", "upgrade")

    assert (tmp_path / "films.db").stat().st_size


def test_it_is_not_led_astray_by_somebody_elses_project(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = theirs.settings\n")
    for package in ("theirs", "spiders", "pipelines", "alembic"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("raise RuntimeError('theirs')\n")

    assert run(unpacked, tmp_path, "-c", LIST_SPIDERS, str(unpacked))
    run(unpacked, tmp_path, "-m", "mirrorhunt", "db", "upgrade")
