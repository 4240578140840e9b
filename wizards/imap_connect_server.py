"""Where a mailbox is: found by its address, and open to be changed."""

from odoo import api, fields, models
from odoo.tools import email_normalize

from ..lib import discovery
from ..lib.discovery import Source
from ..lib.discovery.host_names import domain_of
from ..lib.network import read_server
from ..lib.providers import by_host
from ..models.imap_connection import DEFAULT_PORTS
from ..models.imap_error import sentence
from ..models.imap_provider import advice, by_page_only, takes_passwords


class ImapConnectServer(models.AbstractModel):
    """A form that knows the server of an address: of large providers at once, of others by asking their domain.

    What was found follows the address; what somebody typed stays.
    """

    _name = "imap.connect.server"
    _description = "Server of a mailbox"

    host = fields.Char(string="Server", compute="_compute_host", store=True, readonly=False)
    security = fields.Selection(
        [("ssl", "SSL/TLS"), ("starttls", "STARTTLS"), ("none", "None")],
        compute="_compute_security",
        store=True,
        readonly=False,
    )
    port = fields.Integer(compute="_compute_port", store=True, readonly=False)
    login = fields.Char(compute="_compute_login", store=True, readonly=False)
    # what was filled in: the form sends it back, so that it is told from what somebody typed
    guessed_host = fields.Char(compute="_compute_host", store=True, readonly=False)
    guessed_login = fields.Char(compute="_compute_login", store=True, readonly=False)
    # for which domain the server was found by asking, and how
    found_domain = fields.Char(readonly=True)
    found_by = fields.Char(readonly=True)
    server_text = fields.Char(compute="_compute_server_text")
    advice = fields.Html(compute="_compute_advice", sanitize=False)
    offers_google = fields.Boolean(compute="_compute_offers")
    offers_microsoft = fields.Boolean(compute="_compute_offers")

    # ------------------------------------------------------------------
    # what follows the address
    # ------------------------------------------------------------------

    @api.depends("email")
    def _compute_host(self):
        for wizard in self:
            if wizard.host in (False, wizard.guessed_host):
                known = discovery.known(wizard._address())
                wizard.host = wizard.guessed_host = known and known.host

    @api.depends("email")
    def _compute_security(self):
        for wizard in self:
            known = wizard._known_server()
            if known or not wizard.host or not wizard.security:
                wizard.security = known.security.value if known else "ssl"

    @api.depends("security")
    def _compute_port(self):
        for wizard in self:
            usual = not wizard.port or wizard.port in DEFAULT_PORTS.values()
            if usual or not wizard.host or wizard._known_server():
                wizard.port = DEFAULT_PORTS[wizard.security or "ssl"]

    @api.depends("email")
    def _compute_login(self):
        for wizard in self:
            if wizard.login in (False, wizard.guessed_login):
                known = discovery.known(wizard._address())
                wizard.login = wizard.guessed_login = known.login if known else wizard.email

    def _address(self):
        """Return what was typed as the address, as far as it is one."""
        return email_normalize(self.email or "") or ""

    def _known_server(self):
        """Return what is known of the server of the address, if it is the one that is to be used."""
        known = discovery.known(self._address())
        return known if known and known.host and known.host == self.host else None

    def _provider(self):
        """Return the provider of the mailbox, if it is a known one."""
        if self.host:
            return by_host(self.host)
        known = discovery.known(self._address())
        return known and known.provider

    # ------------------------------------------------------------------
    # what the person reads
    # ------------------------------------------------------------------

    @api.depends("email", "host", "guessed_host", "found_domain", "found_by")
    def _compute_server_text(self):
        for wizard in self:
            wizard.server_text = wizard._server_text()

    def _server_text(self):
        """Return the server and where it is known from, in one line."""
        domain = domain_of(self._address())
        if not self.host:
            if self._provider():
                return self.env._("None that Odoo can reach.")
            return self.env._("Odoo looks for it when you sign in.") if domain else False
        if self._known_server():
            return self.env._("%(host)s, found for %(domain)s", host=self.host, domain=domain)
        if (self.host, domain) != (self.guessed_host, self.found_domain):
            return self.host
        names = {"host": self.host, "domain": domain}
        texts = {
            Source.EXCHANGER.value: self.env._("%(host)s, where %(domain)s has its mail", **names),
            Source.DNS.value: self.env._("%(host)s, by DNS of %(domain)s", **names),
            Source.SETTINGS.value: self.env._(
                "%(host)s, by the settings that %(domain)s publishes", **names
            ),
            Source.ANSWER.value: self.env._("%(host)s, which answers for %(domain)s", **names),
        }
        return texts.get(self.found_by, self.host)

    @api.depends("user_id", "email", "host", "offers_microsoft")
    def _compute_advice(self):
        for wizard in self:
            provider = wizard._provider()
            wizard.advice = provider and advice(
                self.env, provider, wizard.offers_microsoft, wizard._other_owner()
            )

    @api.depends("user_id", "email", "host")
    def _compute_offers(self):
        for wizard in self:
            wizard.offers_google = wizard._offers("google")
            wizard.offers_microsoft = wizard._offers("microsoft")

    def _other_owner(self):
        """Return the name of the owner, if that is somebody else than the person who fills in the form."""
        return self.user_id.name if self.user_id != self.env.user else None

    def _offers(self, page):
        """Say whether the sign-in page of a provider is of use here."""
        provider = self._provider()
        # nobody consents for somebody else
        is_own = self.user_id == self.env.user
        return is_own and (not provider or page in provider.sign_in) and self._has_provider(page)

    # ------------------------------------------------------------------
    # asking the domain
    # ------------------------------------------------------------------

    def _find_server(self):
        """Look for the server, unless there is one.

        :return: the form that says what to do, if no server was found or a person has to look at it
        """
        if self.host:
            return None
        outcome = discovery.find(self._address(), self.env["imap.connection"]._network_policy())
        if not outcome.found:
            return self._tell_not_found(outcome)
        if not outcome.found.host:
            return self._fail("email", self.env._("Odoo cannot read the mail of this provider."))
        self._take(outcome.found)
        if outcome.found.elsewhere:
            self.shows_account = True
            return self._fail(
                "host",
                self.env._(
                    "DNS of %(domain)s names this server, which belongs to somebody else. If it is your provider’s, "
                    "sign in; your password goes there.",
                    domain=self.found_domain,
                ),
            )
        return None

    def _tidy_server(self):
        """Take the server as it was meant: with a port behind it, or as the address of a page."""
        name, port = read_server(self.host or "")
        if name != (self.host or ""):
            self.write({"host": name, **({"port": port} if port else {})})

    def _take(self, found):
        """Fill in what was found."""
        values = {
            "host": found.host,
            "port": found.port,
            "security": found.security.value,
            "guessed_host": found.host,
            "found_domain": domain_of(self._address()),
            "found_by": found.source.value,
        }
        if self.login in (False, self.guessed_login):
            values["login"] = values["guessed_login"] = found.login
        self.write(values)

    def _tell_not_found(self, outcome):
        """Return the form that says why there is no server."""
        domain = domain_of(self._address())
        if outcome.failure:
            self.write({"host": outcome.likely, "guessed_host": outcome.likely})
            self.sudo().error_detail = outcome.failure.detail
            return self._fail(outcome.failure.field, sentence(self.env, outcome.failure))
        if outcome.refused:
            message = self.env._(
                "%(domain)s says that its mail cannot be read by IMAP. Ask your provider, or type the name of the "
                "server.",
                domain=domain,
            )
        else:
            message = self.env._(
                "No mail server was found for %(domain)s. Type its name, for example imap.example.com: the help of "
                "your provider has it, or your administrator.",
                domain=domain,
            )
        return self._fail("host", message)

    def _check_sign_in(self):
        """Return the form that says how to sign in, if the provider takes no passwords at all."""
        provider = self._provider()
        if self.auth != "password" or not provider or takes_passwords(provider):
            return None
        message = by_page_only(self.env, provider, self.offers_microsoft, self._other_owner())
        return self._fail("password", message)
