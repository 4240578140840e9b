from odoo import api, fields, models, tools
from odoo.fields import Domain

from ..lib.addresses import read_addresses
from .big_integer import BigInteger


class ImapEmail(models.Model):
    """One distinct email that concerns the CRM, however many copies of it exist in mailboxes and folders.

    It is readable by whoever may read one of its chatter entries in full; its attachments belong to it and
    obey the same rule.
    """

    _name = "imap.email"
    _inherit = [
        "imap.email.list.mixin",
        "imap.email.groups.mixin",
        "imap.email.reading.mixin",
        "imap.email.export.mixin",
        "imap.tombstone.mixin",
        "imap.email.authentication.mixin",
        "imap.email.overview.mixin",
    ]
    _description = "Synced email"
    _order = "date desc, id desc"
    _rec_name = "subject"

    message_id = fields.Char(string="Message-ID", readonly=True, index="btree_not_null")
    digest = fields.Char(
        readonly=True,
        required=True,
        help="Tells apart two emails that share a Message-ID, and finds one that has none",
    )
    subject = fields.Char(readonly=True)
    date = fields.Datetime(readonly=True, required=True)
    direction = fields.Selection(
        [("in", "Received"), ("out", "Sent")], readonly=True, required=True
    )
    kind = fields.Selection(
        [
            ("person", "Mail"),
            ("bulk", "Mailing list or newsletter"),
            ("automated", "Written by a program"),
            ("bounce", "Not delivered"),
        ],
        readonly=True,
        required=True,
        default="person",
    )
    thread_key = fields.Char(
        readonly=True, index="btree_not_null", help="Message-ID of the first mail"
    )
    addresses = fields.Json(
        compute="_compute_addresses",
        store=True,
        readonly=False,
        precompute=True,
        groups=fields.NO_ACCESS,
        help="Everybody in the header, blind copies included: what exclusions are compared with",
    )
    size = BigInteger(readonly=True, help="Bytes on the server")
    entry_ids = fields.One2many(
        "mail.message",
        "imap_email_id",
        string="Chatter entries",
        domain=[("imap_stub", "=", False)],
    )
    placement_ids = fields.One2many("imap.placement", "email_id", string="Copies on servers")
    share_ids = fields.One2many("imap.share", "email_id", groups=fields.NO_ACCESS)
    is_readable = fields.Boolean(
        compute="_compute_is_readable",
        search="_search_is_readable",
        compute_sudo=False,
        help="The current user may read a record that this email stands on, and the email is shared with them",
    )

    _identity = models.UniqueIndex("(digest)")

    def _compute_addresses(self):
        """Work out the addresses of emails that were stored without; the sync hands them over."""
        for email in self:
            entry = email.entry_ids[:1]
            people = (
                entry.email_from,
                entry.reply_to,
                entry.incoming_email_to,
                entry.incoming_email_cc,
            )
            found = (one.email for text in people for one in read_addresses(text or ""))
            email.addresses = list(dict.fromkeys(found))

    @api.depends_context("uid")
    def _compute_is_readable(self):
        readable = self.sudo().filtered_domain(self._search_is_readable("in", [True]))
        for email in self:
            email.is_readable = email.id in readable.ids

    @api.model
    def _search_is_readable(self, operator, _value):
        """Emails that are shared with the user, with an entry on a record that they may read.

        Record rules are evaluated in superuser mode; the user's own rights are asked for explicitly.
        """
        if operator != "in":
            return NotImplemented
        return Domain("entry_ids", "any!", self._readable_entries())

    @api.model
    def _readable_entries(self):
        """Return the domain of the entries that show their email to the user.

        To be used with "any!": what it finds is what the user may read, and it stays part of one query.
        """
        env = self.sudo(False).with_context(active_test=False).env
        on_records = Domain.OR(
            Domain("model", "=", model) & Domain("res_id", "in", env[model]._search([]))
            for model in self._entry_models()
            if model in env and env[model].has_access("read")
        )
        in_full = Domain("imap_stub", "=", False) & Domain("imap_is_visible", "=", True)
        return on_records & in_full

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Hide the subject from whoever must not know it: other records name their email in superuser mode."""
        result = super()._compute_display_name()
        if self.env.uid != api.SUPERUSER_ID:
            levels = self.env["imap.share"]._levels_for_user(self)
            for email in self:
                if levels.get(email.id) not in ("everything", "subject"):
                    email.display_name = False
        return result

    @api.model
    @tools.ormcache()
    def _entry_models(self):
        """Return the names of the models whose records have entries, as a tuple."""
        # a loose index scan: one step per model, not one per message
        self.env.cr.execute("""
            WITH RECURSIVE stood_on AS (
                (SELECT model FROM mail_message WHERE imap_email_id IS NOT NULL ORDER BY model LIMIT 1)
                UNION ALL
                SELECT (SELECT model FROM mail_message
                         WHERE imap_email_id IS NOT NULL AND model > stood_on.model
                         ORDER BY model LIMIT 1)
                  FROM stood_on WHERE stood_on.model IS NOT NULL
            )
            SELECT model FROM stood_on WHERE model IS NOT NULL
        """)
        return tuple(model for (model,) in self.env.cr.fetchall())

    @api.model
    def _register_entry_models(self, models_used):
        """Make sure that ``_entry_models`` knows these models, on all workers."""
        if not set(models_used) <= set(self._entry_models()):
            self.env.registry.clear_cache()

    @api.ondelete(at_uninstall=False)
    def _unlink_attachments(self):
        attachments = self.env["ir.attachment"].sudo()
        attachments.search([("res_model", "=", self._name), ("res_id", "in", self.ids)]).unlink()
