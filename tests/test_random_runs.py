"""Random runs on servers in memory: nothing lost, nothing twice, whatever happens in whatever order.

``RANDOM_SEED=7 RANDOM_RUNS=1 make test TESTS=tests/test_random_runs.py`` repeats the run of seed 7.
"""

import os
from contextlib import ExitStack

from odoo import fields
from odoo.tests import tagged

from .common import MailboxCase
from .random_runs import check, machine, mails
from .random_runs.faults import Checkpoints, Plan
from .random_runs.memory import MemoryServer
from .random_runs.steps import Steps
from .random_runs.world import Box, World

SEED = int(os.environ.get("RANDOM_SEED", "1"))
RUNS = int(os.environ.get("RANDOM_RUNS", "200"))


@tagged("post_install", "-at_install")
class TestRandomRuns(MailboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_connection = cls._connect(cls.other_owner)
        leads = cls.env["crm.lead"]
        cls.lead = leads.create({"name": "Tea", "user_id": False})
        cls.secret_lead = leads.create({"name": "Secret", "user_id": cls.other_owner.id})
        cls.answered = {
            "lead": cls.lead.message_post(body="Offer", message_type="comment").message_id,
            "otto's lead": cls.secret_lead.message_post(
                body="Offer", message_type="comment"
            ).message_id,
        }
        cls.env["imap.exclusion"].create({"name": "lawyer@far.example", "user_id": False})
        cls.connections = cls.connection + cls.other_connection
        cls.connections.sudo().sync_since = fields.Datetime.now() - mails.PERIOD

    def test_random_runs(self):
        for seed in range(SEED, SEED + RUNS):
            steps = machine.draw(seed)
            if self._failure(steps):
                few = machine.shrunk(steps, self._failure)
                listing = "\n".join(map(repr, few))
                self.fail(f"seed {seed}: {self._failure(few)}\nafter\n{listing}")

    def _failure(self, steps):
        """Take the steps and what follows; return what is wrong after that, None if nothing is."""
        boxes = [Box(self.connection, MemoryServer()), Box(self.other_connection, MemoryServer())]
        records = {
            "carla": self.customer,
            "chris": self.customer2,
            "lead": self.lead,
            "otto's lead": self.secret_lead,
        }
        with ExitStack() as stack:
            run = stack.enter_context(Checkpoints(self.env["imap.connection"]))
            world = World(boxes, records, self.answered, run)
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
            box.connection.action_resume()
            world.refresh(box)
            world.sync(box, Plan())
        check.check(world)
        before = check.rows(world)
        for box in world.boxes:
            counters = world.sync(box, Plan())
            if any(counters.values()) or check.rows(world) != before:
                raise check.Finding(f"the same again changed something: {counters}")
        check.check(world)
