from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from .imap_share import LEVELS, VISIBILITIES, least, most

#: emails whose entries are brought up to date while the owner waits; the others follow in the background
AT_ONCE = 200


class ImapSharingMixin(models.AbstractModel):
    """A mailbox whose owner decides how much of its mail colleagues see."""

    _name = "imap.sharing.mixin"
    _description = "Mailbox that is shared with colleagues"

    visibility = fields.Selection(
        VISIBILITIES,
        string="Colleagues see",
        compute="_compute_visibility",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="What colleagues who may read the contact or document see of the mail of this mailbox. "
        "It holds for past mail too. You yourself always see everything.",
    )
    least_visibility = fields.Selection(
        VISIBILITIES, compute="_compute_least_visibility", help="What the company asks for"
    )
    allowed_visibilities = fields.Json(
        compute="_compute_allowed_visibilities", help="Those that the company allows"
    )
    shares_too_little = fields.Boolean(
        compute="_compute_shares_too_little", search="_search_shares_too_little"
    )
    visibility_effect = fields.Char(compute="_compute_visibility_effect")
    stubs_after = fields.Integer(
        readonly=True,
        copy=False,
        default=-1,
        help="The last share whose chatter entries follow what the mailbox shares; -1 if all do",
    )

    @api.depends("company_id")
    def _compute_visibility(self):
        for connection in self:
            company = connection.sudo().company_id
            connection.visibility = connection.visibility or company._imap_visibility_at_first()

    @api.depends("company_id.imap_least_visibility")
    def _compute_least_visibility(self):
        for connection in self:
            connection.least_visibility = connection.sudo().company_id.imap_least_visibility

    @api.depends("least_visibility")
    def _compute_allowed_visibilities(self):
        for connection in self:
            connection.allowed_visibilities = [
                level for level in LEVELS if not self._is_less(level, connection.least_visibility)
            ]

    @api.depends("visibility", "least_visibility")
    def _compute_shares_too_little(self):
        for connection in self:
            connection.shares_too_little = self._is_less(
                connection.visibility, connection.least_visibility
            )

    @api.depends("visibility")
    def _compute_visibility_effect(self):
        """Say what saving another level means for the mail that is there."""
        for connection in self:
            stored, chosen = connection._origin, connection.visibility
            changes = stored.is_own and chosen and chosen != stored.visibility
            connection.visibility_effect = changes and stored._effect_text(chosen)

    def _effect_text(self, visibility):
        changing, chosen, by_others = self.env["imap.share"].sudo()._effect(self, visibility)
        texts = [
            self.env._(
                "Emails of which colleagues see something else once you save: %(n)s.", n=changing
            )
        ]
        if chosen:
            texts.append(self.env._("Emails that stay as you chose for them: %(n)s.", n=chosen))
        if by_others:
            texts.append(
                self.env._("Emails that a colleague who has them shares: %(n)s.", n=by_others)
            )
        return " ".join(texts)

    @api.model
    def _search_shares_too_little(self, operator, _value):
        if operator != "in":
            return NotImplemented
        companies = self.env["res.company"].sudo().search([])
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("visibility", "in", LEVELS[: LEVELS.index(company.imap_least_visibility)])
            for company in companies
        )

    @api.model
    def _is_less(self, level, least):
        return bool(level and least) and LEVELS.index(level) < LEVELS.index(least)

    @api.constrains("visibility")
    def _check_visibility(self):
        for connection in self:
            if connection.shares_too_little:
                raise ValidationError(self._too_little_text())

    def _too_little_text(self):
        labels = dict(self._fields["visibility"]._description_selection(self.env))
        return self.env._(
            "Your company asks that colleagues see at least: %(level)s.",
            level=labels[self.least_visibility],
        )

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        for connection, vals in zip(connections, vals_list, strict=True):
            if "visibility" in vals:
                connection._check_may_share()
        return connections

    def write(self, vals):
        changed = self.browse()
        if "visibility" in vals:
            changed = self.filtered(lambda c: c.visibility != vals["visibility"])
            changed._check_may_share()
        if "user_id" in vals:
            # who had the mailbox before keeps the mail that came to them; it is not the next owner's to read
            released = self.filtered(lambda c: c.user_id.id != vals["user_id"])
            self.env["imap.share"].sudo()._release(released.sudo())
        result = super().write(vals)
        changed._share_again()
        return result

    def unlink(self):
        self.env["imap.share"].sudo()._release(self.sudo())
        return super().unlink()

    def _check_may_share(self):
        """Let nobody but the owner decide what colleagues see: who manages mailboxes does not read mail."""
        if not self.env.su and any(c.user_id != self.env.user for c in self):
            raise AccessError(
                self.env._("Only the owner of a mailbox decides what colleagues see of its mail.")
            )

    def _share_as_new(self):
        """Share no more than a new mailbox does: what the owner before shared was their decision."""
        for connection in self:
            at_first = connection.company_id._imap_visibility_at_first()
            level = least([connection.visibility, at_first])
            if level != connection.visibility:
                connection.visibility = level

    def action_share_least(self):
        """Share what the company asks for."""
        for connection in self.filtered("shares_too_little"):
            connection.visibility = connection.least_visibility
        return True

    # ------------------------------------------------------------------
    # entries in chatters
    # ------------------------------------------------------------------

    def _share_again(self):
        """Bring the chatter entries of all mail in line with what is shared now.

        What people may read follows at once, whatever this has done so far: see ``models/imap_stub.py``.
        """
        if not self:
            return
        self.flush_recordset(["visibility"])
        self.env["mail.message"].invalidate_model(["imap_is_visible"])
        self.env["imap.email"].invalidate_model(["is_readable"])
        connections = self.sudo()
        connections.stubs_after = 0
        for connection in connections:
            connection._share_some()
        if connections.filtered(lambda c: c.stubs_after >= 0):
            self.env.ref("mail_imap_sync.ir_cron_share").sudo()._trigger()

    def _share_some(self):
        """Bring the entries of some more emails in line."""
        shares = self.env["imap.share"].search_fetch(
            [("connection_id", "=", self.id), ("id", ">", self.stubs_after)],
            ["email_id"],
            order="id",
            limit=AT_ONCE,
        )
        shares.email_id._update_stubs()
        self.stubs_after = shares[-1].id if len(shares) == AT_ONCE else -1

    @api.model
    def _cron_share(self):
        """Go on where the time of whoever changed something was over."""
        waiting = self.search([("stubs_after", ">=", 0)])
        ir_cron = self.env["ir.cron"]
        ir_cron._commit_progress(remaining=len(waiting))
        for connection in waiting:
            while connection.stubs_after >= 0:
                connection._share_some()
                if not ir_cron._commit_progress():
                    return
            ir_cron._commit_progress(1)

    def _most_shared(self):
        """Return what these mailboxes share by themselves, together."""
        return most(self.mapped("visibility"))
