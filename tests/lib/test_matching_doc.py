"""docs/MATCHING.md says what lib/match.py does."""

import re
from pathlib import Path

from test_match import LINKED, SKIPPED

from lib.match import Reason

DOC = Path(__file__).parents[2] / "docs" / "MATCHING.md"
_ROW = re.compile(r"^\| (\d+) \| .+ \| `(\w+)` \| ([\w ]+) \| (.+) \|$", re.MULTILINE)

#: order, code, outcomes, examples
ROWS = _ROW.findall(DOC.read_text())
#: name of a test case -> (code, outcome)
CASES = {name: (case[2], "link") for name, case in LINKED.items()} | {
    name: (case[2], "skip") for name, case in SKIPPED.items()
}


def test_every_rule_once_and_in_order():
    assert [int(order) for order, *_rest in ROWS] == list(range(1, len(Reason) + 1))
    assert [code for _order, code, *_rest in ROWS] == [reason.value for reason in Reason]


def test_outcomes_are_those_of_the_examples():
    for _order, code, outcomes, examples in ROWS:
        shown = {CASES[name] for name in examples.split("; ")}
        assert shown == {(code, outcome) for outcome in outcomes.split(" or ")}


def test_every_outcome_that_occurs_is_in_the_table():
    told = {
        (code, outcome) for _o, code, outcomes, _e in ROWS for outcome in outcomes.split(" or ")
    }
    assert told == set(CASES.values())
