"""Somebody at contacts and past mail."""

from ..wizards import imap_backfill_job
from .common import MailboxCase
from .fake_server import ago, mail

OWNER = "olga@tea.example"
NINA, NORA, NILS = "nina@leaf.example", "nora@root.example", "nils@stem.example"


class WizardCase(MailboxCase):
    def receive(self, from_=NINA, subject="", days=10, to=OWNER, folder=None, **headers):
        folder = folder or self.server.inbox
        subject = subject or f"In {folder.uidnext}"
        return folder.deliver(
            mail(from_, to, subject, date=ago(days=days), **headers), ago(days=days)
        )

    def send(self, to=NINA, days=9):
        subject = f"Out {self.server.sent.uidnext}"
        return self.server.sent.deliver(
            mail(OWNER, to, subject, date=ago(days=days)), ago(days=days)
        )

    def wizard(self, connection=None, **values):
        connection = connection or self.connection
        action = connection.with_user(connection.user_id).action_open_backfill()
        wizard = (
            self.env[action["res_model"]].with_user(connection.user_id).browse(action["res_id"])
        )
        wizard.write(values)
        return wizard

    def look(self, connection=None, **values):
        wizard = self.wizard(connection, **values)
        wizard.action_look()
        return wizard

    def people(self, wizard):
        """Return the people found as address -> (from them, to them)."""
        return {person.email: (person.received, person.sent) for person in wizard.person_ids}

    def person(self, wizard, email):
        return wizard.person_ids.filtered(lambda person: person.email == email)

    def slices(self, number=2):
        """Let every piece of work be one slice of a few mails."""
        self.patch(imap_backfill_job, "SLICE", number)
        self.patch(imap_backfill_job, "CONTACTS", number)
        self.patch(imap_backfill_job, "FIRST_PIECE", 0)
        self.patch(imap_backfill_job, "PIECE", 0)

    def cron(self):
        self.run_scheduled("ir_cron_backfill")
