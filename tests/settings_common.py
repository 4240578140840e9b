"""An administrator at the settings."""

from contextlib import contextmanager

from odoo.exceptions import ValidationError
from odoo.tests import Form, new_test_user

from .common import MailboxCase


class SettingsCase(MailboxCase):
    def setUp(self):
        super().setUp()
        self.administrator = new_test_user(
            self.env,
            "ada",
            groups="base.group_user,base.group_system,mail_imap_sync.group_manager",
        )
        self.company = self.env.company
        self.connection = self.connection.sudo()

    def save(self, **values):
        """Type values into the page of the settings, as the administrator, and save it."""
        settings = self.env["res.config.settings"].with_user(self.administrator)
        with Form(settings) as form:
            for name, value in values.items():
                form[name] = value
        form.record.execute()
        self.env.invalidate_all()

    def set(self, **values):
        """The same without the screen."""
        settings = self.env["res.config.settings"].with_user(self.administrator)
        settings.create(values).execute()

    @contextmanager
    def refused(self, sentence):
        with self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
            yield

    def shown(self, name):
        settings = self.env["res.config.settings"].with_user(self.administrator)
        return settings.create({})[name]

    def add_mailbox(self, user=None, **values):
        connections = self.env["imap.connection"].with_user(user or self.owner)
        vals = {"email": "new@tea.example", "host": "imap.tea.example", "password": "x", **values}
        return connections.create(vals)
