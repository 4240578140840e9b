"""How a mailbox is, and what to do about it, in one sentence."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime, format_list
from odoo.tools.translate import LazyTranslate

from .imap_schedule import ACTIVE_STATES

_lt = LazyTranslate(__name__)

#: a mailbox that waited for its turn for so long is not looked at as it should be
STALLED = timedelta(hours=1)
#: what somebody has to look after; the rest goes on by itself, or is as its owner wanted it
URGENT = ("sign_in", "wait", "silent", "stalled")
#: where a problem is noted, its sentence says more
SENTENCES = {
    "setup": _lt("The set-up was not finished."),
    "sign_in": _lt("Sign in again."),
    "wait": _lt("Odoo tries again by itself."),
    "resume": _lt("Nothing is read until somebody resumes it. Nothing is missed."),
    "reconnect": _lt(
        "Odoo has no password for it any more. Sign in again to go on where it stopped."
    ),
}


class ImapHealthMixin(models.AbstractModel):
    """A mailbox that says what it needs."""

    _name = "imap.health.mixin"
    _description = "Mailbox that says what it needs"

    needs = fields.Selection(
        [
            ("setup", "Set-up"),
            ("sign_in", "Sign-in"),
            ("wait", "Another try"),
            ("silent", "New mail is not read"),
            ("stalled", "Waits for its turn"),
            ("resume", "Paused"),
            ("reconnect", "Disconnected"),
            ("quarantine", "Mails could not be read"),
        ],
        compute="_compute_needs",
    )
    advice = fields.Char(string="What to do", compute="_compute_needs")
    needs_attention = fields.Boolean(compute="_compute_needs", search="_search_needs_attention")
    has_quarantine = fields.Boolean(
        compute="_compute_has_quarantine", search="_search_has_quarantine"
    )
    past_unfinished = fields.Boolean(
        compute="_compute_past_unfinished", search="_search_past_unfinished"
    )

    @api.depends("state", "next_sync", "error_message", "silent_since", "quarantine_open")
    @api.depends_context("lang", "tz")
    def _compute_needs(self):
        for connection in self:
            needs = connection._find_needs()
            connection.needs = needs
            connection.needs_attention = needs in URGENT
            connection.advice = needs and connection._advice(needs)

    def _find_needs(self):
        resting = {"draft": "setup", "paused": "resume", "disconnected": "reconnect"}
        if self.state in resting:
            return resting[self.state]
        if self.state == "error":
            return "wait" if self.next_sync else "sign_in"
        if self.silent_since:
            return "silent"
        if self.next_sync and self.next_sync < fields.Datetime.now() - STALLED:
            return "stalled"
        return "quarantine" if self.quarantine_open else False

    def _advice(self, needs):
        if needs in SENTENCES:
            return self.error_message or self.env._(SENTENCES[needs])
        if needs == "silent":
            return self._silence_sentence()
        if needs == "stalled":
            return self.env._(
                "It has been waiting for its turn since %(when)s. Is the scheduled action “Mailboxes: sync” "
                "active, and are there enough “Mailboxes at the same time” in the settings?",
                when=format_datetime(self.env, self.next_sync, dt_format="short"),
            )
        return self.env._(
            "Mails that could not be read: %(n)s. Odoo tries them again every day.",
            n=self.quarantine_open,
        )

    def _silence_sentence(self):
        folders = self._folders_left_unread()
        return self.env._(
            "The server has new mail that does not reach Odoo, in %(folders)s, since %(when)s. Try again. If that does "
            "not help, switch the folder off and on.",
            folders=format_list(self.env, folders.mapped("path")),
            when=format_datetime(self.env, self.silent_since, dt_format="short"),
        )

    @api.model
    def _search_needs_attention(self, operator, _value):
        if operator != "in":
            return NotImplemented
        stalled = Domain("next_sync", "<", fields.Datetime.now() - STALLED)
        return Domain("state", "=", "error") | (
            Domain("state", "=", "connected") & (stalled | Domain("silent_since", "!=", False))
        )

    def _compute_has_quarantine(self):
        for connection in self:
            connection.has_quarantine = bool(connection.quarantine_count)

    @api.model
    def _search_has_quarantine(self, operator, _value):
        if operator != "in":
            return NotImplemented
        # sudo: imap.placement - that there are some, of mailboxes that the user may see
        unread = self.env["imap.placement"].sudo()._search([("state", "=", "quarantined")])
        return Domain("id", "in", unread.subselect("connection_id"))

    @api.depends("folder_ids.backfilled", "folder_ids.selected", "folder_ids.available", "state")
    def _compute_past_unfinished(self):
        unfinished = self.filtered_domain(self._search_past_unfinished("in", [True]))
        for connection in self:
            connection.past_unfinished = connection in unfinished

    @api.model
    def _search_past_unfinished(self, operator, _value):
        if operator != "in":
            return NotImplemented
        left = [("selected", "=", True), ("available", "=", True), ("backfilled", "=", False)]
        return Domain("state", "in", (*ACTIVE_STATES, "paused")) & Domain("folder_ids", "any", left)
