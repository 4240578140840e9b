from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.errors import HostUnknown
from ..models import imap_past_mixin
from ..wizards import imap_exclusion_past
from .common import MailboxCase
from .fake_server import FakeServer, ago, mail


@tagged("post_install", "-at_install")
class TestExclusion(MailboxCase):
    def exclude(self, name, user=None):
        return self.env["imap.exclusion"].create({"name": name, "user_id": user and user.id})

    def test_address_and_domain_with_subdomains(self):
        self.exclude("Carla@Shop.example", self.owner)
        self.exclude("@bank.example")
        self.env["res.partner"].create({"name": "Bank", "email": "clerk@mail.bank.example"})
        for sender in ("carla@shop.example", "clerk@mail.bank.example", "chris@shop.example"):
            self.server.inbox.deliver(mail(sender, "olga@tea.example", sender))
        result = self.connection._sync()
        self.assertEqual((result["linked"], result["skipped"]), (1, 2))
        self.assertEqual(len(self.entries(self.customer2)), 1)
        inbox = self.connection.folder_ids.filtered(lambda f: f.role == "inbox")
        self.assertEqual(inbox.skipped_by_rule, {"excluded": 2})

    def test_somebody_elses_exclusion_does_not_count(self):
        self.exclude("carla@shop.example", self.other_owner)
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example"))
        self.assertEqual(self.connection._sync()["linked"], 1)

    def test_nonsense_is_refused_with_a_sentence(self):
        for name in ("no domain", "a@b@c", "@"):
            with self.assertRaises(ValidationError):
                self.exclude(name)

    @mute_logger("odoo.sql_db")
    def test_once(self):
        self.exclude("bank.example")
        with self.assertRaises(IntegrityError):
            self.exclude("@BANK.example")
            self.env.flush_all()

    def test_users_change_their_own_and_read_everybodys(self):
        everybodys = self.exclude("bank.example").with_user(self.owner)
        others = self.exclude("doctor.example", self.other_owner).with_user(self.owner)
        self.assertEqual(everybodys.name, "bank.example")
        with self.assertRaises(AccessError):
            everybodys.unlink()
        with self.assertRaises(AccessError):
            others.read(["name"])
        own = self.env["imap.exclusion"].with_user(self.owner).create({"name": "school.example"})
        self.assertEqual(own.user_id, self.owner)
        own.unlink()
        everybodys.with_user(self.manager).unlink()


@tagged("post_install", "-at_install")
class TestPastMail(MailboxCase):
    """What is in Odoo already, when somebody excludes an address, and what comes back when they do not any more."""

    def setUp(self):
        super().setUp()
        self.exclusions = self.env["imap.exclusion"].with_user(self.owner)
        self.told = []
        self.patch(
            type(self.env["res.users"]),
            "_bus_send",
            lambda user, kind, message, **kwargs: self.told.append((user, message["message"])),
        )

    def deliver(self, sender, subject, server=None, **headers):
        raw = mail(sender, "olga@tea.example", subject, **headers)
        (server or self.server).inbox.deliver(raw, ago(days=1))

    def wizard(self, exclusion, mode):
        action = getattr(exclusion, f"action_{mode}")()
        return self.env[action["res_model"]].with_user(exclusion.env.user).browse(action["res_id"])

    def subjects(self, record):
        return sorted(self.entries(record).mapped("subject"))

    def test_preview_and_removal(self):
        lead = self.env["crm.lead"].create({"name": "Tea", "user_id": self.owner.id})
        offer = lead.message_post(
            body="Offer", message_type="comment", message_id="<offer@x.example>"
        )
        self.deliver(
            "carla@shop.example", "Order", Cc="chris@shop.example", In_Reply_To=offer.message_id
        )
        self.deliver("chris@shop.example", "In blind copy", Bcc="Carla@Shop.example")
        self.deliver("chris@shop.example", "Without her")
        self.connection._sync()
        emails = self.env["imap.email"].search([])
        wizard = self.wizard(self.exclusions.create({"name": "carla@shop.example"}), "apply")
        self.assertEqual(
            (wizard.emails, wizard.contacts, wizard.others, wizard.staying), (2, 2, 1, 0)
        )
        self.assertEqual(len(emails.exists()), 3, "a preview changes nothing")
        wizard.action_apply()
        self.assertFalse(self.entries(self.customer))
        self.assertFalse(self.entries(lead))
        self.assertEqual(self.subjects(self.customer2), ["Without her"])
        self.assertEqual(len(emails.exists()), 1)
        self.assertEqual(self.env["imap.placement"].search_count([]), 1)
        inbox = self.connection.folder_ids.filtered(lambda f: f.role == "inbox")
        self.assertEqual((inbox.linked, inbox.skipped_by_rule), (1, {"excluded": 2}))
        self.assertRegex(wizard.exclusion_id.past_note, "Removed from Odoo on .*: 2")
        report = self.connection.with_user(self.owner).action_audit()
        self.assertEqual((report["missing"], report["skipped_by_rule"]), (0, {"excluded": 2}))

    def test_nothing_to_remove(self):
        wizard = self.wizard(self.exclusions.create({"name": "nobody@far.example"}), "apply")
        self.assertEqual((wizard.emails, wizard.contacts, wizard.staying), (0, 0, 0))

    def test_domain_with_what_is_below_it(self):
        for number, address in enumerate(
            ("a@bank.example", "b@mail.bank.example", "c@notbank.example", "d@bank.example.com")
        ):
            self.env["res.partner"].create({"name": address, "email": address})
            self.deliver(address, f"Mail {number}")
        self.connection._sync()
        wizard = self.wizard(self.exclusions.create({"name": "bank.example"}), "apply")
        self.assertEqual((wizard.emails, wizard.contacts), (2, 2))

    def test_international_domain_in_either_spelling(self):
        partner = self.env["res.partner"].create({"name": "K", "email": "k@bücher.example"})
        self.deliver("k@xn--bcher-kva.example", "Books")
        self.connection._sync()
        self.assertTrue(self.entries(partner))
        for name in ("bücher.example", "k@bücher.example", "xn--bcher-kva.example"):
            wizard = self.wizard(self.exclusions.create({"name": name}), "apply")
            self.assertEqual(wizard.emails, 1, name)

    def test_what_came_through_other_mailboxes_too_stays(self):
        server2 = self.servers["otto@tea.example"] = FakeServer()
        other = self._connect(self.other_owner)
        for server in (self.server, server2):
            self.deliver("carla@shop.example", "Shared", server)
        self.deliver("carla@shop.example", "Mine")
        self.connection._sync()
        other._sync()
        wizard = self.wizard(self.exclusions.create({"name": "carla@shop.example"}), "apply")
        self.assertEqual((wizard.emails, wizard.staying), (1, 1))
        wizard.action_apply()
        self.assertEqual(self.subjects(self.customer), ["Shared"])
        left = self.env["imap.placement"].search([])
        self.assertEqual(left.connection_id, other.with_env(self.env))

    def test_of_a_company_by_a_manager(self):
        other = self._connect(self.other_owner)
        self.servers["otto@tea.example"] = FakeServer()
        self.deliver("carla@shop.example", "To Olga")
        self.deliver("carla@shop.example", "To Otto", self.servers["otto@tea.example"])
        self.connection._sync()
        other._sync()
        company = self.connection.sudo().company_id
        values = {"name": "shop.example", "user_id": False, "company_id": company.id}
        everybodys = self.exclusions.with_user(self.manager).create(values)
        with self.assertRaises(AccessError):
            everybodys.with_user(self.owner).action_apply()
        with self.assertRaises(AccessError):
            everybodys.with_user(self.owner).action_remove()
        wizard = self.wizard(everybodys, "apply")
        with self.assertRaises(AccessError):
            wizard.with_user(self.other_owner).action_apply()
        self.assertEqual(wizard.emails, 2)
        wizard.action_apply()
        self.assertFalse(self.env["imap.email"].search([]))

    def test_much_is_removed_in_the_background(self):
        for number in range(7):
            self.deliver("carla@shop.example", f"Mail {number}")
        self.connection._sync()
        self.patch(imap_exclusion_past, "AT_ONCE", 5)
        self.patch(imap_past_mixin, "BATCH", 3)
        exclusion = self.exclusions.create({"name": "carla@shop.example"})
        self.wizard(exclusion, "apply").action_apply()
        self.assertEqual(len(self.entries(self.customer)), 7)
        self.assertIn("Being removed", exclusion.past_note)
        self.run_scheduled("ir_cron_past")
        self.assertFalse(self.entries(self.customer))
        self.assertEqual((exclusion.past_state, exclusion.past_removed), ("done", 7))
        self.assertEqual(
            self.told, [(self.owner, "Emails with carla@shop.example removed from Odoo: 7.")]
        )

    def test_in_the_background_with_the_rights_of_who_asked(self):
        self.deliver("carla@shop.example", "Order")
        self.deliver("carla@shop.example", "Thanks")
        self.connection._sync()
        self.patch(imap_exclusion_past, "AT_ONCE", 1)
        exclusion = self.exclusions.create({"name": "carla@shop.example"})
        self.wizard(exclusion, "apply").action_apply()
        self.owner.write({"group_ids": [(3, self.env.ref("mail_imap_sync.group_user").id)]})
        self.run_scheduled("ir_cron_past")
        self.assertEqual(len(self.entries(self.customer)), 2)
        self.assertFalse(exclusion.sudo().past_state)

    def test_preview_and_return(self):
        self.exclusions.create({"name": "chris@shop.example"})
        exclusion = self.exclusions.create({"name": "carla@shop.example"})
        self.deliver("carla@shop.example", "Order")
        self.deliver("carla@shop.example", "Thanks")
        self.deliver("carla@shop.example", "Both", Cc="chris@shop.example")
        self.deliver("carla@shop.example", "News", List_Id="<news.shop.example>")
        self.connection._sync()
        wizard = self.wizard(exclusion, "remove")
        self.assertEqual((wizard.emails, wizard.contacts, wizard.incomplete), (2, 1, False))
        self.assertFalse(self.entries(self.customer), "a preview changes nothing")
        self.assertFalse(self.server.bodies_fetched)
        wizard.action_remove()
        self.assertFalse(exclusion.exists())
        self.run_scheduled("ir_cron_audit")
        self.assertEqual(self.subjects(self.customer), ["Order", "Thanks"])
        self.assertEqual(
            self.told, [(self.owner, "olga@tea.example was looked through again. Mails linked: 2.")]
        )

    def test_taken_off_for_new_mail_only(self):
        exclusion = self.exclusions.create({"name": "carla@shop.example"})
        self.deliver("carla@shop.example", "Past")
        self.connection._sync()
        wizard = self.wizard(exclusion, "remove")
        wizard.bring = "new"
        wizard.action_remove()
        self.deliver("carla@shop.example", "New")
        self.connection._sync()
        self.assertEqual(self.subjects(self.customer), ["New"])
        self.assertFalse(self.connection.sudo().audit_running)

    def test_server_that_is_down_is_said(self):
        exclusion = self.exclusions.create({"name": "carla@shop.example"})
        self.server.error = HostUnknown("nobody there")
        self.assertTrue(self.wizard(exclusion, "remove").incomplete)

    def test_another_name_begins_anew(self):
        self.deliver("carla@shop.example", "Order")
        self.connection._sync()
        exclusion = self.exclusions.create({"name": "carla@shop.example"})
        self.wizard(exclusion, "apply").action_apply()
        self.assertTrue(exclusion.past_note)
        exclusion.name = "chris@shop.example"
        self.assertFalse(exclusion.past_note)

    def test_emails_that_were_stored_without_addresses(self):
        self.deliver("Carla <carla@shop.example>", "Order", Cc="Chris <chris@shop.example>")
        self.connection._sync()
        email = self.env["imap.email"].search([])
        email.addresses = False
        self.env.add_to_compute(email._fields["addresses"], email)
        self.assertEqual(
            email.addresses, ["carla@shop.example", "olga@tea.example", "chris@shop.example"]
        )

    def test_addresses_are_for_no_reader(self):
        self.deliver("carla@shop.example", "Order")
        self.connection._sync()
        email = self.env["imap.email"].with_user(self.owner).search([])
        with self.assertRaises(AccessError):
            email.read(["addresses"])
