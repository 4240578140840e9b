"""The password of a mailbox: written, used, never read (DESIGN.md section 6)."""

import logging
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import config

from ..lib.errors import LoginRefused, SecretUnreadable
from .common import MailboxCase

PASSWORD = "correct horse"


@tagged("post_install", "-at_install")
class TestSecret(MailboxCase):
    def test_is_encrypted_in_the_database(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(c)::text FROM imap_connection c WHERE id = %s", [self.connection.id]
        )
        row = self.env.cr.fetchone()[0]
        self.assertNotIn(PASSWORD, row)
        self.assertEqual(self.connection._decrypted_secret(), PASSWORD)

    def test_cannot_be_read_by_its_owner_or_an_administrator(self):
        for user in (self.owner, self.manager, self.env.ref("base.user_admin")):
            connection = self.connection.with_user(user)
            self.assertFalse(connection.read(["password"])[0]["password"])
            self.assertTrue(connection.read(["has_password"])[0]["has_password"])
            with self.assertRaises(AccessError):
                connection.read(["secret"])
            with self.assertRaises(AccessError):
                connection.search([("secret", "like", "g")])
            with self.assertRaises(UserError):  # no such right, or no access to the field
                connection.export_data(["secret"])
            self.assertNotIn("secret", connection.fields_get())
            self.assertNotIn(PASSWORD, str(connection.read()))
            self.assertNotIn("gAAAA", str(connection.read()))

    def test_cannot_be_written_as_a_token(self):
        """Whoever could write the column could move a token of another mailbox to a host of their own."""
        with self.assertRaises(AccessError):
            self.connection.with_user(self.owner).write({"secret": "gAAAA"})

    def test_is_not_copied(self):
        other = {"email": "copy@tea.example", "login": "copy@tea.example"}
        copy = self.connection.sudo().copy(other)
        self.assertFalse(copy.has_password)

    def test_empty_field_of_a_form_keeps_it(self):
        self.connection.with_user(self.owner).write({"name": "Work", "password": ""})
        self.assertEqual(self.connection._decrypted_secret(), PASSWORD)

    def test_goes_to_no_other_server_than_it_was_typed_for(self):
        """Else a manager could have it sent to a host of their own."""
        for vals in ({"host": "evil.example"}, {"port": 144}, {"security": "none"}, {"login": "x"}):
            self.connection.password = PASSWORD
            self.connection.with_user(self.manager).write({"name": "Work"})
            self.assertTrue(self.connection.has_password)
            self.connection.with_user(self.manager).write(vals)
            self.assertFalse(self.connection.has_password, vals)
        self.assertEqual(self.connection.error_code, "password_missing")
        self.assertFalse(self.connection.next_sync, "an empty password may lock the account")
        self.connection.with_user(self.owner).write({"host": "new.example", "password": PASSWORD})
        self.assertTrue(self.connection.has_password)
        self.assertEqual(self.connection.state, "connected")

    def test_lost_key_asks_to_sign_in_again(self):
        with patch.dict(os.environ, {"ODOO_IMAP_SYNC_KEY": Fernet.generate_key().decode()}):
            with self.assertRaises(SecretUnreadable):
                self.connection._decrypted_secret()

    def test_keys_rotate(self):
        old, new = (Fernet.generate_key().decode() for _key in range(2))
        with patch.dict(os.environ, {"ODOO_IMAP_SYNC_KEY": old}):
            self.connection.password = PASSWORD
        with patch.dict(os.environ, {"ODOO_IMAP_SYNC_KEY": f"{new},{old}"}):
            self.assertEqual(self.connection._decrypted_secret(), PASSWORD)

    def test_an_administrator_takes_an_old_key_away(self):
        old, new = (Fernet.generate_key().decode() for _key in range(2))
        settings = self.env["res.config.settings"].with_user(self.env.ref("base.user_admin"))
        with patch.dict(os.environ, {"ODOO_IMAP_SYNC_KEY": old}):
            self.connection.password = PASSWORD
            lost = self._connect(self.other_owner)
        with patch.dict(os.environ, {"ODOO_IMAP_SYNC_KEY": Fernet.generate_key().decode()}):
            lost.password = PASSWORD
        with patch.dict(os.environ, {"ODOO_IMAP_SYNC_KEY": f"{new},{old}"}):
            before = settings.create({})
            self.assertEqual((before.imap_secrets_old, before.imap_secrets_lost), (1, 1))
            self.assertIn("ODOO_IMAP_SYNC_KEY", before.imap_key_place)
            action = before.action_imap_encrypt_again()
            self.assertEqual(action["params"]["type"], "warning")
        with patch.dict(os.environ, {"ODOO_IMAP_SYNC_KEY": new}):
            self.assertEqual(self.connection._decrypted_secret(), PASSWORD)
            after = settings.create({})
            self.assertEqual((after.imap_secrets_old, after.imap_secrets_lost), (0, 1))

    def test_a_key_that_is_none_is_told(self):
        with patch.dict(os.environ, {"ODOO_IMAP_SYNC_KEY": "nonsense"}):
            settings = self.env["res.config.settings"].create({})
            self.assertTrue(settings.imap_key_problem)
            self.assertNotIn("nonsense", settings.imap_key_problem)

    def test_key_file_is_for_the_server_only(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            patch.dict(config.options, {"data_dir": folder}),
        ):
            self.connection.password = PASSWORD
            file = Path(folder, "imap_sync.key")
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)
            self.assertEqual(self.connection._decrypted_secret(), PASSWORD)
            self.assertEqual([path.name for path in Path(folder).iterdir()], ["imap_sync.key"])

    def test_disconnecting_forgets_it(self):
        self.connection.with_user(self.owner).action_disconnect()
        self.assertFalse(self.connection.has_password)
        self.assertEqual(self.connection.state, "disconnected")

    def test_who_tries_passwords_is_in_the_log(self):
        self.server.error = LoginRefused("no")
        wizard = self.env["imap.connect"].with_user(self.other_owner)
        wizard = wizard.create(
            {"email": "olga@tea.example", "host": "imap.tea.example", "password": PASSWORD}
        )
        with self.assertLogs("odoo.addons.mail_imap_sync", logging.INFO) as logs:
            wizard.action_sign_in()
        text = "\n".join(logs.output)
        self.assertIn(f"User {self.other_owner.id} could not sign in", text)
        self.assertIn("imap.tea.example:993: login_refused", text)
        self.assertNotIn(PASSWORD, text)

    def test_tokens_in_addresses_are_not_logged(self):
        """Odoo's own service, which Odoo Enterprise signs in by, puts them there."""
        for name in ("werkzeug", "urllib3.connectionpool"):
            logger = logging.getLogger(name)
            with self.subTest(name), self.assertLogs(logger, logging.INFO) as logs:
                logger.info('"%s" %s', "GET /iap_confirm?refresh_token=1%2F0gTo&x=7 HTTP/1.1", 303)
            self.assertIn('"GET /iap_confirm?refresh_token=***&x=7 HTTP/1.1" 303', logs.output[0])
