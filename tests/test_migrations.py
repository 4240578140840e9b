"""Databases of earlier versions."""

from importlib.util import module_from_spec, spec_from_file_location

from odoo.modules.module import get_module_path
from odoo.tests import tagged

from .sharing_common import SharingCase


def migrate(cr, version, script="post-migration.py"):
    path = f"{get_module_path('mail_imap_sync')}/migrations/{version}/{script}"
    spec = spec_from_file_location("migration", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.migrate(cr, version)


@tagged("post_install", "-at_install")
class TestMigrations(SharingCase):
    def test_mail_from_before_sharing(self):
        """It is read by whom it was read before, and follows its mailbox from now on."""
        removed = self._connect(self.other_owner)
        self.servers[removed.email] = self.server
        self.deliver(subject="Old")
        removed._sync()
        kept = self.deliver(subject="New")
        removed.unlink()
        self.env["imap.share"].search([]).unlink()
        self.env["imap.placement"].search([("email_id", "!=", kept.imap_email_id.id)]).unlink()
        self.assertEqual(self.seen(self.colleague), [])
        migrate(self.env.cr, "19.0.1.1.0")
        self.assertEqual(self.seen(self.colleague), ["everything"] * 2)
        self.share("private")
        self.assertEqual(self.seen(self.colleague), ["everything"], "nobody knows whose it was")
        self.assertEqual(self.seen(self.owner), ["everything"] * 2)
