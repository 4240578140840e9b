"""Nothing is left of mail that concerns nobody, or staff only: every table and every line of the log is read."""

import logging
from email import message_from_bytes, policy

from odoo.tests import tagged
from odoo.tools import SQL

from .common import MailboxCase
from .fake_server import ago, mail

#: what stands in the mails of strangers, and nowhere else
WORDS = ("xerxes", "quagga", "wombat", "numbat", "zibeline")
#: tables in which a sync notes that it was there: the run, and when the next one is
OF_EACH_RUN = {"imap_run", "ir_cron_trigger"}


@tagged("post_install", "-at_install")
class TestStrangers(MailboxCase):
    def setUp(self):
        super().setUp()
        for number in range(3):
            stranger = f"xerxes{number}@quagga.example"
            received = mail(
                f"Xerxes Stranger <{stranger}>",
                "olga@tea.example",
                f"Wombat {number}",
                f"About the numbat {number}",
                message_id=f"<zibeline{number}@quagga.example>",
                In_Reply_To="<zibeline.before@quagga.example>",
            )
            sent = mail("olga@tea.example", stranger, f"Re: Wombat {number}", "Numbat, zibeline")
            bulk = mail(stranger, "olga@tea.example", "Wombat news", "Numbat", List_Id="<quagga>")
            for folder, raw in (("inbox", received), ("sent", sent), ("inbox", bulk)):
                getattr(self.server, folder).deliver(raw, ago(days=number))
        for colleague in ("colin@tea.example", "otto@tea.example"):
            received = mail(colleague, "olga@tea.example", "Wombat lunch", "Numbat or zibeline?")
            message = message_from_bytes(received, policy=policy.default)
            message.add_attachment("a wombat", filename="numbat.txt")
            self.server.inbox.deliver(message.as_bytes(), ago(days=1))
            self.server.sent.deliver(mail("olga@tea.example", colleague, "Re: Wombat lunch"))
        # what nobody can read either
        self.server.inbox.deliver(b"\xff\x00 xerxes wombat")

    def sync(self):
        """Everything that looks at a mailbox, twice."""
        for _turn in range(2):
            result = self.connection._sync()
            self.connection.action_audit()
        return result

    def test_no_table_knows_them(self):
        self.sync()
        self.assertEqual(self.connection.seen_count, 14)
        self.assertEqual(self.connection.linked_count, 0)
        inbox = self.connection.folder_ids.filtered(lambda f: f.role == "inbox")
        self.assertEqual(inbox.skipped_by_rule, {"nobody": 4, "bulk": 3, "internal": 2})
        self.assertEqual(self.found(), {})

    def test_no_table_grows(self):
        """Not even by a row that does not name them: no notification, no job, no attachment."""
        self.sync()
        before = self.sizes()
        for colleague in ("xerxes9@quagga.example", "colin@tea.example"):
            self.server.inbox.deliver(mail(colleague, "olga@tea.example", "Another wombat"))
        self.connection._sync()
        self.assertEqual(self.connection.seen_count, 16)
        sizes = self.sizes()
        grown = {table for table, size in sizes.items() if size != before[table]}
        self.assertLessEqual(grown, OF_EACH_RUN)

    def test_no_line_of_the_log_knows_them(self):
        lines = []
        handler = logging.Handler(logging.DEBUG)
        handler.emit = lambda record: lines.append(record.getMessage().lower())
        ours = logging.getLogger("odoo.addons.mail_imap_sync")
        ours.addHandler(handler)
        self.addCleanup(ours.removeHandler, handler)
        self.addCleanup(ours.setLevel, ours.level)
        ours.setLevel(logging.DEBUG)
        self.sync()
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", "Linked"))
        self.server.unreadable.update(self.server.inbox.messages)
        self.connection._sync()
        self.assertTrue(lines, "this test can see")
        self.assertEqual([line for line in lines if any(word in line for word in WORDS)], [])

    def test_looking_first_leaves_nobody_behind(self):
        """However it ends, nothing is left of the people whom a look at the past found."""
        for end in (self.discard, self.start_with_nobody, self.look_again, self.abandon):
            with self.subTest(end.__name__):
                action = self.connection.action_open_backfill()
                wizard = self.env["imap.backfill"].browse(action["res_id"])
                wizard = wizard.with_user(self.owner)
                wizard.action_look()
                self.assertIn("xerxes", self.found()["imap_backfill_person"], "this test can see")
                end(wizard)
                self.assertEqual(self.found(), {})

    def discard(self, wizard):
        wizard.action_discard()

    def start_with_nobody(self, wizard):
        wizard.person_ids.action_leave_out()
        wizard.action_start()
        self.sync()

    def look_again(self, wizard):
        wizard.action_back()

    def abandon(self, wizard):
        """The person never comes back; a day later the scheduled clean-up comes by."""
        self.env.flush_all()
        for model in ("imap.backfill", "imap.backfill.folder", "imap.backfill.person"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET write_date = write_date - interval '25 hours'",
                    SQL.identifier(self.env[model]._table),
                )
            )
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self.env.ref("base.autovacuum_job").method_direct_trigger()

    def test_these_words_would_be_found(self):
        """A mail with a contact leaves its traces: this test can see."""
        self.server.inbox.deliver(
            mail("carla@shop.example", "olga@tea.example", "Wombat", "numbat <b>zibeline</b>")
        )
        self.sync()
        found = self.found()
        self.assertIn("wombat", found["imap_email"])
        self.assertIn("numbat", found["mail_message"])

    def tables(self):
        # what is sent to browsers is written before a commit
        self.env.cr.precommit.run()
        self.env.flush_all()
        tables = self.env.execute_query(
            SQL(
                "SELECT table_name FROM information_schema.tables"
                " WHERE table_schema = current_schema AND table_type = 'BASE TABLE'"
            )
        )
        self.assertGreater(len(tables), 200)
        return [table for (table,) in tables]

    def sizes(self):
        """Return table -> number of its rows."""
        return {
            table: self.env.execute_query(SQL("SELECT count(*) FROM %s", SQL.identifier(table)))
            for table in self.tables()
        }

    def found(self):
        """Return the words that stand in any column of any table: table -> words."""
        tables = self.tables()
        found = {}
        pattern = "|".join(WORDS)
        for table in tables:
            # the whole row as text, binary columns decoded
            rows = self.env.execute_query(
                SQL(
                    "SELECT row_text FROM (SELECT whole::text AS row_text FROM %s AS whole) AS rows"
                    " WHERE row_text ~* %s OR row_text ~* %s LIMIT 5",
                    SQL.identifier(table),
                    pattern,
                    "|".join(word.encode().hex() for word in WORDS),
                )
            )
            for (row,) in rows:
                words = {word for word in WORDS if word in row.lower()}
                found.setdefault(table, set()).update(words or {"binary"})
        return found
