"""The addon is installed, used and uninstalled in a database of its own: nothing is left, and nothing gets out."""

import subprocess

from odoo.tests import BaseCase, TransactionCase, tagged

from .. import hooks
from .fake_server import ago
from .servers.dovecot import DovecotServer
from .servers.odoo_server import run_odoo
from .servers.odoo_workers import OdooWorkers, environment, plain_database, run_query
from .servers.text_search import occurrences

OLGA, OTTO = "olga@tea.example", "otto@tea.example"
CARLA, CHRIS = "carla@shop.example", "chris@shop.example"
PASSWORD = "correct horse"
#: tables of which the addon has rows, and which are to be as they were
TABLES = (
    "ir_act_client ir_act_server ir_act_window ir_cron ir_filters ir_model ir_model_access "
    "ir_model_constraint ir_model_data ir_model_fields ir_model_fields_selection ir_model_relation ir_rule ir_ui_menu "
    "ir_ui_view mail_activity mail_activity_type mail_message_subtype res_groups res_groups_implied_rel "
    "res_groups_privilege"
).split()


def letter(to, subject, text, picture=False):
    """Return a mail of Carla's with an attachment, and a picture in its text if wanted."""
    picture_part = (
        "--b\r\nContent-Type: image/png\r\nContent-ID: <p1>\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"picture of {subject}\r\n"
    )
    html = f"<p>{text}</p>" + ('<img src="cid:p1">' if picture else "")
    return (
        f"From: Carla <{CARLA}>\r\nTo: {to}\r\nCc: {CHRIS}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{subject}@shop.example>\r\nDate: {ago(hours=2):%a, %d %b %Y %H:%M:%S +0000}\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/html\r\n\r\n{html}\r\n"
        f"{picture_part if picture else ''}"
        f'--b\r\nContent-Type: text/plain; name="{subject}.txt"\r\n'
        f"Content-Disposition: attachment\r\n\r\nfile of {subject}\r\n--b--\r\n"
    ).encode()


def schema(database):
    """Return the lines of a database's schema."""
    dump = subprocess.run(
        ["pg_dump", "--schema-only", "--no-owner", database],
        env=environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted(
        line.rstrip(",")
        for line in dump.stdout.splitlines()
        if line and not line.startswith(("--", "\\"))
    )


def rows(database):
    """Return how many rows there are in the tables of which the addon has some."""
    # core notes this foreign key once more while it takes the column away, and so keeps a line about nothing
    run_query(
        database,
        "DELETE FROM ir_model_constraint WHERE name = 'mail_message_imap_email_id_fkey' RETURNING 1",
    )
    return {
        table: run_query(database, f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608
        for table in TABLES
    }


@tagged("post_install", "-at_install")
class TestUninstall(BaseCase):
    @classmethod
    def setUpClass(cls):
        """Install, sync what is shared in four ways, uninstall."""
        super().setUpClass()
        server = cls.enterClassContext(DovecotServer())
        mailboxes = {
            OLGA: (("Open", True), ("Both", False)),
            OTTO: (("Secret", True), ("Both", False)),
        }
        for login, mails in mailboxes.items():
            server.add_user(login, PASSWORD)
            for subject, picture in mails:
                to = f"{OLGA}, {OTTO}" if subject == "Both" else login
                raw = letter(to, subject, f"text of {subject}", picture)
                server.append(login, "INBOX", raw, internaldate=ago(hours=1))
        plain = cls.enterClassContext(plain_database())
        cls.before = schema(plain), rows(plain), occurrences(plain, "imap")
        run_odoo("module install", plain, "mail_imap_sync")
        with OdooWorkers(plain) as workers:
            ids = workers.do(
                "prepare",
                host="localhost",
                port=server.tls_port,
                ca_file=server.ca_file,
                people={OLGA: PASSWORD, OTTO: PASSWORD},
                contacts=[CARLA, CHRIS],
            )
            workers.do("add_user", login="colin")
            workers.do("add_user", login="carla", portal_of=CARLA)
            workers.do("share", connection=ids[OTTO], level="private")
            for connection in ids.values():
                workers.do("sync", connection=connection, slice_size=500)
            cls.seen_before = workers.do("chatter", login="colin", contact=CARLA)
            cls.secret_seen = workers.do("chatter", login=OTTO, contact=CARLA)
            server.append(OTTO, "INBOX", letter(OTTO, "Hint", "text of Hint"))
            workers.do("share", connection=ids[OTTO], level="subject")
            workers.do("sync", connection=ids[OTTO], slice_size=500)
            cls.hint_before = workers.do("chatter", login="colin", contact=CARLA)
            # Secret alone is private again: the choice for one email
            run_query(
                workers.database,
                """UPDATE imap_share SET visibility = 'private' FROM imap_email
                    WHERE imap_email.id = email_id AND subject = 'Secret' AND user_id IS NOT NULL
                RETURNING 1""",
            )
            workers.do("leave_traces")
            run_odoo("module uninstall", workers.database, "mail_imap_sync")
            cls.after = (
                schema(workers.database),
                rows(workers.database),
                occurrences(workers.database, "imap"),
            )
            cls.leaks = (
                occurrences(workers.database, "of Secret"),
                occurrences(workers.database, "of Hint"),
            )
            # those of before have loaded the addon
            cls.workers = cls.enterClassContext(OdooWorkers(workers.database))

    def chatter(self, login, contact=CARLA):
        return self.workers.do("chatter", login=login, contact=contact)

    def test_schema_is_as_it_was(self):
        before, after = self.before[0], self.after[0]
        self.assertEqual(sorted(set(after) - set(before)), [])
        self.assertEqual(sorted(set(before) - set(after)), [])

    def test_no_record_is_left(self):
        self.maxDiff = None
        self.assertEqual(self.after[1], self.before[1])

    def test_nothing_names_the_addon(self):
        left = {place: n for place, n in self.after[2].items() if n != self.before[2].get(place)}
        self.assertEqual(left, {})

    def test_shared_mail_stays_as_it_was_read(self):
        def texts(chatter):
            return [
                (m["subject"], f"text of {m['subject']}" in (m["body"] or ""), len(m["files"]))
                for m in chatter
            ]

        self.assertEqual(sorted(texts(self.seen_before)), [("Both", True, 1), ("Open", True, 1)])
        for login in ("colin", OLGA, OTTO):
            for contact in (CARLA, CHRIS):
                found = sorted(texts(self.chatter(login, contact)))
                expected = [("Both", True, 1), ("Hint", False, 0), ("Open", True, 1)]
                self.assertEqual(found, expected, login)
        (open_mail,) = [m for m in self.chatter("colin") if m["subject"] == "Open"]
        self.assertEqual([file.strip() for file in open_mail["files"]], ["file of Open"])

    def test_pictures_in_the_text_are_those_of_the_entry(self):
        for contact in (CARLA, CHRIS):
            (body,) = [m["body"] for m in self.chatter("colin", contact) if m["subject"] == "Open"]
            (picture,) = [int(word.partition('"')[0]) for word in body.split("/web/image/")[1:]]
            found = run_query(
                self.workers.database,
                """SELECT partner.email FROM ir_attachment AS file
                     JOIN mail_message AS entry ON entry.id = file.res_id
                     JOIN res_partner AS partner ON partner.id = entry.res_id
                    WHERE file.res_model = 'mail.message' AND file.id = %s""",
                picture,
            )
            self.assertEqual(found, [(contact,)])
            self.assertEqual(self.readable("colin", "ir.attachment", [picture]), [picture])

    def test_what_was_private_is_nowhere(self):
        """For its owner neither: without the addon nothing would keep it from others."""
        self.assertIn("Secret", [m["subject"] for m in self.secret_seen])
        self.assertEqual(self.leaks, ({}, {}))
        subjects = run_query(
            self.workers.database, "SELECT 1 FROM mail_message WHERE subject = 'Secret'"
        )
        self.assertEqual(subjects, [])

    def test_what_was_half_shared_is_still_known(self):
        self.assertIn("Hint", [m["subject"] for m in self.hint_before])
        (hint,) = [m for m in self.chatter(OTTO) if m["subject"] == "Hint"]
        self.assertIn("was not shared", hint["body"])

    def test_portal_users_see_nothing(self):
        """Of their own contact neither, and not by the number of a message or file."""
        ids = [m["id"] for m in self.chatter("colin")]
        self.assertEqual(len(ids), 3)
        self.assertEqual(self.chatter("carla"), [])
        self.assertEqual(self.readable("carla", "mail.message", ids), [])
        files = run_query(
            self.workers.database,
            "SELECT id FROM ir_attachment WHERE res_model = 'mail.message'",
        )
        self.assertTrue(files)
        self.assertEqual(self.readable("carla", "ir.attachment", [id_ for (id_,) in files]), [])

    def readable(self, login, model, ids):
        return self.workers.do("readable", login=login, model=model, ids=ids)


@tagged("post_install", "-at_install")
class TestAutomationRules(TransactionCase):
    """Without its trigger field a rule would run at every change of a record, and one with our fields would fail."""

    def rule(self, name, **values):
        return self.env["base.automation"].create(
            {
                "name": name,
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "trigger": "on_create_or_write",
                **values,
            }
        )

    def field(self, name):
        return self.env["ir.model.fields"]._get("res.partner", name)

    def test_those_about_mail_are_switched_off(self):
        ours = (
            self.rule("Triggered", trigger_field_ids=self.field("imap_last_received").ids)
            + self.rule("Filtered", filter_domain="[('imap_mail_count', '>', 3)]")
            + self.rule("Timed", trigger="on_time", trg_date_id=self.field("imap_last_received").id)
        )
        other = self.rule("Other", trigger_field_ids=self.field("email").ids)
        hooks._switch_off_automation_rules(self.env)
        self.assertEqual(ours.mapped("active"), [False] * 3)
        self.assertTrue(other.active)
