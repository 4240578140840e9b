"""The key of stored passwords: it cannot be used, it is lost, it changes."""

import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged
from odoo.tools import config

from ..lib.errors import KeyUnusable
from ..models import imap_secret
from .common import MailboxCase
from .servers.dovecot import DovecotServer
from .servers.odoo_server import run_odoo
from .servers.odoo_workers import OdooWorkers, copied_database

PASSWORD = "correct horse"
OLGA = "olga@tea.example"


def key_is(key):
    """A context in which the administrator names a key."""
    return patch.dict(os.environ, {imap_secret.KEY_ENVIRONMENT: key})


@tagged("post_install", "-at_install")
class TestKey(MailboxCase):
    def activities(self):
        return self.env["mail.activity"].search([("user_id", "=", self.owner.id)])

    def settings(self):
        settings = self.env["res.config.settings"]
        return settings.with_user(self.env.ref("base.user_admin")).create({})

    def assert_waits_for_an_administrator(self):
        """Nothing crashes, nobody is asked for a password that is there, and it goes on once the key is mended."""
        self.connection._sync()
        self.assertEqual(
            (self.connection.state, self.connection.error_code), ("error", "key_unusable")
        )
        self.assertTrue(self.connection.next_sync, "it is tried again by itself")
        self.assertFalse(self.activities())
        with self.assertRaisesRegex(UserError, "administrator"):
            self.connection.with_user(self.owner).password = "another"
        wizard = self.env["imap.connect"].with_user(self.owner).create({"email": OLGA})
        with self.assertRaisesRegex(UserError, "administrator"):
            wizard.password = "another"

    def test_the_named_key_is_none(self):
        for nonsense in ("nonsense", "é", "A" * 44, f"{Fernet.generate_key().decode()},short"):
            with self.subTest(nonsense), key_is(nonsense):
                self.assert_waits_for_an_administrator()
                problem = self.settings().imap_key_problem
                self.assertIn("cannot be used", problem)
                self.assertNotIn(nonsense, problem)
        self.connection._sync()
        self.assertEqual(self.connection.state, "connected")

    def test_the_key_file_cannot_be_used(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            patch.dict(config.options, {"data_dir": folder}),
        ):
            path = Path(folder, imap_secret.KEY_FILE)
            path.write_text("")
            with self.subTest("empty"):
                self.assert_waits_for_an_administrator()
            path.unlink()
            path.mkdir()
            with self.subTest("no file"):
                self.assert_waits_for_an_administrator()
                self.assertIn("directory", self.settings().imap_key_problem)
            with self.assertRaises(KeyUnusable):
                self.connection._add_key()
        self.connection._sync()
        self.assertEqual(self.connection.state, "connected")

    def test_other_accounts_may_read_the_key_file(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            patch.dict(config.options, {"data_dir": folder}),
        ):
            self.connection.password = PASSWORD
            self.assertFalse(self.settings().imap_key_problem)
            Path(folder, imap_secret.KEY_FILE).chmod(0o644)
            self.assertIn("chmod 600", self.settings().imap_key_problem)

    def test_a_lost_key_asks_to_sign_in_again(self):
        with key_is(Fernet.generate_key().decode()):
            self.connection._sync()
            self.assertEqual(
                (self.connection.state, self.connection.error_code),
                ("error", "secret_unreadable"),
            )
            self.assertFalse(self.connection.next_sync)
            self.assertIn(OLGA, self.activities().summary)
            self.assertEqual(self.settings().imap_secrets_lost, 1)
            action = self.env["imap.connect"].with_user(self.owner)._open_sign_in_again()
            wizard = self.env["imap.connect"].browse(action["params"]["form"]["res_id"])
            wizard = wizard.with_user(self.owner)
            wizard.password = PASSWORD
            wizard.action_sign_in()
            self.connection._sync()
            self.assertEqual(self.connection.state, "connected")
            self.assertFalse(self.activities())

    def test_a_key_that_turns_up_again(self):
        with key_is(Fernet.generate_key().decode()):
            self.connection._sync()
            self.assertEqual(self.connection.error_code, "secret_unreadable")
        self.connection.with_user(self.owner).action_sync_now()
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.activities())

    def test_a_key_that_is_named_is_not_changed_by_us(self):
        before = self.connection.sudo().secret
        with key_is(Fernet.generate_key().decode()):
            self.connection._add_key()
            self.connection._with_secret()._encrypt_again()
        self.assertEqual(self.connection.sudo().secret, before, "no key can read it")

    def test_a_backup_does_not_take_the_key_along(self):
        filestore = Path(config.filestore(self.env.cr.dbname))
        self.assertNotIn(filestore, imap_secret.key_file_path().parents)


@tagged("post_install", "-at_install")
class TestKeyCommand(BaseCase):
    def setUp(self):
        super().setUp()
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.key_file = Path(folder, imap_secret.KEY_FILE)
        # of the processes that are started, not ours
        self.enterContext(patch.dict(os.environ, {"ODOO_DATA_DIR": folder}))
        mail_server = self.enterContext(DovecotServer())
        mail_server.add_user(OLGA, PASSWORD)
        source = self.enterContext(copied_database(config["db_name"][0]))
        self.workers = self.enterContext(OdooWorkers(source))
        mailboxes = self.workers.do(
            "prepare",
            host="localhost",
            port=mail_server.tls_port,
            ca_file=mail_server.ca_file,
            people={OLGA: PASSWORD},
            contacts=[],
        )
        self.mailbox = mailboxes[OLGA]

    def told(self, *arguments):
        """Return the numbers that the command tells: with the current key, older ones, none."""
        said = run_odoo("imap_key", self.workers.database, *arguments)
        self.assertIn(f"Key: {self.key_file}\n", said)
        return [int(line.rpartition(" ")[2]) for line in said.splitlines()[1:]]

    def test_rotation(self):
        (old,) = self.key_file.read_text().split()
        self.assertEqual(self.told(), [1, 0, 0])
        self.assertEqual(self.told("--rotate"), [1, 0, 0])
        new, kept = self.key_file.read_text().split()
        self.assertEqual(kept, old)
        self.assertEqual(self.key_file.stat().st_mode & 0o777, 0o600)
        # the old one is not needed any more
        self.key_file.write_text(f"{new}\n")
        self.assertEqual(self.told(), [1, 0, 0])
        self.workers.do("sync", connection=self.mailbox, slice_size=10)
        self.assertEqual(self.workers.do("report")["states"], ["connected"])
        self.key_file.unlink()
        self.assertEqual(self.told("--rotate"), [0, 0, 1])
