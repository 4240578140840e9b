from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..lib.errors import SyncError
from ..models import imap_oauth
from ..models.imap_connection import ACCOUNT_FIELDS
from ..models.imap_error import sentence
from ..models.imap_oauth import PROVIDERS
from ..models.imap_period import PERIODS, period_start, up_to


class ImapConnect(models.TransientModel):
    """Connect a mailbox in two steps: the account, then folders and period.

    The connection is made when the server has accepted the sign-in; its folders are those of the second step.
    """

    _name = "imap.connect"
    _inherit = ["imap.secret.mixin", "imap.oauth", "imap.connect.server"]
    _description = "Connect a mailbox"

    step = fields.Selection(
        [("account", "Account"), ("folders", "Folders")], required=True, default="account"
    )
    user_id = fields.Many2one(
        "res.users", string="Owner", required=True, default=lambda self: self.env.user
    )
    connection_id = fields.Many2one("imap.connection", ondelete="cascade")
    name = fields.Char(string="Name of the mailbox")
    email = fields.Char(required=True, default=lambda self: self.env.user.email)
    auth = fields.Selection(
        [("password", "Password"), *PROVIDERS], string="Sign-in", required=True, default="password"
    )
    again = fields.Boolean(compute="_compute_again", help="A mailbox that was connected before")
    shows_account = fields.Boolean(help="Show server and login, too")
    # where the last attempt failed, and why: shown under the field that it belongs to
    error_field = fields.Char(readonly=True)
    error_message = fields.Char(readonly=True)
    error_detail = fields.Char(readonly=True, groups="mail_imap_sync.group_manager")
    # second step
    folder_ids = fields.One2many(
        related="connection_id.folder_ids", related_sudo=False, readonly=False
    )
    contact_policy = fields.Selection(
        related="connection_id.contact_policy", related_sudo=False, readonly=False
    )
    may_create_contacts = fields.Boolean(
        related="connection_id.may_create_contacts", related_sudo=False
    )
    visibility = fields.Selection(
        related="connection_id.visibility", related_sudo=False, readonly=False
    )
    is_own = fields.Boolean(related="connection_id.is_own", related_sudo=False)
    allowed_policies = fields.Json(related="connection_id.allowed_policies", related_sudo=False)
    allowed_visibilities = fields.Json(
        related="connection_id.allowed_visibilities", related_sudo=False
    )
    period = fields.Selection(
        PERIODS,
        string="How far back",
        required=True,
        compute="_compute_period",
        store=True,
        readonly=False,
        precompute=True,
    )
    allowed_periods = fields.Json(
        compute="_compute_allowed_periods", help="Those that the company allows"
    )

    @api.constrains("connection_id")
    def _check_connection(self):
        """Tell nobody of a mailbox that they may not read: what is read for one field is in the cache for all."""
        self.connection_id.sudo(False).check_access("read")

    @api.depends("connection_id")
    def _compute_again(self):
        for wizard in self:
            wizard.again = bool(wizard.connection_id.connected_since)

    @api.depends("user_id")
    def _compute_period(self):
        for wizard in self:
            wizard.period = wizard._company()._imap_period_at_first()

    @api.depends("user_id", "connection_id")
    def _compute_allowed_periods(self):
        for wizard in self:
            wizard.allowed_periods = up_to(wizard._company().imap_longest_period)

    def _company(self):
        """Return the company whose rules hold for the mailbox."""
        # sudo: res.company - the rules of that of somebody else, whose mailbox is set up
        return (self.connection_id.company_id or self.user_id.company_id).sudo()

    # ------------------------------------------------------------------
    # opening
    # ------------------------------------------------------------------

    @api.model
    def _open_new(self, user):
        """Return the action that connects a new mailbox of a user."""
        return self.create({"user_id": user.id, "email": user.email or ""})._show()

    @api.model
    def _open_for(self, connection):
        """Return the action that finishes the set-up of a mailbox, or signs in to it again."""
        return self.create(
            {
                **{name: connection[name] for name in self._account_fields()},
                "user_id": connection.user_id.id,
                "connection_id": connection.id,
                "step": "folders"
                if connection.state == "draft" and connection.folder_ids
                else "account",
            }
        )._show()

    @api.model
    def _open_last(self):
        """Return the action that goes on where the user left for the page of a provider."""
        last = self.search([("create_uid", "=", self.env.uid)], order="id desc", limit=1)
        return self._above_preferences(last._show() if last else self._open_new(self.env.user))

    @api.model
    def _open_sign_in_again(self):
        """Return the action for a mailbox of the user that waits for them, where a notice leads to."""
        waiting = self.env["imap.connection"].search(
            [("user_id", "=", self.env.uid), ("state", "=", "error"), ("next_sync", "=", False)],
            limit=1,
        )
        return self._above_preferences(self._open_for(waiting) if waiting else False)

    @api.model
    def _above_preferences(self, form):
        """Return the action that opens a form, so that there is something behind it."""
        preferences = self.env["ir.actions.act_window"]._for_xml_id("base.action_res_users_my")
        return {
            "type": "ir.actions.client",
            "tag": "mail_imap_sync.above_preferences",
            "params": {
                "preferences": {**preferences, "res_id": self.env.uid, "target": "current"},
                "form": form,
            },
        }

    def _show(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sign in again") if self.again else self.env._("Connect a mailbox"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "medium"},
        }

    # ------------------------------------------------------------------
    # steps
    # ------------------------------------------------------------------

    def action_sign_in(self):
        """Try the account; on success go on to the folders, else say on the field what to do."""
        self.ensure_one()
        self.write({"error_field": False, "error_message": False})
        self.sudo().error_detail = False
        if not email_normalize(self.email):
            return self._fail("email", self.env._("This is not an email address."))
        self._tidy_server()
        stop = self._find_server() or self._check_sign_in()
        if stop:
            return stop
        if not self._knows_password():
            return self._fail("password", self.env._("Type the password of the mailbox."))
        if twin := self._twin():
            return self._fail("email", twin._connected_text())
        try:
            with self.env.cr.savepoint():
                connection = self._connection()
                connection._fetch_folders()
        except SyncError as error:
            self.sudo().error_detail = error.detail
            return self._fail(error.field or "host", sentence(self.env, error, self.host))
        # the connection has the password now
        self.sudo().secret = False
        self.write({"connection_id": connection.id, "step": "folders"})
        if connection.connected_since:
            # signing in again: folders and period are chosen already, and sync goes on where it stopped
            return self._started(connection)
        return self._show()

    def action_sign_in_at_google(self):
        """Go to Google's own page, which comes back with tokens."""
        return self._sign_in_at("google")

    def action_sign_in_at_microsoft(self):
        """Go to Microsoft's own page, which comes back with tokens."""
        return self._sign_in_at("microsoft")

    def action_show_account(self):
        """Let the server be changed, too."""
        self.ensure_one()
        self.shows_account = True
        return self._show()

    def action_use_password(self):
        """Sign in with a password instead."""
        self.ensure_one()
        self.sudo().secret = False
        self.write({"auth": "password", "host": False, "guessed_host": False, "error_field": False})
        self._compute_host()
        return self._show()

    def _sign_in_at(self, provider):
        self.ensure_one()
        self.write(
            {
                "auth": provider,
                "host": imap_oauth.HOSTS[provider],
                "port": imap_oauth.PORT,
                "security": "ssl",
                "login": self.email,
                "error_field": False,
                "error_message": False,
            }
        )
        if not email_normalize(self.email):
            return self._fail("email", self.env._("This is not an email address."))
        return self._open_provider(provider)

    def _signed_in_at(self, provider, tokens):
        """Go on with what a provider gave out, if it is for the address that was typed.

        :param str provider: google or microsoft
        :param Tokens tokens: of the account that the person chose there, which may be another one of theirs
        """
        address = self._address_of(provider, tokens)
        if not address:
            return self._fail(
                "email", self.env._("The provider does not say whose account it is. Try again.")
            )
        if address != email_normalize(self.email):
            return self._fail(
                "email",
                self.env._(
                    "You signed in as %(other)s, but this mailbox is %(email)s. Choose the other account there, "
                    "or change the address here.",
                    other=address,
                    email=self.email,
                ),
            )
        self.auth = provider
        self.sudo().secret = self._encrypted(tokens.dump())
        return self.action_sign_in()

    def _fail(self, field, message):
        self.write({"error_field": field, "error_message": message})
        return self._show()

    def _twin(self):
        """Return another connection to the same mailbox; a set-up that was not finished is gone on with instead."""
        connections = self.env["imap.connection"]
        twins = connections._connected_as(self.user_id, self.host, self.login) - self.connection_id
        if not self.connection_id and twins[:1].state == "draft":
            self.connection_id = twins[0]
            return twins[1:2]
        return twins[:1]

    def _knows_password(self):
        """Say whether a password was typed, or is stored for exactly this account."""
        connection = self.connection_id
        same_account = all(self[name] == connection[name] for name in ACCOUNT_FIELDS)
        return self.has_password or (connection.has_password and same_account)

    @api.model
    def _account_fields(self):
        return ("name", "email", *ACCOUNT_FIELDS)

    def _connection(self):
        """Return the connection of this wizard with the account that was typed, made if need be."""
        values = {name: self[name] for name in self._account_fields()}
        values.update(user_id=self.user_id.id, name=self.name or self.email)
        connection = self.connection_id
        if connection:
            connection.write(values)
        else:
            company = self.user_id.company_id
            connection = self.env["imap.connection"].create({**values, "company_id": company.id})
        secret = self.sudo().secret
        if secret:
            connection.sudo().secret = secret
        return connection

    def action_back(self):
        """Go back to the account."""
        self.ensure_one()
        self.step = "account"
        return self._show()

    def action_start(self):
        """Start syncing the chosen folders."""
        self.ensure_one()
        connection = self.connection_id
        if not connection.folder_ids.filtered("selected"):
            raise UserError(self.env._("Choose at least one folder."))
        connection.write({"sync_since": period_start(self.period), "name": self.name or self.email})
        return self._started(connection)

    def action_look_first(self):
        """Look into the chosen folders before anything is synced."""
        self.ensure_one()
        connection = self.connection_id
        connection.name = self.name or self.email
        period = "1" if self.period == "now" else self.period
        # what was looked at before may have been another period, or other folders
        self.env["imap.backfill"]._of(connection).unlink()
        return self.env["imap.backfill"]._of(connection, period=period).action_look()

    def _started(self, connection):
        """Start the sync, say so, and close the wizard."""
        connection._start()
        message = self.env._(
            "%(email)s is connected. Mail with your contacts appears in their chatter within a minute.",
            email=connection.email,
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
