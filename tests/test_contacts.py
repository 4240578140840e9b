"""Contacts that a mailbox makes: who, with whose rights, and never twice."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from ..models import imap_contacts
from .common import MailboxCase
from .fake_server import ago, mail

OWNER = "olga@tea.example"
NINA = "nina@leaf.example"


class ContactsCase(MailboxCase):
    def setUp(self):
        super().setUp()
        self.connection.contact_policy = "all"
        # contacts of before need not be looked for
        self.env["imap.lookup"].search([]).unlink()
        self.connection.sudo().connected_since -= timedelta(days=1)

    def receive(self, from_=NINA, subject="Hello", days=1, to=OWNER, **headers):
        raw = mail(from_, to, subject, date=ago(days=days), **headers)
        return self.server.inbox.deliver(raw, ago(days=days))

    def send(self, to=NINA, subject="Hi", days=1, **headers):
        raw = mail(OWNER, to, subject, date=ago(days=days), **headers)
        return self.server.sent.deliver(raw, ago(days=days))

    def found(self, email):
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners.search([("email_normalized", "=", email)])

    def subjects(self, email):
        return self.entries(self.found(email)).mapped("subject")


@tagged("post_install", "-at_install")
class TestPolicy(ContactsCase):
    def test_policies(self):
        cases = {"none": [], "sent": ["written"], "all": ["wrote", "written"]}
        for policy, expected in cases.items():
            with self.subTest(policy):
                self.connection.contact_policy = policy
                self.receive(f"wrote@{policy}.example", f"From {policy}")
                self.send(f"written@{policy}.example", f"To {policy}")
                self.connection._sync()
                partners = self.env["res.partner"].search([("email", "like", f"@{policy}.example")])
                self.assertEqual({p.email.partition("@")[0] for p in partners}, set(expected))
                self.assertTrue(all(len(self.entries(partner)) == 1 for partner in partners))

    def test_what_a_contact_is_made_of(self):
        self.owner.lang = "en_US"
        self.receive('"LEAF, Nina (Sales)" <Nina@Leaf.example>')
        self.connection._sync()
        partner = self.found(NINA)
        self.assertEqual((partner.name, partner.email), ("Nina Leaf", NINA))
        self.assertEqual((partner.create_uid, partner.user_id), (self.owner, self.owner))
        self.assertEqual(
            (partner.lang, partner.company_id, partner.is_company),
            ("en_US", self.env["res.company"], False),
        )
        note = partner.message_ids.filtered(lambda m: not m.imap_email_id)
        date = fields.Date.to_string(ago(days=1))
        self.assertRegex(
            str(note.body),
            rf"Created from an email in the mailbox {OWNER} on {date[5:7]}/{date[8:]}/{date[:4]}\.",
        )
        self.assertEqual(note.author_id, self.owner.partner_id)
        self.assertFalse(partner.message_follower_ids)
        (entry,) = self.entries(partner)
        self.assertEqual(entry.author_id, partner)
        self.assertEqual(self.connection.created_count, 1)

    def test_nobody_is_told(self):
        outgoing = self.env["mail.mail"].search_count([])
        self.receive()
        self.connection._sync()
        self.receive(subject="Later", days=0)
        self.connection._sync()
        self.assertEqual(len(self.entries(self.found(NINA))), 2)
        self.assertEqual(self.env["mail.mail"].search_count([]), outgoing)

    def test_whom_i_write_to_is_known_before_what_they_wrote_is_decided_about(self):
        self.connection.contact_policy = "sent"
        self.receive(subject="Question", days=3)
        self.send(subject="Answer", days=2)
        self.connection._sync()
        self.assertEqual(self.subjects(NINA), ["Question", "Answer"])

    def test_whom_i_answer(self):
        self.connection.contact_policy = "sent"
        self.connection._sync()
        self.receive(subject="Question", days=0)
        self.connection._sync()
        self.assertFalse(self.found(NINA))
        self.send(subject="Answer", days=0)
        self.connection._sync()
        self.connection._sync()
        self.assertEqual(self.subjects(NINA), ["Question", "Answer"])

    def test_past_mail_is_not_searched_for_whom_it_made_contacts(self):
        """The mailbox goes through all of it anyway; others look for them."""
        self.receive(days=100)
        self.receive("nora@leaf.example")
        self.connection._sync()
        self.assertTrue(self.found("nora@leaf.example"))
        self.assertFalse(self.env["imap.lookup"].search([]))
        self._connect(self.other_owner)
        self.connection.sync_since = False
        self.connection._sync()
        lookup = self.env["imap.lookup"].search([])
        self.assertEqual((lookup.email, lookup.done_ids), (NINA, self.connection.sudo(False)))

    def test_one_slice_with_both(self):
        """As in Gmail's All Mail, where what they wrote stands beside the answer."""
        self.connection.contact_policy = "sent"
        self.receive(subject="Question", days=3)
        raw = mail(OWNER, NINA, "Answer", date=ago(days=2))
        self.server.inbox.deliver(raw, ago(days=2))
        self.connection._sync()
        self.assertEqual(self.subjects(NINA), ["Question", "Answer"])

    def test_never(self):
        self.env["imap.exclusion"].create({"name": "doctor.example", "user_id": self.owner.id})
        for number, (from_, headers) in enumerate(
            [
                ("news@list.example", {"List_Id": "<news>"}),
                ("robot@list.example", {"Auto_Submitted": "auto-generated"}),
                ("no-reply@list.example", {}),
                ("info@list.example", {}),
                ("Nina via DocuSign <dse@list.example>", {}),
                ("me@doctor.example", {}),
                ("colin@tea.example", {}),
                ("former@tea.example", {"Cc": "carla@shop.example"}),
            ]
        ):
            self.receive(from_, f"Never {number}", **headers)
        before = self.env["res.partner"].search([])
        self.connection._sync()
        self.assertFalse(self.env["res.partner"].search([]) - before)
        self.assertEqual(self.entries(self.customer).mapped("subject"), ["Never 7"])

    def test_shared_addresses_by_choice(self):
        self.connection.contact_roles = True
        self.receive('"Leaf GmbH" <info@leaf.example>')
        self.connection._sync()
        company = self.found("info@leaf.example")
        self.assertEqual((company.name, company.is_company), ("Leaf GmbH", True))

    def test_beside_a_contact(self):
        self.receive("carla@shop.example", to=f"{OWNER}, {NINA}")
        self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 1)
        self.assertEqual(len(self.entries(self.found(NINA))), 1)

    def test_a_later_policy_leaves_past_mail_alone(self):
        """The weekly check, and the question why a mail is not here, make nobody a contact."""
        self.connection.contact_policy = "none"
        self.receive()
        self.connection._sync()
        self.connection.contact_policy = "all"
        report = self.connection.action_audit()
        self.assertEqual((report["missing"], report["skipped_by_rule"]), (0, {"nobody": 1}))
        wizard = (
            self.env["imap.why"]
            .with_user(self.owner)
            .create({"connection_id": self.connection.id, "person": "nina"})
        )
        wizard.action_search()
        self.assertEqual(wizard.line_ids.outcome, "skipped")
        self.assertFalse(self.found(NINA))
        self.receive(subject="New", days=0)
        self.connection._sync()
        self.assertEqual(self.subjects(NINA), ["New"])
        self.connection._sync()
        self.assertEqual(self.subjects(NINA), ["Hello", "New"], "as for every new contact")

    def test_company_default(self):
        self.env.company.imap_contact_policy = "sent"
        self.assertEqual(self._connect(self.other_owner).contact_policy, "sent")

    def test_strangers_whom_the_policy_leaves_out_leave_no_trace(self):
        self.connection.contact_policy = "sent"
        self.receive("Secret Sender <secret@far.example>")
        self.connection._sync()
        self.assertFalse(self.server.bodies_fetched)
        self.assertFalse(self.env["imap.newcomer"].search([]))
        self.assertFalse(self.found("secret@far.example"))


@tagged("post_install", "-at_install")
class TestOnce(ContactsCase):
    def test_ten_mails_of_one_stranger(self):
        for number in range(10):
            name = "" if number % 2 else "Nina Leaf"
            self.receive(f"{name} <{NINA if number % 3 else NINA.upper()}>", f"Mail {number}")
        self.connection._sync()
        partner = self.found(NINA)
        self.assertEqual((len(partner), partner.name), (1, "Nina Leaf"))
        self.assertEqual(len(self.entries(partner)), 10)

    def test_two_spellings_of_one_domain(self):
        raw = mail("nina@BOOKS.example", OWNER, "One", date=ago(days=1))
        self.server.inbox.deliver(raw.replace(b"BOOKS", "bücher".encode()), ago(days=1))
        self.receive("nina@xn--bcher-kva.example", "Two")
        self.connection._sync()
        partner = self.found("nina@bücher.example") | self.found("nina@xn--bcher-kva.example")
        self.assertEqual(len(partner), 1)
        self.assertEqual(len(self.entries(partner)), 2)

    def test_second_mailbox(self):
        self.servers["otto@tea.example"] = type(self.server)()
        other = self._connect(self.other_owner)
        other.contact_policy = "all"
        self.receive()
        self.servers["otto@tea.example"].inbox.deliver(mail(NINA, "otto@tea.example", "Other"))
        self.connection._sync()
        other._sync()
        self.assertEqual(self.subjects(NINA), ["Hello", "Other"])

    def test_archived_contact_stays_archived(self):
        self.receive()
        self.connection._sync()
        self.found(NINA).active = False
        self.receive(subject="Later", days=0)
        self.connection._sync()
        self.assertFalse(self.found(NINA).active)
        self.assertEqual(self.subjects(NINA), ["Hello", "Later"])

    def test_deleted_contact_is_not_made_again(self):
        self.receive()
        self.connection._sync()
        self.found(NINA).unlink()
        self.receive(subject="Later", days=0)
        self.connection._sync()
        self.assertFalse(self.found(NINA))
        self.assertEqual(self.connection.created_count, 0)
        newcomer = self.env["imap.newcomer"].search([])
        self.assertNotIn("nina", newcomer.key)

    def test_contact_that_the_owner_may_not_see(self):
        """Nothing is told of it, and it is not made twice."""
        hidden = self.env["res.partner"].create({"name": "Hidden", "email": NINA})
        self.env["ir.rule"].create(
            {
                "name": "Not this one",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", hidden.id)],
            }
        )
        self.receive()
        self.connection._sync()
        self.assertEqual(self.found(NINA), hidden)
        self.assertFalse(self.entries(hidden))

    def test_contact_of_another_company(self):
        """Each company has contacts of its own, where it wants that."""
        other = self.env["res.company"].create({"name": "Coffee"})
        self.env["res.partner"].create({"name": "Theirs", "email": NINA, "company_id": other.id})
        self.env["ir.default"].set(
            "res.partner", "company_id", self.env.company.id, company_id=self.env.company.id
        )
        self.receive()
        self.connection._sync()
        ours = self.found(NINA).filtered(lambda p: p.company_id == self.env.company)
        self.assertEqual(len(self.entries(ours)), 1)

    def test_what_cannot_be_made_holds_nothing_up(self):
        """Another addon refuses one of three contacts."""
        partners = type(self.env["res.partner"])
        create = partners.create

        def refusing(model, vals_list):
            if any(vals.get("email") == NINA for vals in vals_list):
                raise ValidationError(model.env._("no tax number"))
            return create(model, vals_list)

        self.receive("Nina via Carla <carla@shop.example>", "Contact")
        for name in ("nora", "nina", "nils"):
            self.receive(f"{name}@leaf.example", f"Mail of {name}")
        with patch.object(partners, "create", refusing), self.assertLogs(imap_contacts.__name__):
            result = self.connection._sync()
        self.assertEqual((result["linked"], result["skipped"], result["quarantined"]), (3, 1, 0))
        self.assertTrue(self.found("nora@leaf.example") and self.found("nils@leaf.example"))
        self.assertFalse(self.found(NINA))
        self.receive(subject="Tried again", days=0)
        self.connection._sync()
        self.assertEqual(self.subjects(NINA), ["Tried again"])

    def test_queries(self):
        """Making a contact costs Odoo some queries; meeting people costs none beyond that."""
        self.receive("first@leaf.example")
        self.connection._sync()
        counts = []
        for number in (20, 120):
            for n in range(number):
                self.receive(f"p{number}n{n}@leaf.example", f"Mail {number} {n}")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(self.connection._sync()["linked"], number)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        per_contact = (counts[1] - counts[0]) / 100
        self.assertLess(per_contact, 5)


@tagged("post_install", "-at_install")
class TestRights(ContactsCase):
    def setUp(self):
        super().setUp()
        self.reader = new_test_user(
            self.env,
            "rosa",
            email="rosa@tea.example",
            groups="base.group_user,mail_imap_sync.group_user",
        )
        self.servers["rosa@tea.example"] = self.server
        self.mailbox = self._connect(self.reader)

    def test_owner_who_may_not_create_contacts(self):
        self.mailbox.contact_policy = "all"
        self.assertFalse(self.mailbox.may_create_contacts)
        self.assertTrue(self.connection.may_create_contacts)
        self.receive(to="rosa@tea.example")
        result = self.mailbox._sync()
        self.assertEqual((result["linked"], result["skipped"]), (0, 1))
        self.assertFalse(self.found(NINA))

    def test_owner_who_may_from_now_on(self):
        self.mailbox.contact_policy = "all"
        self.reader.group_ids += self.env.ref("base.group_partner_manager")
        self.receive(to="rosa@tea.example")
        self.mailbox._sync()
        self.assertEqual(self.found(NINA).create_uid, self.reader)

    def test_what_it_made_can_be_looked_through(self):
        self.receive()
        self.connection._sync()
        action = self.connection.action_open_created()
        partners = self.env["res.partner"].with_user(self.owner).search(action["domain"])
        self.assertEqual(partners, self.found(NINA).with_user(self.owner))


@tagged("post_install", "-at_install")
class TestCompany(ContactsCase):
    def company_of(self, email):
        self.receive(email, f"From {email}")
        self.connection._sync()
        return self.found(email).parent_id

    def make(self, name, **values):
        return self.env["res.partner"].create({"name": name, **values})

    def test_by_address_or_website(self):
        by_address = self.make("One", is_company=True, email="info@one.example")
        by_website = self.make("Two", is_company=True, website="https://www.Two.example/shop?x=1")
        self.make("Archived", is_company=True, email="info@one.example", active=False)
        self.assertEqual(self.company_of("nina@one.example"), by_address)
        self.assertEqual(self.company_of("nina@two.example"), by_website)
        self.assertFalse(self.company_of("nina@mail.two.example"), "another domain")
        self.assertFalse(self.company_of("nina@three.example"))

    def test_by_its_people(self):
        company = self.make("Leaf", is_company=True)
        self.make("Nora", email="nora@leaf.example", parent_id=company.id)
        self.make("Nils", email="nils@leaf.example", parent_id=company.id)
        self.assertEqual(self.company_of(NINA), company)
        self.make("Alone", email="alone@leaf.example")
        self.assertFalse(self.company_of("nick@leaf.example"), "not all people there belong to it")

    def test_several(self):
        self.make("One", is_company=True, email="info@leaf.example")
        self.make("Two", is_company=True, website="leaf.example")
        self.assertFalse(self.company_of(NINA))

    def test_public_provider(self):
        self.make("Small shop", is_company=True, email="smallshop@gmail.com")
        self.assertFalse(self.company_of("nina.leaf@gmail.com"))

    def test_company_that_the_owner_may_not_see(self):
        other = self.env["res.company"].create({"name": "Coffee"})
        self.make("Theirs", is_company=True, email="info@leaf.example", company_id=other.id)
        self.assertFalse(self.company_of(NINA))

    def test_salesperson_of_the_company(self):
        company = self.make(
            "Leaf", is_company=True, email="x@leaf.example", user_id=self.colleague.id
        )
        self.assertEqual(self.company_of(NINA), company)
        self.assertEqual(self.found(NINA).user_id, self.colleague)
