"""The same over HTTP: no address for programs hands out a password, whoever asks with which key."""

import json
from datetime import timedelta
from xmlrpc.client import Fault

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import MailboxCase
from .test_secret_rpc import PASSWORD


@tagged("post_install", "-at_install")
class TestSecretOverHttp(HttpCase, MailboxCase):
    def setUp(self):
        super().setUp()
        self.owner.group_ids += self.env.ref("base.group_allow_export")
        self.token = self.connection.sudo().secret
        self.assertTrue(self.token.startswith("gAAAA"))
        self.connection.name = "Findable"
        self.enterContext(mute_logger("odoo.http", "odoo.addons.rpc.controllers.json2"))

    def calls(self, field, value):
        """Return calls about a field: (method, whether of records, keywords of JSON-2)."""
        guess = [[field, "=", value]]
        return (
            ("read", True, {"fields": [field]}),
            ("search_read", False, {"fields": [field]}),
            ("export_data", True, {"fields_to_export": [field]}),
            ("web_read", True, {"specification": {field: {}}}),
            ("formatted_read_group", False, {"domain": [], "groupby": [field]}),
            ("search_read", False, {"domain": guess, "fields": ["email"]}),
            ("name_search", False, {"domain": guess}),
            ("search_read", False, {"order": field, "fields": ["email"]}),
        )

    def json2(self, user, method, of_records, keywords):
        key = self.key_of(user)
        body = {**keywords, "ids": self.connection.ids} if of_records else keywords
        return self.url_open(
            f"/json/2/imap.connection/{method}",
            data=json.dumps(body),
            headers={"Authorization": f"bearer {key}", "Content-Type": "application/json"},
        ).text

    def xmlrpc(self, user, method, of_records, keywords):
        arguments = [self.connection.ids] if of_records else []
        key = self.key_of(user)
        try:
            return repr(
                self.xmlrpc_object.execute_kw(
                    self.env.cr.dbname, user.id, key, "imap.connection", method, arguments, keywords
                )
            )
        except Fault as fault:
            return str(fault)

    def key_of(self, user):
        keys = self.env["res.users.apikeys"].with_user(user)
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        return keys._generate("rpc", "a program", tomorrow)

    def answers(self, user, field, value):
        for way in (self.json2, self.xmlrpc):
            for call in self.calls(field, value):
                yield way.__name__, call, way(user, *call)

    def test_no_address_for_programs_tells(self):
        for user in (self.owner, self.manager):
            for way, call, answer in self.answers(user, "secret", self.token):
                with self.subTest(user=user.login, way=way, call=call):
                    self.assertNotIn("gAAAA", answer)
                    self.assertNotIn(self.owner.email, answer, "a right guess is not told")
            for way in (self.json2, self.xmlrpc):
                for method in ("_decrypted_secret", "_credentials", "_session"):
                    self.assertNotIn(PASSWORD, way(user, method, True, {}))

    def test_these_calls_would_tell(self):
        for way, call, answer in self.answers(self.owner, "name", "Findable"):
            with self.subTest(way=way, call=call):
                self.assertRegex(answer, f"Findable|{self.owner.email}")
