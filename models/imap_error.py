"""The sentence and the next step for every failure of the engine (lib/errors.py), in the reader's language."""

from odoo.tools.translate import LazyTranslate

from .imap_provider import refusal

_lt = LazyTranslate(__name__)

SENTENCES = {
    "host_unknown": _lt(
        "There is no mail server with this name. Check the spelling of the server."
    ),
    "host_forbidden": _lt(
        "This server is inside a private network, which Odoo does not enter by itself. "
        "An administrator can allow it in the settings."
    ),
    "connection_refused": _lt(
        "The server does not answer on this port. Check server and port: "
        "usually 993 with SSL/TLS, 143 with STARTTLS."
    ),
    "connection_timeout": _lt(
        "The server did not answer in time. Check server and port, or try again in a few minutes."
    ),
    "connection_lost": _lt("The server ended the connection. Odoo tries again by itself."),
    "not_imap": _lt(
        "Something answers there, but not a mail server that speaks IMAP in this way. "
        "Check the port and the security."
    ),
    "tls_not_spoken": _lt(
        "What answers on this port does not speak SSL/TLS from the start. Choose STARTTLS if it is port 143, "
        "or type port 993."
    ),
    "tls_expected": _lt("On this port the server wants SSL/TLS from the start. Choose SSL/TLS."),
    "certificate_invalid": _lt(
        "The server's certificate cannot be trusted, so the password was not sent. "
        "Check the name of the server; for your own server ask its administrator."
    ),
    "tls_failed": _lt(
        "No encrypted connection could be made, so the password was not sent. "
        "Try SSL/TLS with port 993."
    ),
    "plain_login_forbidden": _lt(
        "Without encryption the password would be readable on its way. Choose SSL/TLS or STARTTLS; "
        "an administrator can allow this server as an exception."
    ),
    "login_refused": _lt("The server does not accept this login and password. Type them again."),
    "app_password_needed": _lt(
        "This provider wants an app password here: a separate password that you create in the security "
        "settings of your mail account."
    ),
    "token_refused": _lt(
        "The mail server does not accept the access that its provider gave out. Odoo asks for a fresh one by itself; "
        "if this stays, sign in again."
    ),
    "consent_withdrawn": _lt(
        "The provider gives Odoo no access to this mailbox any more: it was withdrawn, or it expired. Sign in again."
    ),
    "sign_in_unavailable": _lt(
        "The sign-in of the provider does not answer at the moment. Odoo tries again by itself."
    ),
    "sign_in_misconfigured": _lt(
        "The provider does not know this Odoo. An administrator has to check its client ID and secret in the settings."
    ),
    "imap_disabled": _lt(
        "IMAP is switched off for this mail account. Switch it on in the settings of your mail account, "
        "then try again."
    ),
    "secret_unreadable": _lt(
        "The stored password cannot be read any more, because the key of this Odoo changed. "
        "Type the password again."
    ),
    "key_unusable": _lt(
        "Odoo cannot use its key for stored passwords at the moment. An administrator has to mend it, in the settings "
        "of mailboxes; then this mailbox goes on by itself."
    ),
    "password_missing": _lt("The password of this mailbox is missing. Sign in again."),
    "owner_changed": _lt(
        "This mailbox has a new owner. Sign in once with its password; nothing is read before."
    ),
    "owner_archived": _lt(
        "The owner of this mailbox is archived. It goes on by itself when they come back."
    ),
    "owner_not_permitted": _lt(
        "The owner of this mailbox has no permission to connect one any more. Somebody who manages users can give it "
        "in their access rights; then resume."
    ),
    "too_many_connections": _lt(
        "The server allows no more connections at the moment. Odoo tries again by itself; "
        "closing other mail programs helps."
    ),
    "throttled": _lt("The server asks for a pause. Odoo goes on by itself after it."),
    "server_unavailable": _lt(
        "The server says that it cannot work at the moment. Odoo tries again by itself."
    ),
    "protocol_error": _lt("The server's answer was not understood. Odoo tries again by itself."),
    "answer_too_large": _lt(
        "The server's answer was larger than allowed. Odoo tries again by itself."
    ),
    "command_refused": _lt("The server refused a request. Odoo tries again by itself."),
    "folder_gone": _lt(
        "A folder does not exist any more. Choose the folders of this mailbox again."
    ),
    "message_unreadable": _lt("The mail server lists this message but does not hand it out."),
    "message_damaged": _lt("This message is damaged: Odoo cannot make sense of it."),
    "message_not_stored": _lt(
        "Odoo read this message but could not store it; the log of Odoo has the details."
    ),
    "unexpected": _lt(
        "Something unexpected happened. Odoo tries again by itself; the log has the details."
    ),
}


def sentence(env, error, host=None):
    """Return what a person reads about a failure, in the language of ``env``.

    :param error: a :class:`~..lib.errors.SyncError`
    :param str host: the server, as some providers want something of their own
    """
    return refusal(env, error.code, host) or sentence_for(env, error.code)


def sentence_for(env, code):
    """Return the sentence for a code that was stored."""
    return env._(SENTENCES.get(code, SENTENCES["unexpected"]))
