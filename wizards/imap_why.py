import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..lib.errors import Scope, SyncError
from ..lib.search import Query
from ..models.imap_explain import Explainer
from ..models.imap_visit import visit

#: how long somebody waits at most; folders that were not searched by then are named
BUDGET = 20
#: answers that are shown
MOST = 80

OUTCOMES = [
    ("linked", "In Odoo"),
    ("missing", "Missing"),
    ("skipped", "Passed over"),
    ("removed", "Removed"),
    ("deleted", "Deleted in Odoo"),
    ("quarantined", "Unreadable"),
    ("pending", "Waiting"),
    ("unsynced", "Not synced"),
]


class ImapWhy(models.TransientModel):
    """Why isn't this email here? Asked by the owner of a mailbox, and by nobody else: it shows content."""

    _name = "imap.why"
    _description = "Why isn't this email here?"

    connection_id = fields.Many2one(
        "imap.connection",
        string="Mailbox",
        default=lambda self: self._own_connections()[:1],
        domain="[('user_id', '=', uid), ('state', 'in', ('connected', 'error'))]",
        ondelete="cascade",
    )
    connection_count = fields.Integer(compute="_compute_connection_count")
    where = fields.Selection(
        [("all", "All folders"), ("selected", "Synced folders"), ("one", "One folder")],
        string="Look in",
        required=True,
        default="all",
    )
    folder_id = fields.Many2one(
        "imap.folder", domain="[('connection_id', '=', connection_id)]", ondelete="cascade"
    )
    person = fields.Char(
        string="From or to",
        default=lambda self: self._default_person(),
        help="An address or a name, or a part of it",
    )
    subject = fields.Char(help="Some words of it, in their order")
    message_id = fields.Char(string="Message-ID", help="For those who have it from the source")
    line_ids = fields.One2many("imap.why.line", "wizard_id", string="Found", readonly=True)
    summary = fields.Char(readonly=True)

    @api.model
    def _own_connections(self):
        return self.env["imap.connection"].search(
            [("user_id", "=", self.env.uid), ("state", "in", ("connected", "error"))]
        )

    @api.model
    def _default_person(self):
        if self.env.context.get("active_model") != "res.partner":
            return False
        partner = self.env["res.partner"].browse(self.env.context.get("active_id")).exists()
        return partner.email_normalized or partner.name

    def _compute_connection_count(self):
        self.connection_count = len(self._own_connections())

    @api.constrains("connection_id", "folder_id")
    def _check_own(self):
        for wizard in self:
            # sudo: imap.connection - whose it is
            connection = wizard.connection_id.sudo()
            if connection and connection.user_id != self.env.user:
                raise AccessError(self.env._("Only the owner of a mailbox looks into it."))
            if wizard.folder_id and wizard.folder_id.sudo().connection_id != connection:
                raise ValidationError(self.env._("This folder is in another mailbox."))

    # ------------------------------------------------------------------
    # asking
    # ------------------------------------------------------------------

    def action_search(self):
        """Look for the mail on the server, and say what became of each that is found."""
        self.ensure_one()
        self._check_own()
        if not self.connection_id:
            raise UserError(self.env._("Connect a mailbox first, in My Preferences."))
        query = Query(self.person or "", self.subject or "", self.message_id or "")
        if not query:
            raise UserError(self.env._("Type who wrote it, or some words of the subject."))
        # sudo: imap.folder, imap.why.line - of the mailbox that was checked above
        self.sudo().line_ids.unlink()
        found, left_out = [], []
        deadline = time.monotonic() + BUDGET
        with visit(self.connection_id, claim=False) as session:
            explainer = Explainer(self.connection_id)
            for folder in self._folders():
                if time.monotonic() > deadline:
                    left_out.append(folder.path)
                    continue
                try:
                    answers = explainer.explain(session, folder, query)
                except SyncError as error:
                    if error.scope is not Scope.FOLDER:
                        raise
                    left_out.append(folder.path)
                    continue
                found += [(folder, answer) for answer in answers]
        shown = sorted(found, key=lambda one: one[1].date or fields.Datetime.now(), reverse=True)
        self.env["imap.why.line"].sudo().create(
            [
                {"wizard_id": self.id, "folder_id": folder.id, **self._line_values(answer)}
                for folder, answer in shown[:MOST]
            ]
        )
        self.summary = self._said(len(found), left_out)
        return self._show()

    def _folders(self):
        """Return the folders to search, the synced ones first: there the answer is most likely."""
        folders = self.connection_id.sudo().folder_ids.filtered("available")
        if self.where == "one":
            if not self.folder_id:
                raise UserError(self.env._("Choose the folder."))
            return self.folder_id.sudo()
        if self.where == "selected":
            return folders.filtered("selected")
        return folders.sorted(lambda folder: not folder.selected)

    @api.model
    def _line_values(self, answer):
        return {
            "uid": str(answer.uid),
            "uidvalidity": str(answer.uidvalidity),
            "date": answer.date,
            "author": answer.author,
            "subject": answer.subject,
            "outcome": answer.outcome,
            "explanation": answer.explanation,
            "rule": answer.rule,
            "can_link": answer.can_link,
        }

    def _said(self, number, left_out):
        if not number:
            said = self.env._("The server has no such mail in the folders that were searched.")
        elif number > MOST:
            said = self.env._(
                "%(number)s mails were found; the youngest %(most)s are shown.",
                number=number,
                most=MOST,
            )
        else:
            said = self.env._("Mails found: %(number)s.", number=number)
        if left_out:
            folders = ", ".join(left_out[:5]) + ("…" if len(left_out) > 5 else "")
            return f"{said} {self.env._('These folders could not be searched: %s', folders)}"
        return said

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why isn't this email here?"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }


class ImapWhyLine(models.TransientModel):
    _name = "imap.why.line"
    _description = "Mail on the server and what became of it"
    _order = "date desc, id"

    wizard_id = fields.Many2one("imap.why", required=True, ondelete="cascade", index=True)
    folder_id = fields.Many2one("imap.folder", required=True, ondelete="cascade")
    # text, as both exceed the integers of the web client's filters
    uid = fields.Char()
    uidvalidity = fields.Char()
    date = fields.Datetime()
    author = fields.Char(string="From")
    subject = fields.Char()
    outcome = fields.Selection(OUTCOMES)
    explanation = fields.Text(string="Why")
    rule = fields.Char()
    can_link = fields.Boolean()

    def action_link(self):
        """Link this mail to its contacts, although a rule passed over it."""
        self.ensure_one()
        self.check_access("read")
        wizard = self.wizard_id
        wizard._check_own()
        # sudo: the folder of the own mailbox, and the line that says what became of it
        line = self.sudo()
        if not line.can_link:
            raise UserError(self.env._("This mail cannot be linked."))
        with visit(wizard.connection_id) as session:
            explainer = Explainer(wizard.connection_id)
            uid, uidvalidity = int(line.uid), int(line.uidvalidity)
            tally = explainer.link(session, line.folder_id, uid, uidvalidity, line.rule)
            if tally is None or not tally.seen:
                raise UserError(self.env._("This mail is not where it was any more. Search again."))
            answers = explainer.explain_one(session, line.folder_id, uid)
        for answer in answers:
            line.write(wizard._line_values(answer))
        return wizard._show()
