"""Workers that are killed, and workers that are in each other's way: real processes, commits and a real server."""

import random
from collections import Counter

from odoo.tests import tagged

from .random_runs import mails
from .workers_common import OLGA, OTTO, WorkersCase

CONTACTS = {"carla": "carla@shop.example", "chris": "chris@shop.example"}
#: kinds of mail whose links depend on nothing but contacts
KINDS = [
    kind
    for kind in mails.KINDS
    if not (kind.answers or kind.in_odoo or kind.broken or kind.draft or "lawyer" in kind.cc)
]
WITHOUT_ID = [kind for kind in KINDS if not kind.message_id]


@tagged("post_install", "-at_install")
class TestKilledWorkers(WorkersCase):
    contacts = tuple(CONTACTS.values())

    def setUp(self):
        super().setUp()
        self.mails = []
        self.delivered = Counter()

    def test_killed_at_any_moment(self):
        seed = random.randrange(10**6)  # noqa: S311 - no secret
        rng = random.Random(seed)  # noqa: S311
        with self.subTest(seed=seed):
            kills = 0
            while kills < 6:
                self.deliver(12, [OLGA])
                pid = self.sync(OLGA, report_writes=True)
                kills += self.workers.kill_at(pid, rng.randrange(1, 40))
            counters = self.workers.result(self.sync(OLGA))
            self.assertEqual(counters["pending"], 0)
            self.check()

    def test_the_history_tells_of_it(self):
        self.deliver(12, [OLGA])
        killed = self.sync(OLGA, report_writes=True)
        self.assertTrue(self.workers.kill_at(killed, 12))
        for _time in range(2):
            self.workers.result(self.sync(OLGA))
        self.assertEqual(self.workers.do("outcomes"), ["interrupted", "done"])

    def test_workers_on_the_same_mail_at_once(self):
        """Two workers on each of two mailboxes that hold the same mail, in opposite order."""
        for kinds in (KINDS, WITHOUT_ID, KINDS, WITHOUT_ID):
            self.deliver(30, [OLGA, OTTO], kinds)
            pids = [self.sync(login) for login in (OLGA, OTTO, OLGA, OTTO)]
            for pid in pids:
                self.workers.result(pid)
        for login in (OLGA, OTTO):
            self.workers.result(self.sync(login))
        self.check()

    def test_button_pressed_while_another_worker_was_syncing(self):
        self.deliver(5, [OLGA])
        counters = self.workers.do("sync_behind_another", connection=self.mailboxes[OLGA])
        self.assertEqual(counters["seen"], 0)
        self.check()

    # inside

    def deliver(self, number, logins, kinds=KINDS):
        new = [
            mails.make(key, kinds[key % len(kinds)], mails.dates()[0], OLGA, "")
            for key in range(len(self.mails) + 1, len(self.mails) + 1 + number)
        ]
        self.mails += new
        for place, login in enumerate(logins):
            for mail in new[:: -1 if place else 1]:
                self.server.append(login, "INBOX", mail.raw, internaldate=mail.date)
            self.delivered[login] += number

    def sync(self, login, **parameters):
        return self.workers.start(
            "sync", connection=self.mailboxes[login], slice_size=10, **parameters
        )

    def check(self):
        self.assertEqual(self.workers.do("stale_touchpoints"), [])
        report = self.workers.do("report")
        expected = [
            (mail.subject, CONTACTS[name]) for mail in self.mails for name in mail.kind.links
        ]
        found = [(subject, contact) for subject, _email, contact in report["entries"]]
        self.assertEqual(Counter(found), Counter(expected))
        emails = {(subject, email) for subject, email, _contact in report["entries"]}
        self.assertEqual(len(emails), len({subject for subject, _email in emails}))
        linking = sum(bool(mail.kind.links) for mail in self.mails)
        self.assertEqual(report["placements"], linking * len(self.delivered))
        self.assertEqual(set(report["states"]), {"connected"})
        for login, path, seen, linked, skipped, quarantined in report["folders"]:
            wanted = self.delivered[login] if path == "INBOX" else 0
            with self.subTest(login=login, path=path):
                self.assertEqual(seen, wanted)
                self.assertEqual(linked + skipped, wanted)
                self.assertFalse(quarantined)
