"""Every test and file that docs/ names exists, and every case of reading names a test."""

import ast
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
DOCS = sorted((HOUSE / "docs").glob("*.md"))
#: cases that concern writing
WRITING = {34, 36}

_QUOTED = re.compile(r"`([^`\n]+)`")
_TEST = re.compile(r"[tT]est\w+(?:\.\.\.)?")


def _tests_in(path):
    """Return the names of the tests, and of the classes of tests, in a file."""
    nodes = ast.walk(ast.parse(path.read_text()))
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name for node in nodes if isinstance(node, kinds)}


TESTS = {
    path.relative_to(HOUSE).as_posix(): _tests_in(path)
    for folder in ("tests", "tests/lib")
    for path in (HOUSE / folder).glob("test_*.py")
}


def _file_of(name):
    """Return the path of a file of tests that docs/ calls by its short name, None if there is none."""
    name = name.removesuffix(".py") + ".py"
    return next((path for path in (name, f"tests/lib/{name}") if path in TESTS), None)


def _is_among(test, names):
    """Say whether a test is among others; ``test_case_5_...`` stands for all that begin so."""
    begins = test.removesuffix("...")
    return test in names or (begins != test and any(name.startswith(begins) for name in names))


def _missing(text):
    """Yield what a document names and does not exist. ``::name`` belongs to the file named before it."""
    current = None
    for quoted in _QUOTED.findall(text):
        file, colons, test = quoted.partition("::")
        current = _file_of(file) or (None if file and colons else current)
        if colons:
            found = current and _is_among(test, TESTS[current])
        elif _TEST.fullmatch(quoted):
            found = _file_of(quoted) or _is_among(quoted, set().union(*TESTS.values()))
        elif quoted.startswith("tests/"):
            found = _file_of(quoted) or list(HOUSE.glob(quoted))
        else:
            found = True
        if not found:
            yield quoted


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_what_is_named_exists(document):
    assert list(_missing(document.read_text())) == []


@pytest.mark.parametrize(
    "text",
    [
        "`tests/test_that_is_not_there.py`",
        "`tests/test_sync::test_that_is_not_there`",
        "`test_fetch::test_that_is_...`",
        "`tests/test_sync.py`: `test_that_is_not_there`",
        "`test_fetch` and `::test_that_is_not_there`",
    ],
)
def test_what_does_not_exist_is_found(text):
    assert list(_missing(text))


def test_every_case_of_reading_names_a_test():
    rows = re.findall(
        r"^\| ([\d, ]+) \|.*\| (.*) \|$", (HOUSE / "docs/TESTING.md").read_text(), re.M
    )
    shown = {int(number): tests for numbers, tests in rows for number in numbers.split(",")}
    assert set(shown) == set(range(1, 41)) - WRITING
    assert [number for number, tests in shown.items() if "`" not in tests] == []
