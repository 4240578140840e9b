"""What the list of emails shows, and what it is searched by.

All of it is taken from the entries of an email that the current user may read, at the moment of asking. Nothing is
stored: so nothing is out of date when records are merged or deleted, and no search tells more than the entries do.
"""

from collections import defaultdict

from markupsafe import escape

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.mail import email_split_tuples

#: people that are named in one line of a list
MOST_NAMES = 2
#: fields with the records that an email stands on
RECORDS = {"partner_ids": "res.partner", "lead_ids": "crm.lead"}
PEOPLE = ("email_from", "incoming_email_to", "incoming_email_cc")


class ImapEmailListMixin(models.AbstractModel):
    _name = "imap.email.list.mixin"
    _description = "Columns and search of emails"

    people = fields.Char(
        string="Person",
        compute="_compute_from_entries",
        search="_search_people",
        help="Who wrote a received email, or to whom a sent one went",
    )
    has_attachment = fields.Boolean(
        string="Attachment", compute="_compute_from_entries", search="_search_has_attachment"
    )
    body = fields.Html(
        string="Text", compute="_compute_body", search="_search_body", sanitize=False
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Contacts",
        compute="_compute_records",
        compute_sudo=True,
        search=lambda self, operator, value: self._search_records("partner_ids", operator, value),
    )
    lead_ids = fields.Many2many(
        "crm.lead",
        string="Opportunities",
        compute="_compute_records",
        compute_sudo=True,
        search=lambda self, operator, value: self._search_records("lead_ids", operator, value),
        groups="sales_team.group_sale_salesman",
    )
    mailbox_user_ids = fields.Many2many(
        "res.users",
        string="In mailbox of",
        compute="_compute_mailbox_user_ids",
        search="_search_mailbox_user_ids",
        help="In whose mailboxes it was found",
    )
    conversation_ids = fields.Many2many(
        "imap.email",
        compute="_compute_conversation_ids",
        search="_search_conversation_ids",
        help="The emails of the same conversation, the youngest first",
    )
    conversation_count = fields.Integer(compute="_compute_conversation_ids")

    # ------------------------------------------------------------------
    # fields
    # ------------------------------------------------------------------

    def _entries(self, names, domain=Domain.TRUE):
        """Return email -> its entries that show it to the user (as superuser), with some fields read."""
        domain &= Domain("imap_email_id", "in", self.ids) & self._readable_entries()
        entries = self.env["mail.message"].sudo()
        found = entries.search_fetch(domain, ["imap_email_id", *names], order="id")
        return defaultdict(entries.browse, found.grouped("imap_email_id"))

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_from_entries(self):
        entries = self._entries([*PEOPLE, "attachment_ids"])
        for email in self:
            # all of them tell the same
            email.people = email._people_of(entries[email][:1])
            email.has_attachment = bool(entries[email][:1].attachment_ids)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_body(self):
        entries = self._entries(["body"])
        for email in self:
            email.body = entries[email][:1].body

    def _people_of(self, entry):
        names = PEOPLE[1:] if self.direction == "out" else PEOPLE[:1]
        people = [
            person or address
            for name in names
            for person, address in email_split_tuples(entry[name] or "")
        ]
        shown = ", ".join(people[:MOST_NAMES])
        return f"{shown} +{len(people) - MOST_NAMES}" if len(people) > MOST_NAMES else shown

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_records(self):
        # as superuser, as not everybody may read both fields; the entries are those of the user all the same
        on_records = Domain("model", "in", list(RECORDS.values()))
        entries = self._entries(["model", "res_id"], on_records)
        for email in self:
            by_model = entries[email].grouped("model")
            for name, model in RECORDS.items():
                ids = by_model[model].mapped("res_id") if model in by_model else []
                email[name] = self.env[model].browse(ids)

    @api.depends_context("uid")
    def _compute_mailbox_user_ids(self):
        copies = Domain("email_id", "in", self.ids) & self._visible_copies()
        # sudo: imap.placement - of mailboxes that the user may know of
        placements = self.env["imap.placement"].sudo()
        owners = defaultdict(list)
        for email, owner in placements._read_group(copies, ["email_id", "connection_id.user_id"]):
            owners[email.id].append(owner.id)
        for email in self:
            email.mailbox_user_ids = self.env["res.users"].browse(owners[email.id])

    @api.model
    def _visible_copies(self):
        """Return the domain of the copies (``imap.placement``) of which the user may know the mailbox.

        Whose owner shares nothing does not tell that they have the email either.
        """
        share = self.env["imap.share"]
        share._flush_levels()
        return Domain.custom(
            to_sql=lambda _model, alias, _query: share._sql_tells_mailbox(
                SQL.identifier(alias, "email_id"), SQL.identifier(alias, "connection_id")
            )
        )

    @api.depends("thread_key")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_conversation_ids(self):
        keys = list(filter(None, self.mapped("thread_key")))
        found = self.sudo(False).search_fetch([("thread_key", "in", keys)], ["thread_key"])
        by_key = found.grouped("thread_key")
        for email in self:
            conversation = by_key.get(email.thread_key, email)
            email.conversation_ids = conversation
            email.conversation_count = len(conversation)

    # ------------------------------------------------------------------
    # search
    # ------------------------------------------------------------------

    @api.model
    def _shown_by(self, domain):
        """Return the domain of the emails that an entry shows to the user for which ``domain`` holds."""
        return Domain("entry_ids", "any!", self._readable_entries() & domain)

    @api.model
    def _search_people(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        named = Domain.OR(Domain(name, operator, value) for name in PEOPLE)
        return self._shown_by(named) | Domain("partner_ids.display_name", operator, value)

    @api.model
    def _search_has_attachment(self, operator, _value):
        if operator != "in":
            return NotImplemented
        return self._shown_by(Domain("attachment_ids", "!=", False))

    @api.model
    def _search_body(self, operator, value):
        if operator not in ("ilike", "like"):
            return NotImplemented
        # as in the search of the chatter: words may be apart by line breaks and tags
        return self._shown_by(Domain("body", operator, str(escape(value)).replace(" ", "%")))

    @api.model
    def _search_records(self, name, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented

        def standing_on(found):
            records = self.env[RECORDS[name]].with_context(active_test=False)._search(found)
            return self._shown_by(
                Domain("model", "=", RECORDS[name]) & Domain("res_id", "in", records)
            )

        if operator == "any":
            return standing_on(value)
        nowhere = ~standing_on(Domain.TRUE) if False in value else Domain.FALSE
        return standing_on(Domain("id", "in", value)) | nowhere

    @api.model
    def _search_mailbox_user_ids(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented

        def copied_to(found):
            mailbox = Domain("connection_id", "any!", Domain("user_id", "in", found))
            return Domain("placement_ids", "any!", self._visible_copies() & mailbox)

        users = self.env["res.users"].with_context(active_test=False)
        if operator == "any":
            return copied_to(users._search(value))
        nowhere = ~copied_to(users._search([])) if False in value else Domain.FALSE
        return copied_to(list(value)) | nowhere

    @api.model
    def _search_conversation_ids(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        found = self.search(value if operator == "any" else [("id", "in", list(value))])
        keys = list(filter(None, found.mapped("thread_key")))
        return Domain("thread_key", "in", keys) | Domain("id", "in", found.ids)
