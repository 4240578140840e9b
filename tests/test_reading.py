"""What the chatter tells of a mail: who is in its header, and at what cost."""

from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tools.discuss import Store

from .common import MailboxCase
from .fake_server import ago, mail


@tagged("post_install", "-at_install")
class TestPeople(MailboxCase):
    def deliver(self, number=1, **values):
        start = self.server.inbox.uidnext
        for n in range(start, start + number):
            raw = mail(
                "Carla <carla@shop.example>",
                f"Olga <olga@tea.example>, P{n} <p{n}@x.example>",
                f"Mail {n}",
                **values,
            )
            self.server.inbox.deliver(raw, ago(days=3))
        self.connection._sync()

    def shown(self, user):
        """Return what the chatter of the customer shows to a user, by the id of each message."""
        messages = self.env["mail.message"].with_user(user)
        found = messages._message_fetch(None, thread=self.customer.with_user(user))["messages"]
        store = Store().add(found).get_result()
        return {values["id"]: values for values in store["mail.message"] if "body" in values}

    def people_of(self, user):
        [entry] = self.entries(self.customer)
        return self.shown(user)[entry.id]

    def test_contacts_by_address(self):
        self.deliver(Cc="Chris <CHRIS@shop.example>, stranger@x.example")
        shown = self.people_of(self.colleague)
        self.assertEqual(list(map(list, shown["imap_from"])), [["Carla", "carla@shop.example"]])
        self.assertEqual(
            shown["imap_contacts"],
            {
                "carla@shop.example": self.customer.id,
                "chris@shop.example": self.customer2.id,
                "olga@tea.example": self.owner.partner_id.id,
            },
        )

    def test_a_person_before_a_company(self):
        partners = self.env["res.partner"]
        partners.create({"name": "Far", "email": "p1@x.example", "is_company": True})
        person = partners.create({"name": "Pia", "email": "p1@x.example"})
        self.deliver()
        self.assertEqual(self.people_of(self.owner)["imap_contacts"]["p1@x.example"], person.id)

    def test_contacts_that_the_reader_may_not_see(self):
        company = self.env["res.company"].create({"name": "Far"})
        hidden = {"name": "Pia", "email": "p1@x.example", "company_id": company.id}
        self.env["res.partner"].create(hidden)
        self.deliver()
        self.assertNotIn("p1@x.example", self.people_of(self.colleague)["imap_contacts"])

    def test_queries_of_a_page(self):
        """A page of thirty mails takes as many queries as one of three, with other people in each."""
        numbers = []
        for more in (3, 27):
            self.deliver(more)
            self.env.flush_all()
            self.env.invalidate_all()
            self.shown(self.colleague)  # what is remembered for good
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            shown = self.shown(self.colleague)
            numbers.append(self.cr.sql_log_count - before)
        self.assertEqual(len(shown), 30)
        self.assertEqual(numbers[0], numbers[1])


@tagged("post_install", "-at_install")
class TestReadingTours(MailboxCase, HttpCase):
    def test_read_email(self):
        """Somebody sees at a glance who wrote what to whom, and only what is new of it."""
        colleagues = ", ".join(f"Person {n} <p{n}@x.example>" for n in range(5))
        raw = mail(
            "Carla <carla@shop.example>",
            f"Chris <chris@shop.example>, {colleagues}",
            "Re: Beans",
            "Yes please\n\nOn 1 May 2023, Olga wrote:\n> Two bags?\n\nBut not the dark ones.",
            Cc="Olga <olga@tea.example>",
        )
        self.server.inbox.deliver(raw, ago(days=1))
        self.connection._sync()
        path = f"/odoo/res.partner/{self.customer.id}"
        self.start_tour(path, "mail_imap_sync.read_email", login="olga")
