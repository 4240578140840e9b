"""Contacts and past mail: looking, without storing anything."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib.errors import FolderGone
from ..wizards import imap_backfill_job, imap_backfill_lines
from .backfill_common import NILS, NINA, NORA, WizardCase
from .fake_server import FakeServer, FakeSession, ago


@tagged("post_install", "-at_install")
class TestLooking(WizardCase):
    def test_what_is_found(self):
        company = self.env["res.partner"].create(
            {"name": "Leaf", "is_company": True, "website": "https://leaf.example"}
        )
        self.receive(NILS, days=300)
        self.receive("carla@shop.example", days=3)
        self.receive('"LEAF, Nina (Sales)" <nina@leaf.example>', days=5)
        self.send(NINA, days=4)
        self.receive(NORA, days=7)
        self.receive("info@stem.example")
        self.receive("news@list.example", List_Id="<news>")
        self.receive("robot@list.example", Auto_Submitted="auto-generated")
        self.receive("colin@tea.example")
        wizard = self.look(period="3")
        self.assertEqual(wizard.step, "found")
        self.assertEqual(
            self.people(wizard), {NINA: (1, 1), NORA: (1, 0), "info@stem.example": (1, 0)}
        )
        nina = self.person(wizard, NINA)
        self.assertEqual((nina.name, nina.company_id), ("Nina Leaf", company))
        self.assertEqual(nina.last_date.date(), ago(days=4).date())
        self.assertEqual(wizard.person_ids.filtered("selected"), nina, "who wrote both ways")
        self.assertTrue(self.person(wizard, "info@stem.example").is_role)
        inbox, sent = wizard.folder_ids
        self.assertEqual((inbox.seen, inbox.linked, inbox.missing), (7, 1, 1))
        self.assertEqual((sent.seen, sent.linked), (1, 0))
        for words in ("no contact: 3", "mailing lists and newsletters: 1", "among staff: 1"):
            self.assertIn(words, inbox.skipped)
        self.assertEqual(
            wizard.mails_found,
            "1 of 8 mails are with your contacts. 0 of them are in Odoo already.",
        )
        self.assertEqual(wizard.examples, "For example: “In 2” by carla@shop.example")
        self.assertEqual(wizard.people_found, "3 people are no contacts yet. 1 of them are chosen.")
        self.assertRegex(
            wizard.estimate, r"Mails to be copied: about 3 \(.+\). Time: about a minute."
        )

    def test_nothing_is_stored_and_no_text_is_fetched(self):
        counted = ("res.partner", "mail.message", "imap.email", "imap.placement", "imap.newcomer")
        before = {name: self.env[name].search_count([]) for name in counted}
        self.receive()
        self.receive("carla@shop.example")
        cursors = [folder._cursor() for folder in self.connection.folder_ids]
        self.look(contact_policy="all")
        self.assertEqual({name: self.env[name].search_count([]) for name in counted}, before)
        self.assertFalse(self.server.bodies_fetched)
        self.assertEqual([folder._cursor() for folder in self.connection.folder_ids], cursors)

    def test_default_choice_by_policy(self):
        self.receive(NINA)
        self.send(NINA)
        self.receive(NORA)
        self.send(NILS)
        self.receive("info@stem.example")
        self.send("info@stem.example")
        cases = {"none": {NINA}, "sent": {NINA, NILS}, "all": {NINA, NORA, NILS}}
        for policy, expected in cases.items():
            with self.subTest(policy):
                wizard = self.look(contact_policy=policy)
                chosen = wizard.person_ids.filtered("selected")
                self.assertEqual(set(chosen.mapped("email")), expected)
                wizard.action_discard()

    def test_what_is_in_odoo_already(self):
        self.receive("carla@shop.example")
        self.connection._sync()
        self.receive("carla@shop.example", days=100)
        wizard = self.look(period="6")
        inbox = wizard.folder_ids[0]
        self.assertEqual((inbox.seen, inbox.linked, inbox.missing), (2, 2, 1))
        self.assertFalse(wizard.person_ids)

    def test_what_was_deleted_in_odoo(self):
        """It does not come back, so nobody is told that it would."""
        self.receive("carla@shop.example")
        self.connection._sync()
        email = self.entries(self.customer).imap_email_id
        action = email.with_user(self.owner).action_delete()
        self.env[action["res_model"]].with_user(self.owner).browse(action["res_id"]).action_delete()
        wizard = self.look()
        inbox = wizard.folder_ids[0]
        self.assertEqual((inbox.seen, inbox.linked, inbox.missing), (1, 0, 0))
        self.assertEqual(inbox.skipped, "deleted in Odoo: 1")
        wizard.action_start()
        self.connection._sync()
        self.assertFalse(self.entries(self.customer))

    def test_only_chosen_folders(self):
        archive = self.server.add_folder("Archive", "archive")
        self.receive(NINA, folder=archive)
        self.connection._fetch_folders()
        self.assertFalse(self.look().person_ids)
        wizard = self.wizard()
        wizard.action_back()
        wizard.folder_ids.filtered(lambda line: line.path == "Archive").selected = True
        wizard.action_look()
        self.assertEqual(self.people(wizard), {NINA: (1, 0)})
        known = self.connection.folder_ids.filtered(lambda f: f.path == "Archive")
        self.assertFalse(known.selected, "nothing is changed by looking")
        wizard.folder_ids.selected = False
        with self.assertRaisesRegex(UserError, "at least one folder"):
            wizard.action_look()

    def draft(self):
        """Make a mailbox whose first sync has not begun."""
        self.servers["otto@tea.example"] = self.server
        connections = self.env["imap.connection"].with_user(self.other_owner)
        connection = connections.create(
            {"email": "otto@tea.example", "host": "imap.tea.example", "password": "correct horse"}
        )
        connection._fetch_folders()
        return connection

    def test_draft_that_was_left_while_looking(self):
        """Whoever closes the window finds again what was found, where the set-up of the mailbox is finished."""
        connection = self.draft()
        self.receive(to="otto@tea.example")
        wizard = self.look(connection=connection)
        opened = connection.action_open_setup()
        self.assertEqual((opened["res_model"], opened["res_id"]), (wizard._name, wizard.id))
        with self.subTest("whoever manages mailboxes gets there only"):
            managed = connection.with_user(self.manager)
            self.assertEqual(managed.action_open_setup()["res_model"], "imap.connect")
        with self.subTest("something is wrong with the account"):
            wizard.sudo().error_message = "The server does not answer."
            self.assertEqual(connection.action_open_setup()["res_model"], "imap.connect")
        with self.subTest("thrown away"):
            wizard.action_discard()
            self.assertEqual(connection.action_open_setup()["res_model"], "imap.connect")

    def test_draft_mailbox(self):
        """The first sync has not begun."""
        connection = self.draft()
        self.receive("carla@shop.example", to="otto@tea.example")
        wizard = self.look(connection=connection)
        self.assertEqual((wizard.step, wizard.folder_ids[0].linked), ("found", 1))
        self.assertEqual(connection.state, "draft")
        wizard.action_start()
        self.assertEqual(connection.state, "connected")
        connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 1)

    def test_folder_that_cannot_be_read(self):
        self.receive()
        examine = FakeSession.examine

        def refusing(session, raw):
            if raw == b"Sent":
                raise FolderGone("no such folder")
            return examine(session, raw)

        with patch.object(FakeSession, "examine", refusing):
            wizard = self.look()
        self.assertEqual(wizard.step, "found")
        self.assertIn("folder", wizard.folder_ids[1].skipped)
        self.assertEqual(self.people(wizard), {NINA: (1, 0)})

    def test_contact_that_the_owner_may_not_see(self):
        hidden = self.env["res.partner"].create({"name": "Hidden", "email": NINA})
        self.env["ir.rule"].create(
            {
                "name": "Not this one",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", hidden.id)],
            }
        )
        self.receive()
        self.assertFalse(self.look().person_ids)

    def test_many_people(self):
        self.patch(imap_backfill_lines, "MOST", 3)
        self.patch(imap_backfill_lines, "MOST_MEANWHILE", 6)
        self.patch(imap_backfill_job, "SLICE", 5)
        for number in range(20):
            for _mail in range(1 + number // 5):
                self.receive(f"p{number}@far.example", days=40 - number)
        wizard = self.look()
        self.assertTrue(wizard.cut)
        self.assertEqual(len(wizard.person_ids), 3)
        self.assertEqual(set(wizard.person_ids.mapped("received")), {4})

    def test_queries(self):
        """A slice costs the same, whoever is in it."""
        counts = []
        for number in (20, 220):
            self.server = FakeServer()
            for n in range(number):
                self.receive(f"p{n}@far.example")
            wizard = self.wizard()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            wizard.action_look()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(wizard.person_ids), number)
            wizard.action_discard()
        self.assertLess((counts[1] - counts[0]) / 200, 0.2)
