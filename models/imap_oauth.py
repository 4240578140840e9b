"""Sign-in at Google and Microsoft, by the mixins of Odoo's own outgoing mail servers."""

import base64
import json
import time
from contextlib import contextmanager

import requests

from odoo import fields, models, release
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize

from odoo.addons.google_gmail.models.google_gmail_mixin import GMAIL_TOKEN_REQUEST_TIMEOUT

from ..lib.errors import ConsentWithdrawn, SignInMisconfigured, SignInUnavailable, SyncError
from ..lib.tokens import Tokens
from .imap_error import sentence

#: IMAP server of each, always with TLS
PORT = 993
HOSTS = {"google": "imap.gmail.com", "microsoft": "outlook.office365.com"}
PROVIDERS = [("google", "Google"), ("microsoft", "Microsoft")]
_CREDENTIALS = {"google": "google_gmail_client", "microsoft": "microsoft_outlook_client"}
_GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"
_GOOGLE_USER = "https://www.googleapis.com/oauth2/v2/userinfo"
#: what a token service says (RFC 6749 section 5.2, and Microsoft's own words) when only its sign-in page helps
_WITHDRAWN = frozenset(
    {"invalid_grant", "interaction_required", "login_required", "consent_required"}
)
_MISCONFIGURED = frozenset(
    {"invalid_client", "unauthorized_client", "redirect_uri_mismatch", "invalid_scope"}
)


class ImapOauth(models.AbstractModel):
    """A form that sends its user to a provider and gets tokens back.

    Core keeps tokens in plain columns and tells nobody why it got none; both is different here.
    """

    _name = "imap.oauth"
    _inherit = ["google.gmail.mixin", "microsoft.outlook.mixin"]
    _description = "Sign-in at a mail provider"
    _email_field = "email"
    _OUTLOOK_SCOPE = "https://outlook.office.com/IMAP.AccessAsUser.All"

    # never stored: tokens go where passwords go, encrypted
    google_gmail_refresh_token = fields.Char(store=False, groups=fields.NO_ACCESS)
    google_gmail_access_token = fields.Char(store=False, groups=fields.NO_ACCESS)
    google_gmail_access_token_expiration = fields.Integer(store=False, groups=fields.NO_ACCESS)
    google_gmail_uri = fields.Char(groups=fields.NO_ACCESS)
    microsoft_outlook_refresh_token = fields.Char(store=False, groups=fields.NO_ACCESS)
    microsoft_outlook_access_token = fields.Char(store=False, groups=fields.NO_ACCESS)
    microsoft_outlook_access_token_expiration = fields.Integer(store=False, groups=fields.NO_ACCESS)
    microsoft_outlook_uri = fields.Char(groups=fields.NO_ACCESS)

    # ------------------------------------------------------------------
    # going to the page of the provider
    # ------------------------------------------------------------------

    def _has_provider(self, provider):
        """Say whether the administrator set up a provider (Odoo Enterprise can do without, by Odoo's own service)."""
        return self._has_credentials(provider) or release.version_info[-1] == "e"

    def _has_credentials(self, provider):
        get_param = self.env["ir.config_parameter"].sudo().get_param
        return all(get_param(f"{_CREDENTIALS[provider]}_{part}") for part in ("id", "secret"))

    def _open_provider(self, provider):
        """Return the action that leads to the page of a provider.

        Core lets administrators only go there, as its tokens serve everybody; these are the user's own.
        """
        self.ensure_one()
        if self.create_uid != self.env.user:
            raise AccessError(self.env._("Only who began to connect a mailbox can go on."))
        if provider == "google":
            return self.sudo().open_google_gmail_uri()
        return self.sudo().open_microsoft_outlook_uri()

    # ------------------------------------------------------------------
    # tokens
    # ------------------------------------------------------------------

    def _fetch_gmail_token(self, grant_type, **values):
        return self._request_tokens("google", _GOOGLE_TOKENS, grant_type, values)

    def _fetch_outlook_token(self, grant_type, **values):
        scope = f"openid email offline_access https://outlook.office.com/User.read {self._OUTLOOK_SCOPE}"
        url = f"{self._get_microsoft_endpoint().rstrip('/')}/token"
        return self._request_tokens("microsoft", url, grant_type, {**values, "scope": scope})

    def _request_tokens(self, provider, url, grant_type, values):
        """Ask a token service.

        :raise ConsentWithdrawn: only the owner can help
        :raise SignInMisconfigured: only an administrator can help
        :raise SignInUnavailable: it passes
        """
        get_param = self.env["ir.config_parameter"].sudo().get_param
        path = {"google": "google_gmail", "microsoft": "microsoft_outlook"}[provider]
        data = {
            "client_id": get_param(f"{_CREDENTIALS[provider]}_id"),
            "client_secret": get_param(f"{_CREDENTIALS[provider]}_secret"),
            "grant_type": grant_type,
            "redirect_uri": f"{self.get_base_url()}/{path}/confirm",
            **values,
        }
        try:
            response = requests.post(url, data=data, timeout=GMAIL_TOKEN_REQUEST_TIMEOUT)
            answer = response.json()
        except requests.RequestException as error:
            # its text may hold what was sent
            raise SignInUnavailable(type(error).__name__) from None
        if response.ok and isinstance(answer, dict):
            return answer
        code = str(answer.get("error") if isinstance(answer, dict) else None)[:80]
        detail = f"{response.status_code} {code}"
        if code in _WITHDRAWN:
            raise ConsentWithdrawn(detail)
        if code in _MISCONFIGURED:
            raise SignInMisconfigured(detail)
        raise SignInUnavailable(detail)

    def _fetch_gmail_refresh_token(self, authorization_code):
        with _told_as_user_error(self.env):
            return super()._fetch_gmail_refresh_token(authorization_code)

    def _fetch_outlook_refresh_token(self, authorization_code):
        with _told_as_user_error(self.env):
            return super()._fetch_outlook_refresh_token(authorization_code)

    def _refreshed(self, provider, tokens):
        """Return fresh tokens.

        :param Tokens tokens: the last ones
        :raise SyncError: as :meth:`_request_tokens`
        """
        refresh = tokens.refresh
        fetch, fetch_by_odoo = {
            "google": (self._fetch_gmail_token, self._fetch_gmail_access_token_iap),
            "microsoft": (self._fetch_outlook_token, self._fetch_outlook_access_token_iap),
        }[provider]
        try:
            if self._has_credentials(provider):
                answer = fetch("refresh_token", refresh_token=refresh)
                expires = int(time.time()) + int(answer["expires_in"])
                # with each access token there may come another one to get more of them
                return Tokens(
                    answer.get("refresh_token") or refresh, answer["access_token"], expires
                )
            answer = list(fetch_by_odoo(refresh))
        except (KeyError, TypeError, ValueError):
            raise SignInUnavailable("an answer without tokens") from None
        except (UserError, requests.RequestException):
            raise SignInUnavailable("Odoo's own service gives no tokens") from None
        if provider == "google":
            return Tokens(refresh, answer[0], int(answer[1]))
        return Tokens(answer[0], answer[1], int(answer[-1]))

    # ------------------------------------------------------------------
    # whose they are
    # ------------------------------------------------------------------

    def _google_address(self, tokens):
        """Return the address of the Google account that tokens are for; None if Google does not say."""
        try:
            response = requests.get(
                _GOOGLE_USER,
                headers={"Authorization": f"Bearer {tokens.access}"},
                timeout=GMAIL_TOKEN_REQUEST_TIMEOUT,
            )
            answer = response.json() if response.ok else {}
        except requests.RequestException:
            return None
        return email_normalize(answer.get("email") or "") if answer.get("verified_email") else None

    def _microsoft_address(self, tokens):
        """Return the address of the Microsoft account that tokens are for; None if Microsoft does not say.

        As core does: what the browser brought may be of two accounts, what Microsoft answers us is of one.
        """
        try:
            id_token = self._fetch_outlook_access_token(tokens.refresh)[2]
        except (KeyError, UserError, SyncError, requests.RequestException):
            return None
        claims = _claims(id_token)
        return email_normalize(claims.get("email") or claims.get("preferred_username") or "")

    def _address_of(self, provider, tokens):
        """Return the address of the account that tokens are for; empty if the provider does not say."""
        return (self._google_address if provider == "google" else self._microsoft_address)(tokens)


@contextmanager
def _told_as_user_error(env):
    """Core's callbacks show the text of a UserError on a page of its own."""
    try:
        yield
    except SyncError as error:
        raise UserError(sentence(env, error)) from None
    except KeyError:
        raise UserError(sentence(env, SignInUnavailable())) from None


def _claims(id_token):
    """Return what an id token says (RFC 7519); it comes straight from its issuer, so its signature proves no more."""
    try:
        payload = id_token.split(".")[1]
        return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (AttributeError, IndexError, ValueError):
        return {}
