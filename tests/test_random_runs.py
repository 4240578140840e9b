"""Random runs on servers in memory: nothing lost, nothing twice, whatever happens in whatever order.

``RANDOM_SEED=7 RANDOM_RUNS=1 make test TESTS=tests/test_random_runs.py`` repeats the run of seed 7.
"""

import os

from odoo.tests import tagged

from ..lib.known import Tracking
from .random_runs.case import RandomRunsCase
from .random_runs.memory import MemoryServer

RUNS = int(os.environ.get("RANDOM_RUNS", "200"))


@tagged("post_install", "-at_install")
class TestRandomRuns(RandomRunsCase):
    def new_server(self, connection):
        first = connection == self.connection
        return MemoryServer(Tracking.QRESYNC if first else Tracking.CONDSTORE)

    # in parts, that several workers can take, and that a slow machine ends in time

    def test_first_quarter(self):
        self.take_runs(RUNS, part=0, parts=4)

    def test_second_quarter(self):
        self.take_runs(RUNS, part=1, parts=4)

    def test_third_quarter(self):
        self.take_runs(RUNS, part=2, parts=4)

    def test_last_quarter(self):
        self.take_runs(RUNS, part=3, parts=4)
