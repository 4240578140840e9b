from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MailboxCase
from .fake_server import mail


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
