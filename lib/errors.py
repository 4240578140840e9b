"""Every way in which syncing can fail, typed on two axes: how much is affected, and when to try again.

The state of a mailbox, the sentence that a person reads, the backoff and the notice to the owner are all
derived from these types (``models/imap_error.py`` holds the sentences, because they are translated there).

Design learnt from isync's ``driver.h``: a failure says how much it breaks, so that the caller never guesses.
"""

from enum import Enum


class Scope(Enum):
    """How much is affected by a failure."""

    MESSAGE = "message"
    FOLDER = "folder"
    MAILBOX = "mailbox"
    HOST = "host"


class Retry(Enum):
    """When trying again makes sense."""

    NOW = "now"
    LATER = "later"
    OWNER = "owner"
    NEVER = "never"


class SyncError(Exception):
    """Root of all failures of the engine.

    :param detail: technical text for administrators; must not contain a secret
    :param retry_after: seconds that the server asked us to wait, if it did
    """

    code = "unexpected"
    scope = Scope.MAILBOX
    retry = Retry.LATER
    #: the field of the connection that the failure belongs to, if it belongs to one
    field = None

    def __init__(self, detail="", *, retry_after=None):
        super().__init__(detail or self.code)
        self.detail = detail
        self.retry_after = retry_after


class HostUnknown(SyncError):
    """The name does not resolve."""

    code, scope, field = "host_unknown", Scope.HOST, "host"
    retry = Retry.OWNER


class HostForbidden(SyncError):
    """The name resolves to a private, loopback or link-local address that no administrator allowed."""

    code, scope, field = "host_forbidden", Scope.HOST, "host"
    retry = Retry.OWNER


class ConnectionRefused(SyncError):
    """Nothing listens there, or the host or network cannot be reached."""

    code, scope, field = "connection_refused", Scope.HOST, "port"


class ConnectionTimeout(SyncError):
    """No greeting, or no complete answer, before the deadline."""

    code, scope, field = "connection_timeout", Scope.HOST, "host"


class ConnectionLost(SyncError):
    """The connection ended in the middle: EOF, reset, or BYE (then the text of the BYE is the detail)."""

    code = "connection_lost"


class NotImap(SyncError):
    """Something answers, but it does not speak IMAP (or speaks TLS where plain text was asked, and so on)."""

    code, scope, field = "not_imap", Scope.HOST, "port"
    retry = Retry.OWNER


class TlsNotSpoken(NotImap):
    """TLS is wanted from the start, and what answers does not speak it: a port for STARTTLS, or of another service."""

    code, field = "tls_not_spoken", "security"


class TlsExpected(NotImap):
    """The server wants TLS from the start, and is asked for a greeting without."""

    code, field = "tls_expected", "security"


class CertificateInvalid(SyncError):
    """The certificate is expired, for another name, or signed by nobody we trust."""

    code, scope, field = "certificate_invalid", Scope.HOST, "host"
    retry = Retry.OWNER


class TlsFailed(SyncError):
    """No TLS could be agreed on, or STARTTLS is not offered (which may be an attack: fail closed)."""

    code, scope, field = "tls_failed", Scope.HOST, "security"
    retry = Retry.OWNER


class PlainLoginForbidden(SyncError):
    """Signing in without encryption, on a host for which no administrator allowed that."""

    code, scope, field = "plain_login_forbidden", Scope.HOST, "security"
    retry = Retry.OWNER


class LoginRefused(SyncError):
    """The server does not accept login and password (RFC 5530 AUTHENTICATIONFAILED and friends)."""

    code, field = "login_refused", "password"
    retry = Retry.OWNER


class AppPasswordNeeded(LoginRefused):
    """The provider wants an app password or a sign-in with its own page instead of this password."""

    code = "app_password_needed"


class TokenRefused(LoginRefused):
    """The server does not accept the access token: it expired early, or access was withdrawn; a fresh one tells."""

    code = "token_refused"


class ConsentWithdrawn(LoginRefused):
    """The provider gives out no more tokens: the owner, an administrator or a new password withdrew access."""

    code = "consent_withdrawn"


class SignInUnavailable(SyncError):
    """The provider's token service does not answer, or says that it cannot work now."""

    code = "sign_in_unavailable"


class SignInMisconfigured(SyncError):
    """The provider does not know this Odoo (any more): its client id or secret is wrong."""

    code, field = "sign_in_misconfigured", "email"


class ImapDisabled(LoginRefused):
    """The account exists, but IMAP is switched off for it at the provider."""

    code, field = "imap_disabled", "email"


class SecretUnreadable(SyncError):
    """The stored password cannot be decrypted: the key was lost or changed."""

    code, field = "secret_unreadable", "password"
    retry = Retry.OWNER


class KeyUnusable(SyncError):
    """The key of stored passwords cannot be read, or is none: passwords are there, and wait for an administrator."""

    code, field = "key_unusable", "password"


class PasswordMissing(SecretUnreadable):
    """No password is stored: it was forgotten on purpose, or removed with the account that it was for."""

    code = "password_missing"


class OwnerChanged(PasswordMissing):
    """The mailbox was given to somebody else, and the password of the owner before was forgotten."""

    code = "owner_changed"


class OwnerArchived(SyncError):
    """Nobody signs in for an owner who left."""

    code, field = "owner_archived", "email"
    retry = Retry.NEVER


class OwnerNotPermitted(SyncError):
    """Nobody signs in for an owner who may not connect a mailbox any more."""

    code, field = "owner_not_permitted", "email"
    retry = Retry.NEVER


class TooManyConnections(SyncError):
    """The server's limit of connections for this user or address is reached."""

    code, scope = "too_many_connections", Scope.HOST


class Throttled(SyncError):
    """The server asks for less traffic; ``retry_after`` holds its wish where it gave one."""

    code, scope = "throttled", Scope.HOST


class ServerUnavailable(SyncError):
    """The server says that it cannot work now (RFC 5530 UNAVAILABLE, SERVERBUG, INUSE, ...)."""

    code, scope = "server_unavailable", Scope.HOST


class ProtocolError(SyncError):
    """The server answered something that IMAP does not allow; the connection is not to be trusted any more."""

    code = "protocol_error"


class AnswerTooLarge(ProtocolError):
    """An answer is larger, longer or deeper than any honest one."""

    code = "answer_too_large"


class CommandRefused(SyncError):
    """The server answered NO or BAD to a command for a reason that has no type of its own."""

    code, scope = "command_refused", Scope.FOLDER


class FolderGone(SyncError):
    """The folder does not exist (any more) or cannot be opened."""

    code, scope = "folder_gone", Scope.FOLDER


class MessageUnreadable(SyncError):
    """The server does not hand out one message (or hands out none); everything else goes on."""

    code, scope = "message_unreadable", Scope.MESSAGE


class MessageDamaged(MessageUnreadable):
    """The server hands the message out, and no mail can be made of it."""

    code = "message_damaged"


class MessageNotStored(MessageUnreadable):
    """The message was read, and the database or an addon refused it."""

    code = "message_not_stored"
