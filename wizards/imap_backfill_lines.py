"""What was found in the past of a mailbox: folders, and people."""

from contextlib import contextmanager
from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_list

from ..lib.addresses import domain_of
from ..lib.changes import Cursor
from ..lib.errors import Scope, SyncError
from ..lib.names import clean_name
from ..lib.roles import is_role
from ..models.big_integer import BigInteger
from ..models.imap_contacts import Person
from ..models.imap_error import sentence
from ..models.imap_reason import label
from ..models.imap_survey import EXAMPLES

#: people who are kept: those with the most mails
MOST = 2000
#: while looking, more are kept, so that few mails in one folder do not hide many in the next
MOST_MEANWHILE = 10_000


class ImapBackfillFolder(models.TransientModel):
    _name = "imap.backfill.folder"
    _description = "Folder whose past is looked at"
    _order = "id"
    _transient_max_hours = 24
    _transient_max_count = 0

    backfill_id = fields.Many2one("imap.backfill", required=True, ondelete="cascade", index=True)
    folder_id = fields.Many2one(
        "imap.folder", string="On the server", required=True, readonly=True, ondelete="cascade"
    )
    path = fields.Char(related="folder_id.path", related_sudo=False)
    message_count = fields.Integer(related="folder_id.message_count", related_sudo=False)
    selected = fields.Boolean(string="Sync")
    total = fields.Integer(readonly=True)
    uidvalidity = BigInteger(readonly=True)
    uidnext = BigInteger(readonly=True, default=1)
    backfill_uid = BigInteger(readonly=True, default=1)
    looked = fields.Boolean(readonly=True)
    seen = fields.Integer(string="Looked at", readonly=True)
    linked = fields.Integer(string="With contacts", readonly=True)
    missing = fields.Integer(string="Not in Odoo yet", readonly=True)
    size = BigInteger(readonly=True)
    skipped_by_rule = fields.Json(readonly=True)
    examples = fields.Json(readonly=True, help="Author and subject of some that would be copied")
    error = fields.Char(readonly=True)
    skipped = fields.Text(string="Passed over", compute="_compute_skipped")

    @api.depends("skipped_by_rule", "error")
    @api.depends_context("lang")
    def _compute_skipped(self):
        for folder in self:
            rules = sorted((folder.skipped_by_rule or {}).items(), key=lambda rule: -rule[1])
            said = [f"{label(self.env, rule)}: {number:,}" for rule, number in rules if number]
            folder.skipped = folder.error or (format_list(self.env, said, "unit") if said else "")

    @api.constrains("backfill_id", "folder_id")
    def _check_folder(self):
        for line in self:
            # sudo: imap.folder - whose it is
            if line.folder_id.sudo().connection_id != line.backfill_id.connection_id:
                raise ValidationError(self.env._("This folder is in another mailbox."))

    def _forget(self):
        self.write(
            {
                "total": 0,
                "uidvalidity": 0,
                "uidnext": 1,
                "backfill_uid": 1,
                "looked": False,
                "seen": 0,
                "linked": 0,
                "missing": 0,
                "size": 0,
                "skipped_by_rule": False,
                "examples": False,
                "error": False,
            }
        )

    def _cursor(self):
        self.ensure_one()
        return Cursor(self.uidvalidity, self.uidnext, self.backfill_uid, self.looked)

    def _note(self, found, cursor):
        """Add what a :class:`~..models.imap_survey.Survey` found, and how far it came."""
        self.ensure_one()
        by_rule = dict(self.skipped_by_rule or {})
        for rule, number in found.skipped.items():
            by_rule[rule] = by_rule.get(rule, 0) + number
        self.write(
            {
                "seen": self.seen + found.seen,
                "linked": self.linked + found.linked,
                "missing": self.missing + found.missing,
                "size": self.size + found.size,
                "skipped_by_rule": by_rule,
                "examples": [*(self.examples or []), *found.examples][:EXAMPLES],
                "uidvalidity": cursor.uidvalidity,
                "uidnext": cursor.uidnext,
                "backfill_uid": cursor.backfill_uid,
                "looked": cursor.backfilled,
            }
        )

    @contextmanager
    def _apart(self):
        """Let what is wrong with this folder spoil nothing else."""
        try:
            yield
        except SyncError as error:
            if error.scope is not Scope.FOLDER:
                raise
            env = self.with_context(lang=self.backfill_id.create_uid.lang).env
            self.write({"looked": True, "error": sentence(env, error)})


class ImapBackfillPerson(models.TransientModel):
    """Somebody who is no contact yet. Only whose mailbox it is sees them, and for a day at the most."""

    _name = "imap.backfill.person"
    _description = "Person found in a mailbox"
    _order = "selected desc, mails desc, last_date desc, id"
    _rec_name = "email"
    _transient_max_hours = 24
    _transient_max_count = 0

    backfill_id = fields.Many2one("imap.backfill", required=True, ondelete="cascade", index=True)
    selected = fields.Boolean(string="Create")
    name = fields.Char(required=True)
    named = fields.Boolean(readonly=True, help="A mail names them")
    email = fields.Char(required=True, readonly=True)
    domain = fields.Char(readonly=True)
    received = fields.Integer(string="From them", readonly=True)
    sent = fields.Integer(string="To them", readonly=True)
    mails = fields.Integer(readonly=True)
    size = BigInteger(readonly=True)
    last_date = fields.Datetime(string="Last mail", readonly=True)
    is_role = fields.Boolean(string="Shared address", readonly=True)
    company_id = fields.Many2one(
        "res.partner", domain=[("is_company", "=", True)], ondelete="set null"
    )

    _once = models.UniqueIndex("(backfill_id, email)")

    def action_choose(self):
        """Create contacts of these people."""
        self.selected = True

    def action_leave_out(self):
        """Create no contacts of these people."""
        self.selected = False

    def action_done(self):
        """Go back to the wizard, from the list of people."""
        backfill = self.env["imap.backfill"].browse(self.env.context.get("imap_backfill_id"))
        if not backfill.exists():
            raise UserError(self.env._("What was found is forgotten by now. Look again."))
        return backfill._show()

    def _person(self):
        date = self.last_date.replace(tzinfo=timezone.utc)
        return Person(self.email, self.name, date, self.company_id.id or 0)

    @api.model
    def _add(self, backfill, people):
        """Add the people of some mails.

        :param dict people: address -> :class:`~..models.imap_survey.Seen`
        :return: whether some were left out, because there are too many
        """
        if not people:
            return False
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')",
                *(backfill.id, backfill.create_uid.id, backfill.create_uid.id),
                *(email, domain_of(email), clean_name(seen.name, email), bool(seen.name)),
                *(seen.received, seen.sent, seen.received + seen.sent + seen.together),
                *(seen.size, seen.last),
            )
            for email, seen in sorted(people.items())
        ]
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO imap_backfill_person AS known (
                    backfill_id, create_uid, write_uid, email, domain, name, named,
                    received, sent, mails, size, last_date, create_date, write_date
                ) VALUES %s
                ON CONFLICT (backfill_id, email) DO UPDATE SET
                    name = CASE WHEN known.named THEN known.name ELSE excluded.name END,
                    named = known.named OR excluded.named,
                    received = known.received + excluded.received,
                    sent = known.sent + excluded.sent,
                    mails = known.mails + excluded.mails,
                    size = known.size + excluded.size,
                    last_date = greatest(known.last_date, excluded.last_date)
                """,
                SQL(", ").join(rows),
            )
        )
        self.invalidate_model()
        backfill.invalidate_recordset(["person_ids"])
        return self._keep_most(backfill, MOST_MEANWHILE)

    @api.model
    def _keep_most(self, backfill, most=None):
        """Keep those with the most mails; return whether others were left out."""
        order = "sent desc, received desc, mails desc, last_date desc, id"
        others = self.search([("backfill_id", "=", backfill.id)], order=order, offset=most or MOST)
        others.unlink()
        return bool(others)

    def _complete(self, contacts, policy):
        """Find out about people what the list shows besides, and choose those whom most would choose.

        :param contacts: :class:`~..models.imap_contacts.Contacts` of the mailbox
        """
        hidden = contacts.known(self.mapped("email"))
        self.filtered(lambda person: person.email in hidden).unlink()
        people = self.exists()
        companies = contacts.companies(people.mapped("email"))
        for person in people:
            role = is_role(person.email)
            chosen = {
                "none": person.received and person.sent,
                "sent": person.sent,
                "all": person.received or person.sent,
            }[policy]
            person.write(
                {
                    "is_role": role,
                    "company_id": companies.get(person.domain),
                    "selected": bool(chosen) and not role and contacts.allowed,
                }
            )
