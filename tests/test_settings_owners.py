"""How far owners may go by the settings of their company: back in time, and in making contacts."""

from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged

from .fake_server import ago, mail
from .settings_common import SettingsCase


@tagged("post_install", "-at_install")
class TestPeriod(SettingsCase):
    def days_back(self, connection):
        return (fields.Datetime.now() - connection.sync_since).days

    def test_what_new_mailboxes_start_with(self):
        self.assertIn(self.days_back(self.add_mailbox()), (58, 59, 60, 61, 62))
        self.save(imap_default_period="6")
        self.assertGreater(self.days_back(self.add_mailbox(email="b@tea.example", login="b")), 170)
        wizard = self.env["imap.connect"].with_user(self.owner).create({})
        self.assertEqual(wizard.period, "6")
        self.save(imap_default_period="all")
        self.assertFalse(self.add_mailbox(email="c@tea.example", login="c").sync_since)

    def test_shortens_the_default(self):
        form = Form(self.env["res.config.settings"].with_user(self.administrator))
        form.imap_default_period = "12"
        form.imap_longest_period = "3"
        self.assertEqual(form.imap_default_period, "3")
        form.save().execute()
        self.assertEqual(self.company.imap_default_period, "3")
        self.company.imap_default_period = "12"
        self.assertLess(self.days_back(self.add_mailbox()), 100)

    def test_owners_cannot_go_further_back(self):
        self.save(imap_longest_period="3")
        mailbox = self.connection.with_user(self.owner)
        now = fields.Datetime.now()
        for since in (False, now - timedelta(days=120)):
            with self.refused("3 months"):
                mailbox.sync_since = since
            with self.refused("3 months"):
                self.add_mailbox(sync_since=since)
        mailbox.sync_since = now - timedelta(days=85)
        mailbox.sync_since = now

    def test_not_by_the_wizards_either(self):
        self.save(imap_longest_period="1")
        account = {"email": "new@tea.example", "host": "imap.tea.example", "password": "x"}
        wizard = self.env["imap.connect"].with_user(self.owner).create(account)
        wizard.action_sign_in()
        wizard.period = "all"
        with self.refused("1 month"):
            wizard.action_start()
        wizard.period = "1"
        wizard.action_start()
        backfill = self.env["imap.backfill"].with_user(self.owner)
        look = backfill._of(self.connection.with_user(self.owner), period="all")
        for action in (look.action_look, look.action_start):
            with self.refused("1 month"):
                action()

    def test_only_what_is_allowed_is_offered(self):
        self.save(
            imap_longest_period="3",
            imap_most_contact_policy="sent",
            imap_least_visibility="subject",
        )
        account = {"email": "new@tea.example", "host": "imap.tea.example", "password": "x"}
        wizard = self.env["imap.connect"].with_user(self.owner).create(account)
        wizard.action_sign_in()
        self.assertEqual(wizard.allowed_periods, ["now", "1", "2", "3"])
        self.assertEqual(wizard.allowed_policies, ["none", "sent"])
        self.assertEqual(wizard.allowed_visibilities, ["subject", "everything"])
        look = self.env["imap.backfill"].with_user(self.owner)._of(self.connection)
        self.assertEqual(look.allowed_periods, ["now", "1", "2", "3"])
        self.assertEqual(look.allowed_policies, ["none", "sent"])

    def test_what_is_read_already_is_offered_too(self):
        """Also where the company allows less by now, or the mailbox grew older than a whole number of months."""
        mailbox = self.connection.with_user(self.owner)
        backfill = self.env["imap.backfill"].with_user(self.owner)
        for days, period in ((False, "all"), (80, "3"), (50, "2")):
            with self.subTest(period):
                self.save(imap_longest_period="all")
                mailbox.sync_since = days and fields.Datetime.now() - timedelta(days=days)
                since = mailbox.sync_since
                self.save(imap_longest_period="1")
                look = backfill._of(mailbox)
                self.assertEqual((look.period, look.allowed_periods[-1]), (period, period))
                look.action_look()
                self.assertEqual((look.step, look.since), ("found", since))
                look.action_discard()

    def test_of_the_company_of_the_owner(self):
        """Also where somebody who works in another company sets it up."""
        other = self.env["res.company"].create({"name": "Other", "imap_default_period": "6"})
        self.other_owner.write({"company_ids": [(4, other.id)], "company_id": other.id})
        wizards = self.env["imap.connect"].with_user(self.manager)
        self.assertEqual(wizards.create({"user_id": self.other_owner.id}).period, "6")
        self.assertEqual(wizards.create({}).period, "2")

    def test_what_was_chosen_before_stays(self):
        self.connection.with_user(self.owner).sync_since = False
        self.save(imap_longest_period="1")
        self.assertFalse(self.connection.sync_since)
        self.server.inbox.deliver(
            mail("carla@shop.example", "olga@tea.example", date=ago(days=300)), ago(days=300)
        )
        self.assertEqual(self.connection._sync()["linked"], 1)
        self.connection.with_user(self.owner).name = "Work"

    def test_from_now_on_only(self):
        self.save(imap_longest_period="now")
        mailbox = self.add_mailbox()
        self.assertEqual(self.days_back(mailbox), 0)
        with self.refused("From now on"):
            mailbox.sync_since = fields.Datetime.now() - timedelta(days=3)

    def test_of_each_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.save(imap_longest_period="1")
        self.owner.company_ids += other
        self.add_mailbox(company_id=other.id, sync_since=False)


@tagged("post_install", "-at_install")
class TestContactPolicy(SettingsCase):
    def test_what_new_mailboxes_start_with(self):
        self.save(imap_contact_policy="all")
        self.assertEqual(self.add_mailbox().contact_policy, "all")
        self.company.imap_most_contact_policy = "sent"
        self.assertEqual(self.add_mailbox(email="b@tea.example", login="b").contact_policy, "sent")

    def test_lowers_the_default(self):
        form = Form(self.env["res.config.settings"].with_user(self.administrator))
        form.imap_contact_policy = "all"
        form.imap_most_contact_policy = "sent"
        self.assertEqual(form.imap_contact_policy, "sent")

    def test_owners_cannot_choose_more(self):
        self.save(imap_most_contact_policy="sent")
        mailbox = self.connection.with_user(self.owner)
        with self.refused("People whom I write to"):
            mailbox.contact_policy = "all"
        mailbox.contact_policy = "sent"
        with self.refused("People whom I write to"):
            self.add_mailbox(contact_policy="all")

    def test_mailboxes_that_create_more_stop_doing_so(self):
        self.owner.group_ids += self.env.ref("base.group_partner_manager")
        self.connection.contact_policy = "all"
        form = Form(self.env["res.config.settings"].with_user(self.administrator))
        form.imap_most_contact_policy = "none"
        self.assertEqual(form.imap_creates_too_much, 1)
        form.save().execute()
        self.assertEqual(self.connection.contact_policy, "none")
        self.server.inbox.deliver(mail("nina@new.example", "olga@tea.example"))
        self.connection._sync()
        self.assertFalse(self.env["res.partner"].search([("email", "=", "nina@new.example")]))
