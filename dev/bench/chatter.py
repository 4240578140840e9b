"""Opening a chatter with thousands of synced mails in a database that holds hundreds of thousands,
beside the same chatter in an Odoo without the addon.
"""

import os
import statistics
import subprocess
import sys

from . import chatter_data, sizes
from .figures import Figure
from .place import Watch, odoo, sales_person

ROUNDS = 100
GOAL = 1.3
OPENING, OLDER = "opening a chatter", "older messages of a chatter"


def measure():
    """Load the same pages from both databases in turn, so that what else the machine does slows down
    both, and take the medians.
    """
    with _Reader("BENCH_DATABASE") as ours, _Reader("BENCH_PLAIN_DATABASE") as plain:
        return [_compare(page, ours, plain) for page in (OPENING, OLDER)]


def _compare(page, ours, plain):
    # what the first pages have to load is not what a page costs
    rounds = [(ours.load(page), plain.load(page)) for _ in range(ROUNDS)][10:]
    milliseconds, reference = map(statistics.median, zip(*rounds, strict=True))
    return Figure(
        f"{page}, {sizes.CHATTER:,} of {sizes.STORED:,} mails",
        milliseconds,
        reference,
        "ms",
        f"{GOAL} times the chatter without",
        milliseconds <= GOAL * reference,
        {
            "times the chatter without": round(milliseconds / reference, 2),
            "SQL queries (ours, without)": (ours.queries, plain.queries),
            "who reads": "a colleague, with whom a quarter of the mails is shared, a quarter by subject, "
            "a quarter without, and a quarter not at all",
        },
    )


class _Reader:
    """A process in which somebody reads the chatter of one database.

    :param database: the variable that names it
    """

    def __init__(self, database):
        self._database = os.environ[database]

    def __enter__(self):
        command = [sys.executable, "-m", "bench.chatter", self._database]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_exception):
        self._process.communicate()

    def load(self, page):
        """Milliseconds that a page takes."""
        print(page, file=self._process.stdin, flush=True)
        milliseconds, self.queries = map(float, self._process.stdout.readline().split())
        return milliseconds


def read(database):
    """Load the pages whose names come in, and write down what they take."""
    with odoo(database) as env:
        thread = chatter_data.filled(env).with_user(sales_person(env, "reader"))
        env.cr.commit()
        last = None
        for line in sys.stdin:
            watch, ids = _load(thread, before=last if line.strip() == OLDER else None)
            last = ids[-1]
            print(watch.seconds * 1000, watch.queries, flush=True)


def _load(thread, before):
    """What the route /mail/thread/messages does; return a watch and the messages' ids."""
    from odoo.addons.mail.tools.discuss import Store

    model = thread.env["mail.message"]
    model.env.invalidate_all()
    with Watch() as watch:
        result = model._message_fetch(domain=None, thread=thread, before=before)
        messages = result.pop("messages")
        messages.set_message_done()
        Store().add(messages).get_result()
    if len(messages) != 30:
        raise RuntimeError(f"{len(messages)} messages")
    return watch, messages.ids


if __name__ == "__main__":
    read(sys.argv[1])
