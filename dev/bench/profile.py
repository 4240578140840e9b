"""Where the time of a linked mail goes, by py-spy: it looks at the run a hundred times a second."""

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from . import mails, sizes
from .figures import Figure
from .linking import contacts
from .place import connect, mailbox, odoo

RATE = 100
SEED = 2
RUN = "ImapConnection._sync ("
#: part of the work -> what one of the functions on the stack is called; the first one that fits counts
PARTS = {
    "commit": r"commit \(",
    "flush": r"flush_all \(|BaseCursor\.flush \(",
    "make the body safe": r"sanitize_body \(",
    "parse": r"parse_mail \(|identity \(|read_header_facts \(",
    "fetch": r"lib/fetch\.py",
    "store attachments": r"Store\._attachments \(",
    "create emails, entries, placements": r"create \(orm/decorators",
    "look up": r"look_up \(|_placed \(|search",
    "rest": "",
}
_WAITING = re.compile(r"Cursor\.execute \(|SSLSocket\.(read|send|write) \(|Cursor\.commit \(")


def measure():
    """Run a sync below py-spy, and sort what it saw by part."""
    with tempfile.NamedTemporaryFile("r", suffix=".folded") as stacks:
        spy = (os.environ["BENCH_PY_SPY"], "record", "--idle", "--nonblocking", "--rate", str(RATE))
        command = (*spy, "--format", "raw", "--output", stacks.name, "--")
        subprocess.run(
            [*command, sys.executable, "-m", "bench.profile"], check=True, stdout=subprocess.DEVNULL
        )
        samples = stacks.read()
    Path(os.environ["BENCH_FOLDER"], "profile.folded").write_text(samples)
    return [_figure(*_by_part(samples))]


def _by_part(samples):
    """Return (samples by part, those of them in which something was waited for)."""
    found, waiting = Counter(), Counter()
    for line in samples.splitlines():
        stack, _, number = line.rpartition(" ")
        if RUN in stack:
            part = next(name for name, pattern in PARTS.items() if re.search(pattern, stack))
            found[part] += int(number)
            if _WAITING.search(stack.rpartition(";")[2]):
                waiting[part] += int(number)
    return found, waiting


def _figure(found, waiting):
    def milliseconds(samples):
        return samples / RATE / sizes.PROFILED * 1000

    total = found.total()
    return Figure(
        "a linked mail, as py-spy saw it",
        milliseconds(total),
        None,
        "ms",
        details={
            part: f"{milliseconds(found[part]):.2f} ms, {found[part] / total:.0%}; "
            f"waiting for a server {milliseconds(waiting[part]):.2f} ms"
            for part in PARTS
        },
    )


def run():
    """What is looked at."""
    everything = list(mails.mixed(sizes.PROFILED, sizes.CONTACTS, seed=SEED))
    with mailbox(everything) as server, odoo() as env:
        contacts(env)
        connection = connect(env, "profile", server.tls_port, server.ca_file)
        if connection._sync()["linked"] != len(everything):
            raise RuntimeError("not all were linked")


if __name__ == "__main__":
    run()
