from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ..lib.errors import ConnectionLost
from ..models import imap_lookup, imap_past_mail
from ..models.imap_schedule import due_domain
from .common import MailboxCase
from .fake_server import FakeServer, FakeSession, ago, mail
from .tour_common import LOGIN, TourCase


@tagged("post_install", "-at_install")
class TestPastMail(MailboxCase):
    """Who becomes a contact brings their past mail along."""

    def setUp(self):
        super().setUp()
        # contacts of before need not be looked for
        self.env["imap.lookup"].search([]).unlink()
        self.connection.sudo().connected_since -= timedelta(days=1)

    def deliver(self, sender, subject, folder=None, to="olga@tea.example", days=1, **headers):
        when = ago(days=days)
        raw = mail(sender, to, subject, date=when, **headers)
        return (folder or self.server.inbox).deliver(raw, when)

    def sync(self, connection=None):
        return (connection or self.connection)._sync()

    def add_contact(self, email, user=None):
        contacts = self.env["res.partner"].with_user(user or self.colleague)
        return contacts.create({"name": email, "email": email})

    def subjects(self, partner):
        return self.entries(partner).mapped("subject")

    def test_past_mail_of_a_new_contact(self):
        self.deliver("nora@new.example", "First", days=9)
        self.deliver("carla@shop.example", "Other")
        self.deliver("olga@tea.example", "Second", self.server.sent, to="nora@new.example", days=3)
        self.sync()
        nora = self.add_contact("Nora@New.example")
        self.assertTrue(nora.imap_is_looked_for)
        self.server.verbs.clear()
        self.sync()
        self.assertEqual(self.subjects(nora), ["First", "Second"])
        self.assertFalse(self.env["imap.lookup"].search([]))
        nora.invalidate_recordset()
        self.assertFalse(nora.imap_is_looked_for)
        folders = self.connection.folder_ids.filtered("selected")
        self.assertEqual(sum(folders.mapped("seen")), 3)
        self.assertEqual(sum(folders.mapped("linked")), 3)
        self.assertEqual(sum(folders.mapped("skipped")), 0)

    def test_nothing_is_searched_without_a_new_contact(self):
        self.deliver("carla@shop.example", "Other")
        self.sync()
        self.assertNotIn("search people", self.server.verbs)

    def test_mail_that_is_linked_to_others_is_not_fetched_again(self):
        self.deliver("carla@shop.example", "Both", Cc="nora@new.example")
        self.sync()
        fetched = list(self.server.bodies_fetched)
        nora = self.add_contact("nora@new.example")
        self.sync()
        self.assertEqual(self.subjects(nora), ["Both"])
        self.assertEqual(self.subjects(self.customer), ["Both"])
        self.assertEqual(self.server.bodies_fetched, fetched)
        self.assertEqual(len(self.entries(nora).imap_email_id.entry_ids), 2)

    def test_email_that_odoo_sent_to_somebody_else(self):
        """It stands in the other one's chatter as what was sent, so there is no entry to be copied."""
        sent = self.customer.message_post(body="Hello", message_type="comment")
        raw = mail(
            "olga@tea.example",
            "carla@shop.example",
            "Hello",
            message_id=sent.message_id,
            date=ago(days=1),
            Cc="nora@new.example",
        )
        self.server.sent.deliver(raw, ago(days=1))
        self.sync()
        self.assertFalse(self.entries(self.customer))
        nora = self.add_contact("nora@new.example")
        self.sync()
        self.assertEqual(self.subjects(nora), ["Hello"])
        self.assertFalse(self.entries(self.customer))
        sent_folder = self.connection.folder_ids.filtered(lambda f: f.role == "sent")
        self.assertEqual((sent_folder.seen, sent_folder.linked), (1, 1))

    def test_changed_address(self):
        self.deliver("nora@new.example", "Hello")
        nora = self.add_contact("wrong@new.example")
        self.sync()
        self.assertFalse(self.entries(nora))
        nora.email = "nora@new.example"
        self.sync()
        self.assertEqual(self.subjects(nora), ["Hello"])

    def test_address_that_was_only_written_differently(self):
        self.sync()
        nora = self.add_contact("nora@new.example")
        self.sync()
        nora.email = "Nora <NORA@new.example>"
        self.assertFalse(self.env["imap.lookup"].search([]))

    def test_every_mailbox_that_its_owner_connected(self):
        other = self._connect(self.other_owner)
        other.sudo().connected_since -= timedelta(days=1)
        self.servers["otto@tea.example"] = FakeServer()
        self.deliver("nora@new.example", "To Olga")
        self.deliver("nora@new.example", "To Otto", self.servers["otto@tea.example"].inbox)
        self.sync()
        self.sync(other)
        nora = self.add_contact("nora@new.example")
        self.sync()
        self.assertEqual(self.subjects(nora), ["To Olga"])
        nora.invalidate_recordset()
        self.assertTrue(nora.imap_is_looked_for)
        self.sync(other)
        self.assertEqual(set(self.subjects(nora)), {"To Olga", "To Otto"})
        self.assertFalse(self.env["imap.lookup"].search([]))

    def test_period_of_the_owner(self):
        self.deliver("nora@new.example", "Old", days=100)
        self.deliver("nora@new.example", "Young", days=10)
        self.sync()
        nora = self.add_contact("nora@new.example")
        self.sync()
        self.assertEqual(self.subjects(nora), ["Young"])

    def test_what_the_server_finds_is_checked(self):
        self.deliver("nora@new.example", "Hers")
        self.deliver("stranger@else.example", "Not hers")
        self.sync()
        nora = self.add_contact("nora@new.example")
        with patch.object(FakeSession, "search_people", lambda *_args: [1, 2]):
            self.sync()
        self.assertEqual(self.subjects(nora), ["Hers"])
        self.assertEqual(self.connection.folder_ids.filtered("selected").mapped("linked"), [1, 0])

    def test_interrupted_goes_on(self):
        for number in range(5):
            self.deliver("nora@new.example", f"Mail {number}", days=9 - number)
        self.sync()
        nora = self.add_contact("nora@new.example")
        headers = FakeSession.fetch_headers
        fetches = []

        def breaks(session, uids, **options):
            fetches.append(uids)
            if len(fetches) == 2:
                raise ConnectionLost("gone")
            return headers(session, uids, **options)

        with (
            patch.object(imap_past_mail, "SLICE", 2),
            patch.object(FakeSession, "fetch_headers", breaks),
        ):
            self.sync()
            self.assertEqual(self.subjects(nora), ["Mail 3", "Mail 4"])
            self.sync()
        self.assertEqual(len(self.entries(nora)), 5)
        self.assertEqual(fetches[2:], [[2, 3], [1]])

    def test_many_new_contacts_are_a_look_at_everything(self):
        self.deliver("nora@new.example", "Hers")
        self.deliver("carla@shop.example", "Both", Cc="nora@new.example")
        self.sync()
        with patch.object(imap_past_mail, "MOST_SEARCHED", 2):
            nora, *_others = (
                self.add_contact(f"{name}@new.example") for name in ("nora", "b", "c")
            )
            self.sync()
        self.assertNotIn("search people", self.server.verbs)
        self.assertEqual(set(self.subjects(nora)), {"Hers", "Both"})
        self.assertFalse(self.env["imap.lookup"].search([]))

    def test_mailbox_with_work_is_due(self):
        self.sync()
        due = self.connection.search
        self.connection.sudo().next_sync = datetime.now() + timedelta(hours=1)
        self.assertNotIn(self.connection, due(due_domain(self.env)))
        self.add_contact("nora@new.example")
        self.assertIn(self.connection, due(due_domain(self.env)))
        self.sync()
        self.connection.sudo().next_sync = datetime.now() + timedelta(hours=1)
        self.assertNotIn(self.connection, due(due_domain(self.env)))

    def test_contact_that_the_owner_cannot_see(self):
        """Whose contact is of another company gets nothing from this mailbox."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.deliver("nora@new.example", "Hello")
        self.sync()
        nora = self.env["res.partner"].create(
            {"name": "Nora", "email": "nora@new.example", "company_id": company.id}
        )
        self.sync()
        self.assertFalse(self.entries(nora))

    def test_nobody_waits_where_no_mailbox_is_connected(self):
        self.env["imap.connection"].search([]).sudo().state = "draft"
        self.add_contact("nora@new.example")
        self.assertFalse(self.env["imap.lookup"].search([]))

    def test_mailboxes_that_were_stopped_look_when_they_go_on(self):
        other = self._connect(self.other_owner)
        other.sudo().connected_since -= timedelta(days=1)
        self.servers["otto@tea.example"] = FakeServer()
        self.deliver("nora@new.example", "Paused", days=3)
        self.deliver("nina@new.example", "Disconnected", days=2)
        self.sync()
        self.connection.action_pause()
        nora = self.add_contact("nora@new.example")
        self.sync(other)
        self.assertFalse(nora.imap_is_looked_for, "nobody is looking at the moment")
        self.connection.action_resume()
        self.sync()
        self.assertEqual(self.subjects(nora), ["Paused"])
        self.connection.action_disconnect()
        nina = self.add_contact("nina@new.example")
        self.sync(other)
        self.connection.password = "correct horse"
        self.connection.action_resume()
        self.sync()
        self.assertEqual(self.subjects(nina), ["Disconnected"])
        self.assertFalse(self.env["imap.lookup"].search([]))

    def test_contacts_that_were_being_added_while_a_mailbox_was_connected(self):
        """An import takes minutes: the mailbox passes over their mail before it sees them."""
        self.deliver("nora@new.example", "Hello")
        self.sync()
        nora = self.add_contact("nora@new.example")
        begun = nora.create_date
        self.connection.sudo().connected_since = begun + timedelta(minutes=5)
        self.sync()
        self.assertEqual(self.subjects(nora), ["Hello"])

    def test_nobody_is_waited_for_for_ever(self):
        self.sync()
        self.connection.action_pause()
        self.add_contact("nora@new.example")
        lookups = self.env["imap.lookup"].search([])
        self.assertTrue(lookups)
        lookups._gc_late()
        self.assertTrue(lookups.exists())
        with patch.object(imap_lookup, "PATIENCE", timedelta(0)):
            lookups._gc_late()
        self.assertFalse(lookups.exists())


@tagged("post_install", "-at_install")
class TestAddressMoves(MailboxCase):
    """An address that was one contact's and is another's now."""

    def setUp(self):
        super().setUp()
        self.env["imap.lookup"].search([]).unlink()
        self.connection.sudo().connected_since -= timedelta(days=1)
        for subject, to in (("Order", "olga@tea.example"), ("Both", "new@home.example")):
            raw = mail("carla@shop.example", f"olga@tea.example, {to}", subject, date=ago(days=1))
            self.server.inbox.deliver(raw, ago(days=1))
        self.connection._sync()
        self.customer.email = "new@home.example"
        self.connection._sync()

    def subjects(self, partner):
        return sorted(self.entries(partner).mapped("subject"))

    def test_nobody_else_has_it(self):
        self.assertEqual(self.subjects(self.customer), ["Both", "Order"])

    def test_somebody_else_gets_it(self):
        other = self.env["res.partner"].create({"name": "Shop", "email": "carla@shop.example"})
        self.connection._sync()
        self.assertEqual(self.subjects(other), ["Both", "Order"])
        self.assertEqual(
            self.subjects(self.customer), ["Both"], "in that they take part themselves"
        )

    def test_somebody_else_of_the_conversation_becomes_a_contact(self):
        to = "olga@tea.example, dora@shop.example"
        raw = mail("carla@shop.example", to, "Third", date=ago(days=1))
        self.customer.email = "carla@shop.example"
        self.server.inbox.deliver(raw, ago(days=1))
        self.connection._sync()
        self.customer.email = "new@home.example"
        other = self.env["res.partner"].create({"name": "Dora", "email": "dora@shop.example"})
        self.connection._sync()
        self.assertEqual(self.subjects(other), ["Third"])
        self.assertIn("Third", self.subjects(self.customer), "nobody else has their address")

    def test_what_was_put_there_by_hand_stays(self):
        order = self.entries(self.customer).filtered(lambda m: m.subject == "Order").imap_email_id
        self.env["imap.link"]._decide(order, "res.partner", self.customer.id, "added")
        self.env["res.partner"].create({"name": "Shop", "email": "carla@shop.example"})
        self.connection._sync()
        self.assertEqual(self.subjects(self.customer), ["Both", "Order"])

    def test_it_comes_back(self):
        other = self.env["res.partner"].create({"name": "Shop", "email": "carla@shop.example"})
        self.connection._sync()
        other.email = False
        self.customer.email = "carla@shop.example"
        self.connection._sync()
        self.assertEqual(self.subjects(self.customer), ["Both", "Order"])
        self.assertNotIn("Order", self.subjects(other))

    def test_one_of_two_who_had_it_gives_it_up(self):
        self.customer2.email = "carla@shop.example"
        self.customer.email = "carla@shop.example"
        self.connection._sync()
        before = self.customer | self.customer2
        (holder,) = before.filtered(lambda p: "Order" in self.subjects(p))
        holder.email = "elsewhere@home.example"
        self.connection._sync()
        self.assertIn("Order", self.subjects(before - holder))
        self.assertNotIn("Order", self.subjects(holder))


@tagged("post_install", "-at_install")
class TestPastMailTour(TourCase):
    def test_add_a_contact(self):
        raw = mail("nora@new.example", LOGIN, "Greetings of last month", date=ago(days=30))
        self.server.append(LOGIN, "INBOX", raw, internaldate=ago(days=30))
        self.connect()
        self.start("past_mail", "/odoo/res.partner/new")
