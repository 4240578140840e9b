"""Takes random runs and says what was wrong afterwards."""

import os
import time
from contextlib import ExitStack
from datetime import timedelta

from ..common import MailboxCase
from . import check, machine, mails
from .faults import Checkpoints, Plan
from .steps import Steps
from .world import Box, World

SEED = int(os.environ.get("RANDOM_SEED", "1"))
#: no run begins after this time
END = time.monotonic() + float(os.environ.get("RANDOM_SECONDS", "inf"))
#: what is broken altogether need not be shown by every run
MOST_FAILURES = 5


class RandomRunsCase(MailboxCase):
    """Two mailboxes of two colleagues, and records that their mail belongs to.

    Subclasses say on what servers: :meth:`new_server`.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # each as its owner sees it
        cls.connections = (cls.connection, cls._connect(cls.other_owner))
        for connection in cls.connections:
            connection.sync_since = mails.period_start().replace(tzinfo=None)
            # before this transaction began: what is created in it is younger
            connection.sudo().connected_since = cls.env.cr.now() - timedelta(seconds=1)
        leads = cls.env["crm.lead"]
        cls.records = {
            "carla": cls.customer,
            "chris": cls.customer2,
            "lead": leads.create({"name": "Tea", "user_id": False}),
            "otto's lead": leads.create({"name": "Secret", "user_id": cls.other_owner.id}),
        }
        cls.answered = {
            name: record.message_post(message_type="comment").message_id
            for name, record in cls.records.items()
            if "lead" in name
        }
        cls.env["imap.exclusion"].create({"name": "lawyer@far.example", "user_id": False})

    def new_server(self, connection):
        """Return an empty server for a mailbox, for one run."""
        raise NotImplementedError

    def take_runs(self, runs, part=0, parts=1):
        """Take that many runs, or one part of them; a failing one is cut down, and told with its seed."""
        failures = 0
        for seed in range(SEED + runs * part // parts, SEED + runs * (part + 1) // parts):
            if time.monotonic() > END or failures == MOST_FAILURES:
                break
            steps = machine.draw(seed)
            if not self._failure(steps):
                continue
            failures += 1
            with self.subTest(seed=seed):
                few = machine.shrunk(steps, self._failure)
                listing = "\n".join(map(repr, few))
                self.fail(f"seed {seed}: {self._failure(few)}\nafter\n{listing}")

    def _failure(self, steps):
        """Take the steps and what follows; return what is wrong after that, None if nothing is."""
        with ExitStack() as stack:
            run = stack.enter_context(Checkpoints(self.env["imap.connection"]))
            boxes = [
                Box(connection, self.new_server(connection)) for connection in self.connections
            ]
            people = (self.colleague, self.manager)
            world = World(boxes, people, self.records, self.answered, run)
            for patcher in world.open():
                stack.enter_context(patcher)
            try:
                self._run(world, steps)
            except Exception as error:
                return f"{type(error).__name__}: {error}"
        return None

    def _run(self, world, steps):
        taker = Steps(world)
        for step in steps:
            taker.take(step)
        for box in world.boxes:
            world.connect(box)
            world.refresh(box)
        for box in world.boxes:
            world.sync(box, Plan())
        check.check(world)
        before = check.rows(world)
        for box in world.boxes:
            counters = world.sync(box, Plan())
            if any(counters.values()) or check.rows(world) != before:
                raise check.Finding(f"the same again changed something: {counters}")
        check.check(world)
        for box in world.boxes:
            check.audit(world, box, world.audit(box, Plan()))
        if check.rows(world) != before:
            raise check.Finding("the audit changed something")
        check.check(world)
