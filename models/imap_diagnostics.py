"""What an administrator passes on when a mailbox does not work: technical detail, without secrets and people."""

import time

from odoo import fields, models

from ..lib.errors import SyncError
from .imap_diagnostics_text import diagnostics


class ImapConnection(models.Model):
    _inherit = "imap.connection"

    # it may name addresses in the own network, and quotes the server
    error_detail = fields.Char(
        string="Technical detail",
        readonly=True,
        copy=False,
        groups="mail_imap_sync.group_manager",
    )
    server_facts = fields.Json(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="What the server could do when it was last signed in to",
    )

    def write(self, vals):
        if "error_code" in vals:
            self.sudo().filtered("error_detail").error_detail = False
        return super().write(vals)

    def _record_failure(self, error):
        result = super()._record_failure(error)
        if self.error_code == error.code and error.detail:
            # sudo: imap.connection - whoever pressed a button may not read it
            self.sudo().error_detail = error.detail
        return result

    def _note_server(self, session):
        """Remember what an open session knows of its server, for when that cannot be reached."""
        if self.server_facts != session.facts:
            self.server_facts = session.facts

    def _ask_server(self):
        """Sign in only to see how that goes.

        :return: what there is to tell: ``seconds``, and ``facts``, or ``error`` and ``detail``
        :rtype: dict
        """
        self.ensure_one()
        started = time.monotonic()
        try:
            with self.sudo()._session() as session:
                told = {"facts": session.facts}
        except SyncError as error:
            told = {"error": error.code, "detail": error.detail}
        return {**told, "seconds": time.monotonic() - started}

    def _diagnostics(self, asked=None):
        """Return a text to pass on, which tells nothing of people.

        :param asked: what :meth:`_ask_server` returned
        """
        self.ensure_one()
        self.check_access("read")
        # addresses in the own network are for administrators
        with_detail = self.env.user.has_group("mail_imap_sync.group_manager")
        # sudo: imap.connection, imap.placement, imap.run - numbers only
        return diagnostics(self.sudo(), with_detail, asked)

    def action_open_diagnostics(self):
        """Open the text to pass on."""
        self.ensure_one()
        return self.env["imap.diagnostics"]._open(self)
