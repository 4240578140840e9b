"""Workers with mail of the same contacts, and people who change these contacts: processes, commits, a real server."""

import contextlib

import psycopg2

from odoo.sql_db import connection_info_for
from odoo.tests import tagged

from .fake_server import ago, mail
from .servers.odoo_workers import run_query
from .workers_common import OLGA, OTTO, WorkersCase

PEOPLE = [f"person{number}@shop.example" for number in range(40)]


@tagged("post_install", "-at_install")
class TestTouchpointWorkers(WorkersCase):
    contacts = tuple(PEOPLE)

    def test_nobody_waits_for_a_contact_that_somebody_is_changing(self):
        """The run ends, all other contacts are up to date, and that one is with the next run."""
        self.deliver(OLGA, PEOPLE[:3])
        with self.changing(PEOPLE[1]):
            result = self.workers.do("sync", connection=self.mailboxes[OLGA], slice_size=500)
            self.assertEqual(result["linked"], 3)
            self.assertEqual(self.numbers(PEOPLE[:3]), [1, 0, 1])
        self.workers.do("sync", connection=self.mailboxes[OLGA], slice_size=500)
        self.assertEqual(self.numbers(PEOPLE[:3]), [1, 1, 1])
        self.assertEqual(self.mailbox_states(), {"connected"})

    def test_workers_with_mail_of_the_same_people(self):
        """In opposite order, so that each has what the other one wants next."""
        self.deliver(OLGA, PEOPLE)
        self.deliver(OTTO, PEOPLE[::-1])
        pids = [
            self.workers.start("sync", connection=mailbox, slice_size=5)
            for mailbox in self.mailboxes.values()
        ]
        results = [self.workers.result(pid) for pid in pids]
        self.assertEqual([result["linked"] for result in results], [40, 40])
        for mailbox in self.mailboxes.values():
            # what one has left because the other one was writing it
            self.workers.do("sync", connection=mailbox, slice_size=5)
        self.assertEqual(self.numbers(PEOPLE), [2] * 40)
        self.assertEqual(self.workers.do("stale_touchpoints"), [])
        self.assertEqual(self.mailbox_states(), {"connected"})

    # inside

    def deliver(self, login, senders):
        for number, sender in enumerate(senders):
            raw = mail(sender, login, f"{sender} to {login}", date=ago(days=1))
            self.server.append(login, "INBOX", raw, internaldate=ago(minutes=100 - number))

    @contextlib.contextmanager
    def changing(self, address):
        """Let somebody be about to change a contact."""
        _name, place = connection_info_for(self.workers.database)
        with contextlib.closing(psycopg2.connect(**place)) as person, person.cursor() as cr:
            # whoever waits for that gives up and fails
            cr.execute(f"ALTER DATABASE {self.workers.database} SET lock_timeout = '3s'")
            person.commit()
            cr.execute("UPDATE res_partner SET city = 'Ghent' WHERE email = %s", [address])
            yield
            person.commit()

    def numbers(self, addresses):
        rows = self.psql(
            "SELECT email, COALESCE(imap_mail_count, 0) FROM res_partner WHERE email IN %s",
            tuple(addresses),
        )
        return [dict(rows)[address] for address in addresses]

    def mailbox_states(self):
        return {state for (state,) in self.psql("SELECT DISTINCT state FROM imap_connection")}

    def psql(self, query, *parameters):
        return run_query(self.workers.database, query, *parameters)
