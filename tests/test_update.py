"""A database that the first version made, with real mail from a real server, is updated to this one."""

from odoo.tests import BaseCase, tagged

from .fake_server import ago
from .servers.dovecot import DovecotServer
from .servers.earlier_version import earlier_version
from .servers.odoo_server import run_odoo
from .servers.odoo_workers import OdooWorkers, plain_database, run_query

FIRST = "19.0.1.0.0"
OLGA, OTTO, CARLA = "olga@tea.example", "otto@tea.example", "carla@shop.example"
CHRIS = "chris@shop.example"
PASSWORD = "correct horse"
ONCE = ("mail_imap_sync", "--stop-after-init", "--no-http")
#: of the first version; nothing but these stamps may change in rows of them
STAMPS = {"write_date", "write_uid"}
TABLES = ("imap_connection", "imap_folder", "imap_email", "imap_placement", "imap_exclusion")
ENTRIES = """
    SELECT entry.id, entry.imap_email_id, entry.model, entry.res_id, entry.subject, entry.body, entry.author_id,
           entry.date, entry.message_type, entry.is_internal, subtype.name::text
      FROM mail_message AS entry JOIN mail_message_subtype AS subtype ON subtype.id = entry.subtype_id
     WHERE entry.imap_email_id IS NOT NULL ORDER BY entry.id
"""
FILES = """
    SELECT file.id, file.res_id, file.name, file.checksum, link.message_id
      FROM ir_attachment AS file LEFT JOIN message_attachment_rel AS link ON link.attachment_id = file.id
     WHERE file.res_model = 'imap.email' ORDER BY file.id, link.message_id
"""


def letter(sender, to, subject, with_id=True, file=False):
    """Return a mail in HTML, on demand without a Message-ID, or with an attachment."""
    attachment = (
        f'--b\r\nContent-Type: text/plain; name="{subject}.txt"\r\n'
        f"Content-Disposition: attachment\r\n\r\nfile of {subject}\r\n"
    )
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n"
        + (f"Message-ID: <{subject.replace(' ', '.')}@shop.example>\r\n" if with_id else "")
        + f"Date: {ago(days=1):%a, %d %b %Y %H:%M:%S +0000}\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/html\r\n\r\n<p>Text of <b>{subject}</b></p>\r\n"
        f"{attachment if file else ''}--b--\r\n"
    ).encode()


def table(database, name):
    """Return id -> row of a table, as dicts."""
    rows = run_query(database, f"SELECT to_jsonb(t) FROM {name} AS t ORDER BY id")  # noqa: S608
    return {row["id"]: row for (row,) in rows}


@tagged("post_install", "-at_install")
class TestUpdate(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.enterClassContext(DovecotServer())
        for login in (OLGA, OTTO):
            cls.server.add_user(login, PASSWORD)
        cls.server.create_folder(OLGA, "Clients")
        cls.copies = {
            subject: letter(sender, to, subject, **options)
            for sender, to, subject, options in (
                (CARLA, OLGA, "Order", {"file": True}),
                (CARLA, OLGA, "No number", {"with_id": False}),
                (OLGA, CARLA, "Sent", {}),
                (CARLA, f"{OLGA}, {OTTO}", "Both", {}),
                (CHRIS, OTTO, "Ottos", {}),
                (CARLA, OLGA, "Client", {}),
                (CARLA, OLGA, "Broken", {}),
            )
        }
        cls.deliver(OLGA, "INBOX", "Order", "No number", "Both")
        cls.deliver(OLGA, "Sent", "Sent")
        cls.deliver(OLGA, "Clients", "Client")
        cls.deliver(OTTO, "INBOX", "Both", "Ottos")
        plain = cls.enterClassContext(plain_database())
        with earlier_version(FIRST) as configuration:
            run_odoo("server", plain, "-i", *ONCE, configuration=configuration)
            with OdooWorkers(plain, configuration) as workers:
                cls.work_with_the_first_version(workers)
                cls.before = {name: table(workers.database, name) for name in TABLES}
                cls.entries = run_query(workers.database, ENTRIES)
                cls.files = run_query(workers.database, FILES)
                run_odoo("server", workers.database, "-u", *ONCE)
                # those of before have loaded the first version
                cls.workers = cls.enterClassContext(OdooWorkers(workers.database))
        cls.database = cls.workers.database

    @classmethod
    def deliver(cls, login, folder, *subjects):
        """Append mails; return the UID of the last one."""
        for subject in subjects:
            raw = cls.copies[subject]
            uid = cls.server.append(login, folder, raw, internaldate=ago(hours=1))
        return uid

    @classmethod
    def work_with_the_first_version(cls, workers):
        cls.mailboxes = workers.do(
            "prepare",
            host="localhost",
            port=cls.server.tls_port,
            ca_file=cls.server.ca_file,
            people={OLGA: PASSWORD, OTTO: PASSWORD},
            contacts=[CARLA, CHRIS],
        )
        workers.do("add_user", login="colin")
        workers.do("set_up_earlier", mailbox=cls.mailboxes[OLGA])
        for mailbox in cls.mailboxes.values():
            workers.do("sync", connection=mailbox, slice_size=500)
        # as that version noted what a server did not hand out
        broken = cls.deliver(OLGA, "INBOX", "Broken")
        workers.do("quarantine_earlier", mailbox=cls.mailboxes[OLGA], uid=broken)
        workers.do("pause", mailbox=cls.mailboxes[OTTO])
        # what could not be read waits for a day
        run_query(
            workers.database,
            """UPDATE imap_placement SET create_date = create_date - interval '2 days'
                WHERE state = 'quarantined' RETURNING id""",
        )

    def test_1_every_row_is_as_it_was(self):
        self.assertEqual(len(self.before["imap_email"]), 6)
        self.assertEqual(len(self.before["imap_placement"]), 8)
        self.assertEqual(len(self.entries), 6)
        self.assertEqual(len(self.files), 1)
        for name in TABLES:
            after = table(self.database, name)
            self.assertTrue(self.before[name], name)
            for id_, row in self.before[name].items():
                kept = (row.keys() - STAMPS) & after[id_].keys()
                self.assertEqual(
                    {key: after[id_][key] for key in kept}, {key: row[key] for key in kept}, name
                )
        self.assertEqual(run_query(self.database, ENTRIES), self.entries)
        self.assertEqual(run_query(self.database, FILES), self.files)

    def test_2_settings_and_permissions_are_as_they_were(self):
        self.assertEqual(
            self.workers.do("settings"),
            {"workers": 2, "per_host": 3, "hosts": "localhost", "manages": True, "internal": True},
        )

    def test_3_mail_is_read_by_whom_it_was_read_before(self):
        for login in ("colin", OLGA, OTTO):
            found = self.workers.do("chatter", login=login, contact=CARLA)
            self.assertEqual(
                sorted(message["subject"] for message in found),
                ["Both", "Client", "No number", "Order", "Sent"],
            )
            (order,) = [message for message in found if message["subject"] == "Order"]
            self.assertEqual([file.strip() for file in order["files"]], ["file of Order"])

    def test_4_sync_goes_on(self):
        """With the stored password, without a second look at what is known, and without a double."""
        self.copies["New"] = letter(CARLA, OLGA, "New")
        self.deliver(OLGA, "INBOX", "New")
        counters = self.sync(OLGA)
        self.assertEqual(counters["seen"], 1)
        # copies of what the first version has stored, in places where it has not looked
        self.deliver(OLGA, "Sent", "Order", "No number", "Both", "Client")
        self.assertEqual(self.sync(OLGA)["linked"], 4)
        self.workers.do("resume", mailbox=self.mailboxes[OTTO])
        self.deliver(OTTO, "INBOX", "Order")
        self.sync(OTTO)
        report = self.workers.do("report")
        subjects = sorted(subject for subject, _email, _contact in report["entries"])
        self.assertEqual(
            subjects,
            ["Both", "Broken", "Client", "New", "No number", "Order", "Ottos", "Sent"],
        )
        self.assertEqual(report["states"], ["connected"] * 2)

    def sync(self, login):
        return self.workers.do("sync", connection=self.mailboxes[login], slice_size=500)
