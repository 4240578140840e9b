"""The pieces of the demo that need neither a server nor Odoo."""

import json
import signal
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from dev.demo.mailbox import only_reads
from dev.demo.place import Place
from dev.demo.table import table

NOW = datetime.now(timezone.utc)
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("command", "reads"),
    [
        ("EXAMINE INBOX", True),
        ("SELECT INBOX", False),
        ("UID FETCH 1:4 (FLAGS BODY.PEEK[HEADER.FIELDS (FROM)])", True),
        ("UID FETCH 1 (RFC822.SIZE)", True),
        ("UID FETCH 1 BODY[]", False),
        ("UID FETCH 1 (BODY[TEXT])", False),
        ("UID FETCH 1 (RFC822)", False),
        ("UID STORE 1 +FLAGS (\\Seen)", False),
        ("UID SEARCH SINCE 1-Jan-2024", True),
        ('LIST "" "*" RETURN (STATUS (MESSAGES))', True),
        ("APPEND Sent {24}", False),
        ("DONE", True),
    ],
)
def test_commands_that_only_read_are_known(command, reads):
    assert only_reads(command) is reads


def test_columns_are_straight_in_every_script():
    lines = table(("Who", "Mails"), [["田中", 7], ["Zoë", 12], ["Zoe\u0308", 3]])
    assert lines == [
        "Who   Mails",
        "----  -----",
        "田中      7",
        "Zoë      12",
        "Zoe\u0308       3",
    ]


@pytest.fixture(name="checkout")
def fixture_checkout(tmp_path):
    for name in ("models/a.py", "dev/demo/sample.py", "tests/test_a.py"):
        path = tmp_path / "checkout" / name
        path.parent.mkdir(parents=True)
        path.write_text("1")
    return tmp_path / "checkout"


@pytest.fixture(name="place")
def fixture_place(tmp_path, checkout, monkeypatch):
    monkeypatch.delenv("FRESH", raising=False)
    place = Place(tmp_path / "demo", checkout)
    place.mail.mkdir()
    return place


def test_first_run_begins_anew(place):
    assert place.reason_to_begin_anew()


def test_second_run_uses_what_the_first_one_made(place):
    place.remember(NOW)
    assert place.reason_to_begin_anew() is None
    assert place.built_at() == NOW
    assert not place.addon_has_changed()


def test_changed_addon_is_noticed_and_changed_tests_are_not(place, checkout):
    place.remember(NOW)
    (checkout / "tests/test_a.py").write_text("2")
    assert not place.addon_has_changed()
    (checkout / "models/a.py").write_text("2")
    assert place.addon_has_changed()
    assert place.reason_to_begin_anew() is None


@pytest.mark.parametrize("what", ["sample", "age", "mail", "distrust", "forget", "half a state"])
def test_begins_anew_when_the_old_one_is_of_no_use(place, checkout, what):
    place.remember(NOW - timedelta(days=8) if what == "age" else NOW)
    if what == "sample":
        (checkout / "dev/demo/sample.py").write_text("2")
    elif what == "mail":
        place.mail.rmdir()
    elif what == "distrust":
        place.distrust()
    elif what == "forget":
        place.forget()
        assert not place.mail.exists()
    elif what == "half a state":
        (place.mail.parent / "state.json").write_text(json.dumps({"addon": "x"}))
    assert place.reason_to_begin_anew()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("ignored", [False, True])
def test_ends_with_everything_cleaned_up(number, ignored):
    """Also when it is told so once more meanwhile; unless it was started with nohup."""
    code = f"""
import os, signal
from dev.demo.ending import end_cleanly
signal.signal({int(number)}, signal.{"SIG_IGN" if ignored else "SIG_DFL"})
end_cleanly()
try:
    os.kill(os.getpid(), {int(number)})
    print("went on")
finally:
    os.kill(os.getpid(), signal.SIGTERM) if not {ignored} else None
    print("cleaned up")
"""
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    expected = ("went on\ncleaned up\n", 0) if ignored else ("cleaned up\n", 128 + number)
    assert (ended.stdout, ended.returncode) == expected


def test_may_be_told_to_begin_anew(place, monkeypatch):
    place.remember(NOW)
    monkeypatch.setenv("FRESH", "1")
    assert place.reason_to_begin_anew()
