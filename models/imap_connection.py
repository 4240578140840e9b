from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize

from ..lib.account import Account, NetworkPolicy, Security
from ..lib.errors import OwnerArchived, OwnerNotPermitted, PasswordMissing, SyncError
from ..lib.providers import by_host
from ..lib.session import Session
from . import imap_schedule
from .imap_error import sentence
from .imap_numbers import CONNECTIONS_PER_HOST, USUAL_CONNECTIONS
from .imap_schedule import ACTIVE_STATES

DEFAULT_PORTS = {"ssl": 993, "starttls": 143, "none": 143}
#: where a password goes
ACCOUNT_FIELDS = ("host", "port", "security", "login", "auth")
#: how long somebody who pressed "Sync now" waits at most; the rest is done in the background
INTERACTIVE_BUDGET = 15


class ImapConnection(models.Model):
    _name = "imap.connection"
    _inherit = [
        "imap.owner.mixin",
        "imap.account.mixin",
        "imap.secret.mixin",
        "imap.background.mixin",
        "imap.quarantine.mixin",
        "imap.rules.mixin",
        "imap.audit.mixin",
        "imap.lookup.mixin",
        "imap.progress.mixin",
        "imap.contact.policy.mixin",
        "imap.period.mixin",
        "imap.sharing.mixin",
        "imap.sign.in.again.mixin",
        "imap.backfill.mixin",
        "imap.run.mixin",
        "imap.silence.mixin",
        "imap.health.mixin",
        "imap.hidden.name.mixin",
    ]
    _description = "Connected mailbox"
    _order = "user_id, email, id"

    name = fields.Char(compute="_compute_name", store=True, readonly=False, precompute=True)
    email = fields.Char(required=True, help="The address of the mailbox")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    host = fields.Char(string="Server", required=True)
    port = fields.Integer(compute="_compute_port", store=True, readonly=False, precompute=True)
    security = fields.Selection(
        [("ssl", "SSL/TLS"), ("starttls", "STARTTLS"), ("none", "None")],
        required=True,
        default="ssl",
    )
    login = fields.Char(compute="_compute_login", store=True, readonly=False, precompute=True)
    auth = fields.Selection(
        [("password", "Password")], string="Sign-in", required=True, default="password"
    )
    state = fields.Selection(
        [
            ("draft", "Not started"),
            ("connected", "Connected"),
            ("paused", "Paused"),
            ("error", "Needs attention"),
            ("disconnected", "Disconnected"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    error_code = fields.Char(readonly=True, copy=False)
    error_message = fields.Char(string="Problem", readonly=True, copy=False)
    failures = fields.Integer(readonly=True, copy=False, help="Failed runs in a row")
    connected_since = fields.Datetime(readonly=True, copy=False)
    last_success = fields.Datetime(string="Last sync", readonly=True, copy=False)
    next_sync = fields.Datetime(
        string="Next sync", readonly=True, copy=False, index="btree_not_null"
    )
    folder_ids = fields.One2many("imap.folder", "connection_id", string="Folders")

    _owner_mailbox_unique = models.UniqueIndex(
        "(user_id, lower(email), lower(host))",
        "This mailbox is already connected.",
    )

    @api.depends("email")
    def _compute_name(self):
        for connection in self:
            connection.name = connection.name or connection.email

    @api.depends("email")
    def _compute_login(self):
        for connection in self:
            connection.login = connection.login or connection.email

    @api.depends("security")
    def _compute_port(self):
        for connection in self:
            if not connection.port or connection.port in DEFAULT_PORTS.values():
                connection.port = DEFAULT_PORTS[connection.security]

    @api.constrains("email")
    def _check_email(self):
        for connection in self:
            if not email_normalize(connection.email):
                raise ValidationError(
                    self.env._("“%(email)s” is not an email address.", email=connection.email)
                )

    def write(self, vals):
        earlier = self.browse()
        if "sync_since" in vals:
            earlier = self._going_further_back(fields.Datetime.to_datetime(vals["sync_since"]))
        moved = self.browse()
        if not vals.get("password"):
            moved = self.filtered(
                lambda c: any(name in vals and vals[name] != c[name] for name in ACCOUNT_FIELDS)
            )
        result = super().write(vals)
        # a password goes to the server that it was typed for and nowhere else: else whoever may change the
        # host could have it sent to one of their own
        moved._forget_password()
        # a longer period: look at the past again, mail that is stored already is passed over by its UID
        earlier.sudo().folder_ids._restart_backfill()
        if vals.get("password"):
            self.filtered(lambda c: c.state == "error")._schedule()
        return result

    def _forget_password(self):
        self.sudo().secret = False
        for connection in self.sudo().filtered(lambda c: c.state in ACTIVE_STATES):
            connection._record_failure(PasswordMissing("the account was changed"))

    # ------------------------------------------------------------------
    # what a person or a script does with a mailbox
    # ------------------------------------------------------------------

    def action_connect(self):
        """Log in, fetch the folder list, and start syncing.

        :raise UserError: with a sentence and the next step, when the server cannot be used
        """
        for connection in self:
            try:
                connection._fetch_folders()
            except SyncError as error:
                raise UserError(sentence(self.env, error, connection.host)) from None
            connection._start()
        return True

    def action_sync_now(self):
        """Sync while the person waits, for a short time; what is left goes on in the background.

        :return: a notification for the client that says what was found
        """
        self.check_access("write")
        linked, busy = 0, False
        for connection in self:
            if connection.state == "draft":
                raise UserError(self.env._("Connect this mailbox first."))
            if connection.state in ("paused", "disconnected"):
                raise UserError(self.env._("This mailbox is not connected. Resume it first."))
            result = connection._sync(budget_seconds=INTERACTIVE_BUDGET)
            linked += result["linked"]
            busy |= result["busy"]
        failed = self.filtered(lambda c: c.state == "error")
        if failed:
            message, kind = failed[0].error_message, "danger"
        elif busy:
            message, kind = self.env._("This mailbox is being synced at this moment."), "info"
        elif any(self.mapped("backlog_count")):
            message, kind = self.env._("%(n)s mails linked so far, going on…", n=linked), "info"
        else:
            message, kind = self.env._("Up to date. New mails linked: %(n)s", n=linked), "success"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": kind,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_pause(self):
        """Stop syncing; everything is kept and resuming goes on where it stopped."""
        self.filtered(lambda c: c.state in ACTIVE_STATES)._stop("paused")
        return True

    def action_resume(self):
        """Go on where pausing stopped; a disconnected mailbox asks for its password first."""
        for connection in self.filtered(lambda c: c.state in ("paused", "disconnected")):
            if not connection.has_password:
                raise UserError(
                    self.env._("Type the password of this mailbox first, then connect.")
                )
            if not connection.user_id.active:
                raise UserError(sentence(self.env, OwnerArchived()))
            if not connection.sudo()._owner_may_connect():
                raise UserError(sentence(self.env, OwnerNotPermitted()))
            connection._schedule()
        return True

    def action_disconnect(self):
        """Stop syncing and forget the password; mail that is in Odoo stays."""
        self._stop("disconnected")
        self.sudo().secret = False
        return True

    def action_open_setup(self):
        """Open the set-up of a mailbox whose set-up was not finished, or what its owner looks at instead."""
        self.ensure_one()
        return self._open_look() or self.env["imap.connect"]._open_for(self)

    # ------------------------------------------------------------------
    # connecting
    # ------------------------------------------------------------------

    @api.model
    def _network_policy(self):
        """Return what the administrator allows (system parameters, lists separated by commas)."""
        get_param = self.env["ir.config_parameter"].sudo().get_param
        hosts = get_param("mail_imap_sync.allowed_hosts") or ""
        return NetworkPolicy(
            allowed_hosts=frozenset(h.strip().lower() for h in hosts.split(",") if h.strip()),
            ca_file=get_param("mail_imap_sync.ca_file") or None,
        )

    def _host_limit(self):
        """Return how many mailboxes of this one's server may be synced at the same time.

        What an administrator wants (a system parameter), else what the provider is known for.
        """
        provider = by_host(self.host or "")
        known = provider and provider.connections
        return CONNECTIONS_PER_HOST.value(self.env) or known or USUAL_CONNECTIONS

    def _session(self):
        """Return a session for this mailbox, not yet opened.

        :raise SecretUnreadable: the key was lost or changed
        """
        self.ensure_one()
        return Session(
            Account(
                host=self.host.strip(),
                port=self.port,
                security=Security(self.security),
                login=self.login,
                policy=self._network_policy(),
                **self._credentials(),
            )
        )

    def _credentials(self):
        """Return what to sign in with, as :class:`Account` takes it."""
        return {"secret": self._decrypted_secret()}

    def _start(self):
        """Begin (or begin again) to sync by the schedule."""
        for connection in self:
            connection.sudo().connected_since = connection.connected_since or fields.Datetime.now()
        self._schedule()

    def _schedule(self):
        """Let the scheduled action take these mailboxes as soon as possible."""
        self.sudo().write(
            {
                "state": "connected",
                "next_sync": fields.Datetime.now(),
                **self._problem(),
            }
        )
        imap_schedule.wake(self.env)

    def _stop(self, state, error=None):
        """Let nobody take these mailboxes.

        :param str state: what they are from now on
        :param error: why, as a :class:`~..lib.errors.SyncError`; None: because somebody wants it so
        """
        for connection in self:
            connection.write({"state": state, "next_sync": False, **connection._problem(error)})

    def _problem(self, error=None):
        """Return the values that say what is wrong with this mailbox, in the language of its owner."""
        if not error:
            return {"failures": 0, "error_code": False, "error_message": False}
        env = self.with_context(lang=self.user_id.lang).env
        return {"error_code": error.code, "error_message": sentence(env, error, self.host)}
