"""docs/SECURITY.md: every threat names tests by number, every number names tests, and these exist."""

import re
from pathlib import Path

from test_docs import _missing

TEXT = (Path(__file__).parents[2] / "docs/SECURITY.md").read_text()
_NUMBERED = re.findall(r"^\| (S\d+) \| (.*) \|$", TEXT, re.M)
ROWS = dict(_NUMBERED)
#: who could want what
THREATS = re.search(r"## Who could want what\n(.*?)\n## ", TEXT, re.S)[1]


def test_numbers_follow_each_other():
    numbers = [number for number, _row in _NUMBERED]
    assert numbers == [f"S{number}" for number in range(1, len(numbers) + 1)]


def test_every_number_names_tests_that_exist():
    without = [number for number, row in ROWS.items() if "::test_" not in row]
    assert without == []
    assert list(_missing(TEXT)) == []


def test_every_threat_names_numbers_that_exist():
    rows = [row.strip("|").split("|") for row in THREATS.splitlines() if row.startswith("| ")]
    threats = {cells[0].strip() + cells[1]: cells[3].strip() for cells in rows[1:]}
    assert len(threats) > 15
    for threat, numbers in threats.items():
        named = re.findall(r"S\d+", numbers)
        assert set(named) <= set(ROWS), threat
        assert named, threat
