"""Contacts and past mail: creating the contacts that were chosen, and reading."""

from odoo.tests import tagged

from .backfill_common import NINA, NORA, WizardCase


@tagged("post_install", "-at_install")
class TestStarting(WizardCase):
    def setUp(self):
        super().setUp()
        self.receive(NINA, "From Nina", days=100)
        self.send(NINA, days=99)
        self.receive(NORA, "From Nora", days=98)
        self.receive("carla@shop.example", "From Carla", days=97)

    def found(self, email):
        return self.env["res.partner"].search([("email", "=", email)])

    def test_create_and_start(self):
        self.connection._sync()
        wizard = self.look(period="6")
        nina = self.person(wizard, NINA)
        nina.name = "Nina from the fair"
        wizard.action_start()
        self.assertEqual(wizard.step, "running")
        self.assertFalse(wizard.person_ids, "who was found is forgotten")
        self.assertEqual(self.found(NINA).name, "Nina from the fair")
        self.assertEqual(self.found(NINA).create_uid, self.owner)
        self.assertTrue(self.connection.progress_moving)
        self.connection._sync()
        self.assertEqual(self.entries(self.found(NINA)).mapped("subject"), ["From Nina", "Out 1"])
        self.assertEqual(len(self.entries(self.customer)), 1)
        self.assertFalse(self.found(NORA))
        self.assertEqual(len(self.server.bodies_fetched), 3)
        self.assertEqual(self.connection.sync_since.date(), wizard.since.date())
        self.assertEqual(self.wizard().step, "choose", "the next one begins anew")

    def test_in_the_background(self):
        for number in range(5):
            self.receive(f"p{number}@far.example")
            self.send(f"p{number}@far.example")
        wizard = self.look()
        self.slices()
        wizard.action_start()
        self.assertEqual((wizard.step, wizard.progress_text), ("creating", "2 of 5 contacts"))
        self.cron()
        self.assertEqual(wizard.progress_text, "4 of 5 contacts")
        while wizard.step == "creating":
            self.cron()
        self.assertEqual(
            self.env["res.partner"].search_count([("email", "like", "@far.example")]), 5
        )

    def test_extended_later_and_nothing_is_fetched_twice(self):
        self.connection._sync()
        wizard = self.look(period="6")
        wizard.action_start()
        self.connection._sync()
        fetched = sorted(self.server.bodies_fetched)
        self.receive(NINA, "Older", days=300)
        wizard = self.look(period="12")
        self.assertEqual(wizard.folder_ids[0].missing, 1)
        wizard.action_start()
        self.connection._sync()
        self.assertEqual(len(self.server.bodies_fetched), len(fetched) + 1)
        self.assertEqual(len(self.entries(self.found(NINA))), 3)

    def test_a_shorter_period_shortens_nothing(self):
        self.connection.sync_since = False
        self.look(period="1").action_start()
        self.connection._sync()
        self.assertFalse(self.connection.sync_since)

    def test_policy_is_for_new_mail(self):
        wizard = self.look(period="6", contact_policy="all")
        self.person(wizard, NORA).selected = False
        wizard.action_start()
        self.connection._sync()
        self.assertTrue(self.found(NINA))
        self.assertFalse(self.found(NORA), "was left out by hand")
        self.assertEqual(self.connection.contact_policy, "all")

    def test_without_looking(self):
        wizard = self.wizard(period="6", contact_policy="all")
        wizard.action_start()
        self.connection._sync()
        self.assertTrue(self.found(NINA) and self.found(NORA))

    def test_folders_are_chosen(self):
        archive = self.server.add_folder("Archive", "archive")
        self.receive("carla@shop.example", "Filed", days=5, folder=archive)
        self.connection._fetch_folders()
        wizard = self.wizard()
        wizard.folder_ids.filtered(lambda line: line.path == "Archive").selected = True
        wizard.action_start()
        self.connection._sync()
        self.assertIn("Filed", self.entries(self.customer).mapped("subject"))

    def test_deleted_contact_can_be_chosen_again(self):
        self.connection.write({"contact_policy": "all", "sync_since": False})
        self.connection._sync()
        self.found(NORA).unlink()
        self.found(NINA).unlink()
        wizard = self.look()
        wizard.person_ids.action_choose()
        wizard.action_start()
        self.assertTrue(self.found(NINA) and self.found(NORA))

    def test_company_is_suggested_and_can_be_changed(self):
        company = self.env["res.partner"].create({"name": "Leaf", "is_company": True})
        wizard = self.look(period="6")
        self.person(wizard, NINA).company_id = company
        wizard.action_start()
        self.assertEqual(self.found(NINA).parent_id, company)

    def test_the_mailbox_is_shown(self):
        wizard = self.look(period="6")
        shown = wizard.action_start()["params"]["next"]
        self.assertEqual(
            (shown["res_model"], shown["res_id"]), ("imap.connection", self.connection.id)
        )
