from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list, human_size

from ..models.imap_contact_policy import POLICIES
from ..models.imap_period import PERIODS, longest, period_start, up_to
from ..models.imap_schedule import ACTIVE_STATES
from ..models.imap_survey import EXAMPLES

#: seconds that copying takes, about: for each mail, for each of its bytes, for each new contact
PER_MAIL, PER_BYTE, PER_CONTACT = 0.02, 1e-6, 0.03


class ImapBackfill(models.TransientModel):
    """Look into the past of a mailbox, choose who is to become a contact, and read it.

    Only the owner of the mailbox sees what was found. It is forgotten when reading begins, when the owner throws it
    away, or after a day.
    """

    _name = "imap.backfill"
    _inherit = "imap.backfill.job"
    _description = "Create contacts and read past mail"
    _transient_max_hours = 24
    _transient_max_count = 0

    connection_id = fields.Many2one(
        "imap.connection", string="Mailbox", required=True, readonly=True, ondelete="cascade"
    )
    step = fields.Selection(
        [
            ("choose", "What"),
            ("looking", "Looking"),
            ("found", "Found"),
            ("creating", "Creating contacts"),
            ("running", "Reading"),
        ],
        required=True,
        default="choose",
        readonly=True,
    )
    period = fields.Selection(PERIODS[1:], string="How far back", required=True, default="2")
    allowed_periods = fields.Json(
        compute="_compute_allowed_periods",
        help="Those that the company allows, and those that the mailbox reads already",
    )
    since = fields.Datetime(readonly=True)
    contact_policy = fields.Selection(
        POLICIES, string="From now on, create contacts", required=True, default="none"
    )
    allowed_policies = fields.Json(related="connection_id.allowed_policies", related_sudo=False)
    may_create_contacts = fields.Boolean(
        related="connection_id.may_create_contacts", related_sudo=False
    )
    folder_ids = fields.One2many("imap.backfill.folder", "backfill_id", string="Folders")
    looked_folder_ids = fields.One2many("imap.backfill.folder", compute="_compute_found")
    person_ids = fields.One2many("imap.backfill.person", "backfill_id", string="People")
    looked = fields.Boolean(readonly=True, help="People were looked for")
    stopped = fields.Boolean(readonly=True, help="Not all mails were looked at")
    cut = fields.Boolean(readonly=True, help="More people were found than are kept")
    # what was found, in words
    mails_found = fields.Char(compute="_compute_found")
    examples = fields.Char(compute="_compute_found")
    people_found = fields.Char(compute="_compute_found")
    estimate = fields.Char(compute="_compute_found")
    chosen_count = fields.Integer(compute="_compute_found")

    @api.constrains("connection_id")
    def _check_own(self):
        for backfill in self:
            # sudo: imap.connection - whose it is
            if backfill.connection_id.sudo().user_id != self.env.user:
                raise AccessError(self.env._("Only the owner of a mailbox looks into it."))

    @api.depends("connection_id")
    def _compute_allowed_periods(self):
        for backfill in self:
            read = self._period_of(backfill.connection_id)
            backfill.allowed_periods = up_to(longest(read, backfill._longest_period()))

    def _longest_period(self):
        # sudo: res.company - what it allows
        return self.connection_id.company_id.sudo().imap_longest_period

    # ------------------------------------------------------------------
    # opening
    # ------------------------------------------------------------------

    @api.model
    def _open(self, connection):
        """Return the action that opens this for a mailbox, at the point where it was left."""
        return self._of(connection)._show()

    @api.model
    def _of(self, connection, **values):
        """Return the wizard for a mailbox: the one that was left, or a new one."""
        connection.ensure_one()
        left = self._last(connection)
        if left.step in ("choose", "running"):
            left.unlink()
            left = self.browse()
        return left or self.create(
            {
                "connection_id": connection.id,
                "period": self._period_of(connection),
                "contact_policy": connection.contact_policy,
                "folder_ids": [
                    (0, 0, {"folder_id": folder.id, "selected": folder.selected})
                    for folder in connection.folder_ids
                    if folder.available and not folder.trouble
                ],
                **values,
            }
        )

    @api.model
    def _last(self, connection):
        """Return the last wizard for a mailbox that the user opened, if there is one."""
        return self.search(
            [("connection_id", "=", connection.id), ("create_uid", "=", self.env.uid)],
            order="id desc",
            limit=1,
        )

    @api.model
    def _left(self, connection):
        """Return the wizard that was left while it works, or with what it found; or nothing."""
        last = self._last(connection)
        busy = last.step in ("looking", "found", "creating") and not last.error_message
        return last if busy else self.browse()

    @api.model
    def _period_of(self, connection):
        """Return the shortest period that holds what the mailbox syncs already."""
        since = connection.sync_since
        if not since:
            return "all"
        now = fields.Datetime.now() - relativedelta(days=1)
        months = (int(key) for key, _label in PERIODS if key.isdigit())
        return next((str(n) for n in months if now - relativedelta(months=n) <= since), "all")

    def _show(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Contacts and past mail of %(mailbox)s", mailbox=self.connection_id.email
            ),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "large"},
        }

    # ------------------------------------------------------------------
    # steps
    # ------------------------------------------------------------------

    def action_look(self):
        """Look at the headers, and nothing else; small mailboxes while the person waits."""
        self.ensure_one()
        self._check_ready()
        self._forget_what_was_found()
        self.write({"step": "looking", "since": self._wanted_since(), "looked": True})
        self._go_on_soon()
        return self._show()

    def action_stop_looking(self):
        """Look no further; what was found so far can be used."""
        self.ensure_one()
        self._check_own()
        if self.step == "looking":
            self.stopped = True
            self._finish_looking()
        return self._show()

    def action_back(self):
        """Choose another period or other folders."""
        self.ensure_one()
        self._check_own()
        self._forget_what_was_found()
        self.write({"step": "choose", "looked": False})
        return self._show()

    def action_discard(self):
        """Forget everything that was found."""
        self._check_own()
        self.unlink()
        return {"type": "ir.actions.act_window_close"}

    def action_open_people(self):
        """Show the people who were found, to choose among them."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("People in %(mailbox)s", mailbox=self.connection_id.email),
            "res_model": "imap.backfill.person",
            "views": [(False, "list")],
            "domain": [("backfill_id", "=", self.id)],
            "context": {"imap_backfill_id": self.id},
            "target": "current",
        }

    def action_start(self):
        """Create the contacts that were chosen, then read the past mail; both in the background."""
        self.ensure_one()
        self._check_ready()
        chosen = self.person_ids.filtered("selected")
        if chosen and not self.may_create_contacts:
            raise UserError(
                self.env._(
                    "You may not create contacts. Somebody who manages users can give you the right, or leave out "
                    "everybody and start without."
                )
            )
        # sudo: imap.backfill.person - of this wizard, which is the user's own
        (self.person_ids - chosen).sudo().unlink()
        self.write(
            {
                "step": "creating",
                "since": self.since or self._wanted_since(),
                "total": len(chosen),
                "done": 0,
            }
        )
        self._go_on_soon()
        return self._started() if self.step == "running" else self._show()

    def action_open_mailbox(self):
        """Show the mailbox, where its past mail can be watched, paused and stopped."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "imap.connection",
            "res_id": self.connection_id.id,
            "views": [(False, "form")],
            # no way back to the people, who are forgotten by now
            "target": "main",
        }

    def _started(self):
        """Say that past mail is being read, and show the mailbox."""
        message = self.env._(
            "The past mail of %(mailbox)s is being read.", mailbox=self.connection_id.email
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": message, "next": self.action_open_mailbox()},
        }

    def _check_ready(self):
        self._check_own()
        connection = self.connection_id
        if connection.state not in ("draft", *ACTIVE_STATES):
            raise UserError(self.env._("This mailbox is not connected. Resume it first."))
        if not self.folder_ids.filtered("selected"):
            raise UserError(self.env._("Choose at least one folder."))
        connection._going_further_back(self._wanted_since())._check_period(self._wanted_since())

    def _wanted_since(self):
        """Return from when on mail is wanted (naive UTC), False: everything."""
        if self.period == self._period_of(self.connection_id) and self.period not in up_to(
            self._longest_period()
        ):
            # the company allows no more than what is read already
            return self.connection_id.sync_since
        return period_start(self.period)

    def _forget_what_was_found(self):
        # sudo: imap.backfill.folder, imap.backfill.person - of this wizard, which is the user's own
        self.sudo().person_ids.unlink()
        self.sudo().folder_ids._forget()
        self.write(self._nothing_done() | {"stopped": False, "cut": False})

    # ------------------------------------------------------------------
    # in words
    # ------------------------------------------------------------------

    @api.depends("step", "folder_ids.seen", "folder_ids.selected", "person_ids.selected")
    @api.depends_context("lang")
    def _compute_found(self):
        for backfill in self:
            folders, people = backfill.folder_ids.filtered("selected"), backfill.person_ids
            backfill.looked_folder_ids = folders
            chosen = people.filtered("selected")
            linked, missing = sum(folders.mapped("linked")), sum(folders.mapped("missing"))
            backfill.chosen_count = len(chosen)
            backfill.mails_found = self.env._(
                "%(linked)s of %(seen)s mails are with your contacts. %(there)s of them are in Odoo already.",
                linked=f"{linked:,}",
                seen=f"{sum(folders.mapped('seen')):,}",
                there=f"{linked - missing:,}",
            )
            named = [example for folder in folders for example in folder.examples or []]
            backfill.examples = backfill._for_example(named[:EXAMPLES])
            backfill.people_found = self.env._(
                "%(people)s people are no contacts yet. %(chosen)s of them are chosen.",
                people=f"{len(people):,}",
                chosen=f"{len(chosen):,}",
            )
            mails = missing + sum(chosen.mapped("mails"))
            size = sum(folders.mapped("size")) + sum(chosen.mapped("size"))
            seconds = backfill.seconds + mails * PER_MAIL + size * PER_BYTE
            backfill.estimate = self.env._(
                "Mails to be copied: about %(mails)s (%(size)s). Time: %(time)s.",
                mails=f"{mails:,}",
                size=human_size(size) or 0,
                time=self._duration(seconds + len(chosen) * PER_CONTACT),
            )

    @api.model
    def _for_example(self, named):
        quoted = [
            self.env._("“%(subject)s” by %(author)s", subject=subject, author=author)
            for author, subject in named
        ]
        if not quoted:
            return False
        return self.env._("For example: %(mails)s", mails=format_list(self.env, quoted, "unit"))

    @api.model
    def _duration(self, seconds):
        if seconds < 90:
            return self.env._("about a minute")
        if seconds < 90 * 60:
            return self.env._("about %(minutes)s minutes", minutes=round(seconds / 60))
        return self.env._("about %(hours)s hours", hours=round(seconds / 3600))
