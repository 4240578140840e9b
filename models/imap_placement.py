import re
import time
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from ..lib.errors import MessageUnreadable
from ..lib.filenames import safe_name
from .big_integer import BigInteger
from .imap_error import sentence, sentence_for
from .imap_quarantine import Quarantine
from .imap_visit import visit

#: how long somebody who presses "Try again" waits at most
INTERACTIVE_BUDGET = 15


class ImapPlacement(models.Model):
    """One copy of an email on a server, or one message that could not be read there."""

    _name = "imap.placement"
    _inherit = "imap.tombstone.placement.mixin"
    _description = "Copy of an email on a server"
    _order = "folder_id, uid desc"

    email_id = fields.Many2one("imap.email", index=True, ondelete="cascade")
    folder_id = fields.Many2one("imap.folder", required=True, ondelete="cascade")
    connection_id = fields.Many2one(
        related="folder_id.connection_id", store=True, precompute=True, index=True
    )
    uidvalidity = BigInteger(required=True, readonly=True)
    uid = BigInteger(string="Number", required=True, readonly=True, help="Its UID in the folder")
    flags = fields.Char(readonly=True)
    size = BigInteger(readonly=True, help="In bytes; 0 where the server does not tell")
    gm_msgid = BigInteger(
        readonly=True,
        index="btree_not_null",
        help="Gmail's own identifier, the same for all copies within one mailbox",
    )
    labels = fields.Json(readonly=True, help="Gmail's labels")
    state = fields.Selection(
        [
            ("linked", "Linked"),
            ("quarantined", "Quarantined"),
            ("missing", "Missing"),
            ("gone", "Gone"),
        ],
        required=True,
        default="linked",
        readonly=True,
    )
    missing_since = fields.Datetime(
        readonly=True,
        help="When this copy was first not found; a later look decides whether it is gone",
    )
    # of a message in quarantine
    error_code = fields.Char(readonly=True)
    error = fields.Char(
        string="Server's words", readonly=True, help="What the server said instead of the message"
    )
    reason = fields.Char(compute="_compute_reason", help="Why this message could not be read")
    attempts = fields.Integer(readonly=True)
    last_attempt = fields.Datetime(readonly=True)
    dismissed = fields.Boolean(
        readonly=True, help="It is counted, but not tried again by itself: somebody let it rest"
    )
    is_own = fields.Boolean(compute="_compute_is_own", help="It lies in a mailbox of this user")

    _copy_unique = models.Constraint("UNIQUE (folder_id, uidvalidity, uid)")
    _quarantined = models.Index("(connection_id, last_attempt) WHERE state = 'quarantined'")
    _missing = models.Index("(connection_id) WHERE state = 'missing'")

    @api.depends("error_code")
    @api.depends_context("lang")
    def _compute_reason(self):
        for placement in self:
            code = placement.error_code
            placement.reason = sentence_for(self.env, code) if code else False

    @api.depends("connection_id.user_id")
    @api.depends_context("uid")
    def _compute_is_own(self):
        for placement in self:
            placement.is_own = placement.connection_id.is_own

    @api.model
    def _settled_values(self):
        """Return what is true of a message once it was read."""
        return {
            "state": "linked",
            "missing_since": False,
            "error_code": False,
            "error": False,
            "dismissed": False,
        }

    # ------------------------------------------------------------------
    # what a person does about messages that could not be read
    # ------------------------------------------------------------------

    def action_retry(self):
        """Try these messages again, while the person waits.

        :return: a notification for the client that says what became of them
        """
        self.check_access("read")
        waiting = self.sudo().filtered(lambda p: p.state == "quarantined")
        waiting.dismissed = False
        deadline = time.monotonic() + INTERACTIVE_BUDGET
        result = Counter()
        for connection, placements in waiting.grouped("connection_id").items():
            with visit(connection.with_env(self.env)) as session:
                result += Quarantine(connection).retry(session, placements, deadline)
        return self._notify(result)

    def action_retry_all(self):
        """Try all messages of the mailbox again whose list is open, whichever are selected."""
        connection = self.env["imap.connection"].browse(self.env.context.get("imap_connection_id"))
        connection.check_access("read")
        return self.search(self._quarantine_domain(connection)).action_retry()

    @api.model
    def _quarantine_domain(self, connections):
        return [("connection_id", "in", connections.ids), ("state", "=", "quarantined")]

    def _notify(self, result):
        said = [
            text
            for number, text in (
                (result["linked"], self.env._("linked: %(n)s", n=result["linked"])),
                (result["skipped"], self.env._("of no concern: %(n)s", n=result["skipped"])),
                (result["gone"], self.env._("not on the server any more: %(n)s", n=result["gone"])),
                (
                    result["quarantined"],
                    self.env._("still unreadable: %(n)s", n=result["quarantined"]),
                ),
                (result["untried"], self.env._("not tried yet: %(n)s", n=result["untried"])),
            )
            if number
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": format_list(self.env, said) if said else self.env._("Nothing to try."),
                "type": "warning" if result["quarantined"] or result["untried"] else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_dismiss(self):
        """Let these messages rest: they stay counted, and are not tried again by themselves."""
        self.check_access("read")
        self.sudo().filtered(lambda p: p.state == "quarantined").dismissed = True
        return True

    def action_download(self):
        """Let the owner have the original, as a file."""
        self.ensure_one()
        self._check_own()
        return {
            "type": "ir.actions.act_url",
            "url": f"/mail_imap_sync/original/{self.id}",
            "target": "download",
        }

    def _file_name(self):
        """Return what the original is called as a file."""
        email = self.sudo().email_id
        name = email.subject or f"{self.folder_id.path}-{self.uid}"
        return safe_name(re.sub(r"[/\\]", "-", name)[:100] + ".eml", "message/rfc822")

    def _check_own(self):
        """Refuse everybody but the owner of the mailbox: who manages mailboxes does not read mail."""
        self.check_access("read")
        if self.sudo().connection_id.user_id != self.env.user:
            raise AccessError(self.env._("Only the owner of the mailbox reads its messages."))

    def _original(self):
        """Fetch this message from its server as it is.

        :rtype: bytes
        :raise UserError: when it cannot be had
        """
        self.ensure_one()
        self._check_own()
        placement = self.sudo()
        folder = placement.folder_id
        with visit(placement.connection_id.with_env(self.env), claim=False) as session:
            snapshot = folder._open(session)
            body = None
            if folder._uidvalidity(snapshot) == placement.uidvalidity:
                body = dict(session.fetch_bodies({placement.uid: placement.size})).get(
                    placement.uid
                )
        if isinstance(body, MessageUnreadable):
            raise UserError(sentence(self.env, body))
        if body is None:
            raise UserError(self.env._("This message is not on the server any more."))
        return body
