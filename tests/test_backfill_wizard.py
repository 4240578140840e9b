"""Contacts and past mail: who may, in a browser, and on a real server."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from .backfill_common import NINA, WizardCase
from .fake_server import ago, mail
from .test_dovecot_sync import LOGIN, DovecotCase


@tagged("post_install", "-at_install")
class TestWhoMay(WizardCase):
    def test_nobody_else_sees_what_was_found(self):
        self.receive()
        wizard = self.look()
        administrator = self.env.ref("base.user_admin")
        for user in (self.manager, self.other_owner, administrator, self.colleague):
            with self.subTest(user.login):
                for records in (wizard, wizard.folder_ids, wizard.person_ids):
                    with self.assertRaises(AccessError):
                        records.with_user(user).mapped("create_uid")
                    self.assertFalse(
                        user.has_group("mail_imap_sync.group_user")
                        and records.with_user(user).search([("id", "in", records.ids)])
                    )

    def test_nobody_else_looks(self):
        backfill = self.env["imap.backfill"]
        for user in (self.manager, self.other_owner):
            with self.assertRaises(AccessError):
                backfill.with_user(user).create({"connection_id": self.connection.id})

    def test_folder_of_another_mailbox(self):
        other = self._connect(self.other_owner)
        wizard = self.wizard()
        with self.assertRaises(ValidationError):
            self.env["imap.backfill.folder"].with_user(self.owner).create(
                {"backfill_id": wizard.id, "folder_id": other.folder_ids[0].id}
            )

    def test_owner_who_may_not_create_contacts(self):
        reader = new_test_user(
            self.env,
            "rosa",
            email="rosa@tea.example",
            groups="base.group_user,mail_imap_sync.group_user",
        )
        self.servers["rosa@tea.example"] = self.server
        connection = self._connect(reader)
        self.receive(NINA, to="rosa@tea.example")
        self.send(NINA)
        wizard = self.look(connection=connection)
        self.assertFalse(wizard.chosen_count)
        wizard.person_ids.action_choose()
        with self.assertRaisesRegex(UserError, "You may not create contacts"):
            wizard.action_start()
        wizard.person_ids.action_leave_out()
        wizard.action_start()
        self.assertEqual(wizard.step, "running")

    def test_paused_mailbox(self):
        wizard = self.wizard()
        self.connection.action_pause()
        with self.assertRaisesRegex(UserError, "Resume it first"):
            wizard.action_look()

    def test_forgotten_after_a_day(self):
        self.receive()
        wizard = self.look()
        people = wizard.person_ids
        self.env.flush_all()
        for table in ("imap_backfill", "imap_backfill_folder", "imap_backfill_person"):
            self.cr.execute(f"UPDATE {table} SET write_date = write_date - interval '25 hours'")
        self.env.invalidate_all()
        for name in ("imap.backfill.person", "imap.backfill"):
            self.env[name]._transient_vacuum()
        self.assertFalse(people.exists() or wizard.exists())


@tagged("post_install", "-at_install")
class TestOnScreen(WizardCase, HttpCase):
    def test_from_looking_to_the_chatter(self):
        self.env["res.partner"].create(
            {"name": "Leaf Ltd", "is_company": True, "email": "tea@leaf.example"}
        )
        self.receive('"LEAF, Nina" <nina@leaf.example>', "Question about oolong")
        self.receive("Nils <nils@stem.example>")
        self.receive("carla@shop.example")
        self.receive("colin@tea.example")
        self.receive("news@list.example", List_Id="<news>")
        self.send(NINA)
        self.connection._sync()
        self.slices()
        self.start_tour(
            f"/odoo/imap.connection/{self.connection.id}", "mail_imap_sync.backfill", login="olga"
        )


@tagged("post_install", "-at_install")
class TestDovecot(DovecotCase):
    def test_whole_path(self):
        self.owner.group_ids += self.env.ref("base.group_partner_manager")
        for number in range(5):
            date = ago(days=10 + number)
            raw = mail("Nina Leaf <nina@leaf.example>", LOGIN, f"In {number}", date=date)
            self.server.append(LOGIN, "INBOX", raw, internaldate=date)
        raw = mail(LOGIN, "nina@leaf.example", "Out", date=ago(days=9))
        self.server.append(LOGIN, "Sent", raw, internaldate=ago(days=9))
        raw = mail("carla@shop.example", LOGIN, "From Carla", date=ago(days=100))
        self.server.append(LOGIN, "INBOX", raw, internaldate=ago(days=100))
        before = self.server.messages(LOGIN, "INBOX")
        connection = self.connect()
        connection._fetch_folders()
        start = len(self.server.client_commands(LOGIN))
        action = connection.action_open_backfill()
        wizard = self.env["imap.backfill"].with_user(self.owner).browse(action["res_id"])
        wizard.period = "6"
        wizard.action_look()
        person = wizard.person_ids
        self.assertEqual((person.name, person.received, person.sent), ("Nina Leaf", 5, 1))
        self.assertTrue(person.selected)
        self.assertEqual(sum(wizard.folder_ids.mapped("linked")), 1)
        commands = self.server.client_commands(LOGIN)[start:]
        self.assertTrue(any("HEADER.FIELDS" in command for command in commands))
        self.assertFalse(any("BODY.PEEK[]" in command for command in commands))
        wizard.action_start()
        self.assertEqual(connection._sync()["linked"], 7)
        nina = self.env["res.partner"].search([("email", "=", NINA)])
        found = [("model", "=", "res.partner"), ("imap_email_id", "!=", False)]
        entries = self.env["mail.message"].search([*found, ("res_id", "=", nina.id)])
        self.assertEqual(len(entries), 6)
        self.assertEqual(len(self.entries()), 1)
        self.assertEqual(self.server.messages(LOGIN, "INBOX"), before)
        self.assertFalse(connection._sync()["seen"])
