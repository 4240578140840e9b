from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list

from .imap_audit import COUNTS, Audit, folder_report, total
from .imap_error import sentence_for
from .imap_reason import label
from .imap_visit import visit

#: how long somebody who presses "Check completeness" waits at most; the rest is done in the background
INTERACTIVE_BUDGET = 15
#: one mailbox is audited for this many seconds before the next one has its turn
CRON_BUDGET = 60
EVERY = timedelta(days=7)
#: after an audit that could not be made, because the mailbox was being synced or its server was down
PATIENCE = timedelta(hours=1)


class ImapAuditMixin(models.AbstractModel):
    """A mailbox whose completeness is checked."""

    _name = "imap.audit.mixin"
    _description = "Mailbox that is audited"

    last_audit = fields.Datetime(string="Last check", readonly=True, copy=False)
    next_audit = fields.Datetime(readonly=True, copy=False)
    audit_running = fields.Boolean(readonly=True, copy=False)
    audit_told_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Who is told what the check found",
    )
    audit_result = fields.Selection(
        [
            ("never", "Not checked yet"),
            ("running", "Being checked"),
            ("complete", "Complete"),
            ("repaired", "Repaired"),
            ("pending", "Not everything was looked at yet"),
            ("trouble", "A folder could not be checked"),
        ],
        compute="_compute_audit",
    )
    audit_summary = fields.Char(compute="_compute_audit")
    audit_folder_ids = fields.One2many("imap.folder", compute="_compute_audit")

    @api.depends("folder_ids.audit", "folder_ids.selected", "audit_running")
    @api.depends_context("lang")
    def _compute_audit(self):
        for connection in self:
            folders = connection._audited_folders()
            report = total([folder_report(folder) for folder in folders])
            result = connection._audit_result(report)
            connection.audit_result = result
            connection.audit_summary = connection._audit_sentence(result, report)
            connection.audit_folder_ids = folders

    def _audited_folders(self):
        return self.folder_ids.filtered(lambda folder: folder.selected and folder.available)

    def _audit_result(self, report):
        if self.audit_running:
            return "running"
        if not report["finished"]:
            return "never"
        if any(folder["error"] for folder in report["folders"]):
            return "trouble"
        if report["pending"]:
            return "pending"
        return "repaired" if report["missing"] else "complete"

    def _audit_sentence(self, result, report):
        numbers = {name: f"{report[name]:,}" for name in COUNTS}
        sentences = {
            "never": self.env._("This mailbox was not checked yet."),
            "running": self.env._(
                "%(on_server)s mails were compared so far. The check goes on in the background.",
                **numbers,
            ),
            "trouble": self.env._(
                "A folder could not be checked; what was compared of the others is below."
            ),
            "pending": self.env._(
                "%(pending)s of the %(on_server)s mails on the server wait for the next syncs. "
                "All others are accounted for.",
                **numbers,
            ),
            "repaired": self.env._(
                "%(missing)s mails were missing and have been linked now. "
                "All %(on_server)s mails on the server are accounted for.",
                **numbers,
            ),
            "complete": self.env._(
                "All %(on_server)s mails on the server are accounted for.", **numbers
            ),
        }
        return sentences[result]

    # ------------------------------------------------------------------
    # what a person or a script does
    # ------------------------------------------------------------------

    def action_audit(self):
        """Compare the server's messages with what is stored, from the beginning to the end, and link what is missing.

        :return: the report: per kind how many mails (``on_server`` is the sum of ``linked``, ``skipped``,
            ``quarantined`` and ``pending``; ``missing`` are those of the linked ones that were linked by this; ``gone``
            are known and on the server no longer), ``skipped_by_rule``, ``finished``, ``complete``, and the same per
            folder under ``folders``
        :rtype: dict
        :raise UserError: with a sentence, when the server cannot be used, or the mailbox is paused or being synced
        """
        self.ensure_one()
        self.check_access("write")
        connection = self.sudo()
        connection._begin_audit()
        with visit(self) as session:
            connection._go_on_with_audit(session)
        return total([folder_report(folder) for folder in connection._audited_folders()])

    def action_open_audit(self):
        """Show the result of the last check, and make one if there is none."""
        self.ensure_one()
        if self.audit_result == "never":
            return self.action_audit_again()
        return self._open_audit()

    def action_audit_again(self):
        """Check while the person waits, for a short time; what is left goes on in the background."""
        self.ensure_one()
        self.check_access("write")
        connection = self.sudo()
        with visit(self) as session:
            if not connection.audit_running:
                connection._begin_audit()
            connection._go_on_with_audit(session, INTERACTIVE_BUDGET)
        return self._open_audit()

    def _open_audit(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Is everything there?"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("mail_imap_sync.imap_connection_view_form_audit").id, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # ------------------------------------------------------------------
    # in slices, by itself
    # ------------------------------------------------------------------

    def _begin_audit(self):
        """Begin anew; to be called with ``sudo``."""
        self.folder_ids.audit = False
        self.audit_running = True

    def _check_again(self):
        """Look at all mail once more, in the background, because other rules hold now. Whoever asked is told.

        What is stored already is not fetched again.
        """
        # one that is paused or out of reach has its turn when it goes on
        checked = self.sudo()
        for connection in checked:
            connection._begin_audit()
        checked.write({"next_audit": fields.Datetime.now(), "audit_told_id": self.env.uid})
        self.env.ref("mail_imap_sync.ir_cron_audit").sudo()._trigger()

    def _tell_audit_result(self):
        told, self.audit_told_id = self.audit_told_id, False
        if told:
            report = total([folder_report(folder) for folder in self._audited_folders()])
            lang_env = self.with_context(lang=told.lang).env
            message = lang_env._(
                "%(mailbox)s was looked through again. Mails linked: %(n)s.",
                mailbox=self.name,
                n=report["missing"],
            )
            told._bus_send(
                "simple_notification", {"type": "success", "message": message, "sticky": True}
            )

    def _go_on_with_audit(self, session, budget_seconds=None):
        """Go on with an audit; to be called with ``sudo``, and with the mailbox claimed."""
        audit = Audit(self, budget_seconds)
        audit.go(session)
        now = fields.Datetime.now()
        if audit.finished:
            self.write({"audit_running": False, "last_audit": now, "next_audit": now + EVERY})
            self._tell_audit_result()
        else:
            self.next_audit = now
            self.env.ref("mail_imap_sync.ir_cron_audit")._trigger()

    @api.model
    def _cron_audit(self):
        """Audit every mailbox whose week is over, a piece of each, the longest-waiting first."""
        ir_cron = self.env["ir.cron"]
        due = self.search(self._due_audit_domain(), order="next_audit, id")
        ir_cron._commit_progress(remaining=len(due))
        for connection in due:
            connection._audit_piece()
            if not ir_cron._commit_progress(1):
                break

    def _audit_piece(self):
        try:
            with visit(self) as session:
                if not self.audit_running:
                    self._begin_audit()
                self._go_on_with_audit(session, CRON_BUDGET)
        except UserError:
            # whatever is wrong with the mailbox is found, and said, by its syncs
            self.next_audit = fields.Datetime.now() + PATIENCE

    @api.model
    def _due_audit_domain(self):
        now = fields.Datetime.now()
        first = Domain("next_audit", "=", False) & Domain("connected_since", "<=", now - EVERY)
        return (first | Domain("next_audit", "<=", now)) & Domain(
            [("state", "=", "connected"), ("user_id.active", "=", True)]
        )


class ImapFolderAuditMixin(models.AbstractModel):
    """A folder with what the last audit found in it."""

    _name = "imap.folder.audit.mixin"
    _description = "Folder that is audited"

    # how far the audit came, and its numbers; nothing of any mail
    audit = fields.Json(readonly=True, copy=False)
    audit_on_server = fields.Integer(string="On the server", compute="_compute_audit")
    audit_linked = fields.Integer(string="In Odoo", compute="_compute_audit")
    audit_missing = fields.Integer(
        string="Were missing", compute="_compute_audit", help="Linked by the check"
    )
    audit_skipped = fields.Integer(string="Passed over", compute="_compute_audit")
    audit_quarantined = fields.Integer(string="Unreadable", compute="_compute_audit")
    audit_pending = fields.Integer(string="Not looked at", compute="_compute_audit")
    audit_gone = fields.Integer(
        string="No longer there",
        compute="_compute_audit",
        help="Deleted or moved on the server. In Odoo they stay.",
    )
    audit_note = fields.Text(string="Passed over because", compute="_compute_audit")

    @api.depends("audit")
    @api.depends_context("lang")
    def _compute_audit(self):
        for folder in self:
            report = folder_report(folder)
            for name in COUNTS:
                folder[f"audit_{name}"] = report[name]
            if report["error"] == "trouble" and folder.trouble:
                folder.audit_note = folder._trouble_text()
            elif report["error"]:
                folder.audit_note = sentence_for(self.env, report["error"])
            else:
                rules = sorted(report["skipped_by_rule"].items(), key=lambda rule: -rule[1])
                said = [f"{label(self.env, rule)}: {number:,}" for rule, number in rules]
                folder.audit_note = format_list(self.env, said, "unit") if said else False
