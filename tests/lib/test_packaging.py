"""What ``pip install`` of this repository brings."""

import ast
import os
import re
import zipfile
from email import message_from_bytes
from pathlib import Path

import hatchling.build
import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDON = "odoo/addons/mail_imap_sync/"
#: of no use where the addon is used
LEFT_OUT = {"dev", "docs", "Makefile", "pyproject.toml", "requirements.txt"}
#: they begin with a database that only make test has
NEED_A_TEMPLATE = {"test_uninstall", "test_update"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        name = hatchling.build.build_wheel(str(folder))
    finally:
        os.chdir(before)
    with zipfile.ZipFile(folder / name) as archive:
        yield archive


def test_the_addon_lies_where_odoo_looks(wheel):
    names = [name for name in wheel.namelist() if ".dist-info/" not in name]
    assert all(name.startswith(ADDON) for name in names)
    rooms = {name.removeprefix(ADDON).split("/")[0] for name in names}
    assert not rooms & LEFT_OUT
    assert not any(room.startswith(".") for room in rooms)


def test_it_is_complete(wheel):
    names = set(wheel.namelist())
    manifest = ast.literal_eval((ROOT / "__manifest__.py").read_text())
    expected = [*manifest["data"], "data/neutralize.sql", "static/description/icon.png"]
    rooms = ("lib", "models", "wizards", "controllers", "cli", "static/src", "i18n")
    expected += [
        path.relative_to(ROOT).as_posix()
        for room in rooms
        for path in (ROOT / room).rglob("*.*")
        if path.suffix != ".pyc"
    ]
    assert {ADDON + path for path in expected} <= names


def test_metadata_says_what_the_manifest_says(wheel):
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    metadata = message_from_bytes(wheel.read(name))
    manifest = ast.literal_eval((ROOT / "__manifest__.py").read_text())
    assert metadata["Version"] == manifest["version"]
    assert metadata["Summary"] == manifest["summary"]
    needed = {"odoo==19.0.*", *manifest["external_dependencies"]["python"]}
    assert set(metadata.get_all("Requires-Dist")) == needed


def test_requirements_are_those_of_the_manifest():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    named = [line for line in lines if line and not line.startswith("#")]
    manifest = ast.literal_eval((ROOT / "__manifest__.py").read_text())
    assert named == manifest["external_dependencies"]["python"]


def test_what_reads_versions_is_asked_for_first():
    """Without it Odoo fails at the first version, instead of telling what is missing."""
    manifest = ast.literal_eval((ROOT / "__manifest__.py").read_text())
    assert manifest["external_dependencies"]["python"][0] == "packaging"


def test_odoos_own_runner_finds_the_tests():
    """It runs what `tests/__init__.py` imports; pytest looks for files."""
    files = {path.stem for path in (ROOT / "tests").glob("test_*.py")}
    listed = re.findall("^from . import (test_.+)$", (ROOT / "tests/__init__.py").read_text(), re.M)
    assert listed == sorted(files - NEED_A_TEMPLATE)
