"""Portal users and visitors never meet synced mail, that of their own contact neither."""

import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, MissingError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .fake_server import mail
from .sharing_common import SECRET_FILE, SECRET_TEXT, SUBJECT, SharingCase


class PortalCase(SharingCase):
    """The customer has an account, follows their own contact, and wrote the mail that is synced."""

    def setUp(self):
        super().setUp()
        self.portal = new_test_user(self.env, "percy", name="Percy", groups="base.group_portal")
        # the name and the address of the contact stay
        self.env.cr.execute(
            "UPDATE res_users SET partner_id = %s WHERE id = %s", (self.customer.id, self.portal.id)
        )
        self.env.invalidate_all()
        subtypes = self.env["mail.message.subtype"].search([])
        self.customer.message_subscribe(self.customer.ids, subtypes.ids)


@tagged("post_install", "-at_install")
class TestPortal(PortalCase):
    def test_nothing_changes_for_them(self):
        """All that they can read at all, of all models, is the same before and after."""
        people = (self.portal, self.env.ref("base.public_user"))
        before = [self.all_that_is_read_by(user) for user in people]
        self.assertIn("Carla", before[0]["res.partner"])
        self.assertIn("mail.message", before[0])
        for entry in (self.deliver(), self.deliver_new(subject="New")):
            self.assertEqual(entry.author_id, self.portal.partner_id)
        self.env.flush_all()
        for user, was in zip(people, before, strict=True):
            now = self.all_that_is_read_by(user)
            for model, answers in was.items():
                self.assertEqual(now[model], answers, f"{user.login}: {model}")

    def all_that_is_read_by(self, user):
        """Return model -> the values of all fields of all records that a user may read, as text."""
        self.env.invalidate_all()
        found = {}
        for name in self.env.registry:
            model = self.env[name].with_user(user)
            if not model._abstract and not model._transient and model.has_access("read"):
                records = model.search([])
                found[name] = repr([self.values_of(records, field) for field in model.fields_get()])
        return found

    @staticmethod
    def values_of(records, field):
        try:
            return records.read([field])
        except (AccessError, MissingError):
            return "refused"

    def test_they_find_nothing(self):
        """A search through their contact would tell words of a mail by and by."""
        entry = self.deliver()
        partners = self.env["res.partner"].with_user(self.portal)
        note = self.customer.message_post(
            body="A note", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        for messages in ("message_ids", "website_message_ids"):
            for name, operator, value in (
                ("id", "=", entry.id),
                ("body", "ilike", SECRET_TEXT),
                ("subject", "=", SUBJECT),
                ("attachment_ids.name", "=", "figures.csv"),
                ("imap_email_id", "!=", False),
            ):
                for domain in (
                    [(f"{messages}.{name}", operator, value)],
                    [(messages, "any", [(name, operator, value)])],
                ):
                    with self.subTest(domain=domain):
                        self.assertFalse(self.count(partners, domain))
        self.assertTrue(self.count(partners, [("website_message_ids.id", "=", note.id)]))

    @staticmethod
    def count(partners, domain):
        try:
            return partners.search_count(domain)
        except AccessError:
            return 0

    def test_they_are_told_of_nothing(self):
        """By no notification and no mail, although they follow their contact."""
        self.connection._sync()
        # core tells neither the author nor whose address stands in the mail
        raw = mail("chris@shop.example", "olga@tea.example", "New", Bcc="carla@shop.example")
        later = fields.Datetime.now() + timedelta(seconds=5)
        self.server.inbox.deliver(raw, later.astimezone())
        self.connection._sync()
        entry = self.entries(self.customer)
        self.assertEqual(entry.author_id, self.customer2)
        self.assertFalse(entry.notification_ids)
        self.assertFalse(self.env["mail.mail"].search([("mail_message_id", "=", entry.id)]))

    def test_pages_in_superuser_mode(self):
        """What portal pages show is read in superuser mode: by what an entry is, it is no part of it."""
        share = self.env["mail.message"]._get_search_domain_share()
        comment = self.env.ref("mail.mt_comment")
        for entry in (self.deliver(), self.deliver_new(subject="New")):
            self.assertFalse(entry.filtered_domain(share))
            self.assertTrue(entry.is_internal)
            self.assertTrue(entry.subtype_id.internal)
            self.assertNotEqual(entry.subtype_id, comment)


@tagged("post_install", "-at_install")
class TestSharedRecord(HttpCase, PortalCase):
    """A record that is shared by a link, and holds synced mail of which the visitor is the author."""

    def setUp(self):
        super().setUp()
        entry = self.deliver()
        self.event = self.env["calendar.event"].create(
            {"name": "Tasting", "start": "2026-11-22 10:00:00", "stop": "2026-11-22 11:00:00"}
        )
        self.event.access_token = "shared by a link"
        self.env["imap.link"].with_user(self.owner)._add(entry.with_user(self.owner), self.event)
        self.entry = self.entries(self.event)
        self.event.message_post(
            body="See you there", message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def ask(self, route, **params):
        with mute_logger("odoo.http"):
            try:
                return json.dumps(self.make_jsonrpc_request(route, params))
            except JsonRpcException as error:
                return str(error)

    def test_link(self):
        event, entry = self.event, self.entry
        thread = {"thread_model": event._name, "thread_id": event.id}
        guest = {"pid": self.customer.id, "hash": event._sign_token(self.customer.id)}
        token = {"token": event.access_token}
        change = {"message_id": entry.id, "update_data": {"body": "mine"}}
        reaction = {"message_id": entry.id, "content": "👍", "action": "add"}
        routes = (
            ("/mail/chatter_fetch", {**thread, **token}),
            ("/mail/chatter_fetch", {**thread, **token, "fetch_params": {"around": entry.id}}),
            (
                "/mail/chatter_fetch",
                {**thread, **token, "fetch_params": {"search_term": SECRET_TEXT}},
            ),
            ("/portal/chatter_init", {**thread, **guest}),
            ("/mail/message/update_content", {**change, **guest}),
            ("/mail/message/update_content", {**change, **token}),
            ("/mail/message/reaction", {**reaction, **guest}),
            ("/mail/message/reaction", {**reaction, **token}),
            ("/mail/link_preview", {"message_id": entry.id, **token}),
            ("/mail/update_is_internal", {"message_id": entry.id, "is_internal": False}),
        )
        for user in (None, self.portal):
            self.authenticate(user and user.login, user and user.login + "x" * 3)
            answers = [self.ask(route, **params) for route, params in routes]
            self.assertIn("See you there", answers[0], "this test can see")
            for (route, _params), answer in zip(routes, answers, strict=True):
                with self.subTest(route, user=user and user.login):
                    for secret in (SECRET_TEXT, SECRET_FILE.decode(), "figures.csv", SUBJECT):
                        self.assertNotIn(secret, answer)
        self.env.invalidate_all()
        self.assertIn(SECRET_TEXT, entry.body)
        self.assertTrue(entry.is_internal)
        self.assertFalse(entry.reaction_ids)
