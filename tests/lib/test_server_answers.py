"""What refusals of real servers mean."""

import pytest

from lib.answers import Status
from lib.errors import (
    AppPasswordNeeded,
    CommandRefused,
    ConnectionLost,
    FolderGone,
    ImapDisabled,
    LoginRefused,
    ServerUnavailable,
    Throttled,
    TlsFailed,
    TooManyConnections,
)
from lib.server_answers import classify, readable

LOGIN_ANSWERS = [
    # Gmail
    ("ALERT", "Application-specific password required: https://… (F", AppPasswordNeeded),
    ("ALERT", "Invalid credentials (Failure)", LoginRefused),
    ("AUTHENTICATIONFAILED", "Invalid credentials (Failure)", LoginRefused),
    ("ALERT", "Please log in via your web browser: https://… (Failure)", AppPasswordNeeded),
    ("WEBALERT", "https://… Web login required.", AppPasswordNeeded),
    ("ALERT", "Your account is not enabled for IMAP use. Please visit", ImapDisabled),
    ("ALERT", "IMAP access is disabled for your domain. Please contact", ImapDisabled),
    ("ALERT", "Too many simultaneous connections. (Failure)", TooManyConnections),
    ("OVERQUOTA", "Account exceeded command or bandwidth limits.", Throttled),
    ("UNAVAILABLE", "Temporary System Error (Failure)", ServerUnavailable),
    # Yahoo, AOL
    ("AUTHENTICATIONFAILED", "LOGIN Invalid credentials", LoginRefused),
    ("AUTHORIZATIONFAILED", "AUTHENTICATE Please generate an app password", AppPasswordNeeded),
    ("LIMIT", "LOGIN Rate limit hit", Throttled),
    ("UNAVAILABLE", "LOGIN Server error - Please try again later", ServerUnavailable),
    # iCloud
    ("AUTHENTICATIONFAILED", "Authentication Failed", LoginRefused),
    ("ALERT", "App-specific password required", AppPasswordNeeded),
    # Outlook, Microsoft 365, Exchange
    ("", "LOGIN failed.", LoginRefused),
    ("", "AUTHENTICATE failed.", LoginRefused),
    ("", "LOGIN failed. BasicAuthBlocked", AppPasswordNeeded),
    ("", "User is authenticated but not connected.", ServerUnavailable),
    ("", "Request is throttled. Suggested Backoff Time: 5000 milliseconds", Throttled),
    ("", "Server Unavailable. 15", ServerUnavailable),
    # Zoho
    ("ALERT", "You are yet to enable IMAP for your account.", ImapDisabled),
    ("", "IMAP is disabled for this user", ImapDisabled),
    ("AUTHENTICATIONFAILED", "Invalid credentials(Failure)", LoginRefused),
    # GMX, web.de
    ("AUTHENTICATIONFAILED", "Authentication failed: POP3/IMAP not activated", ImapDisabled),
    ("", "authentication failed", LoginRefused),
    # Yandex: one of both
    ("AUTHENTICATIONFAILED", "AUTHENTICATE invalid credentials or IMAP is disabled", LoginRefused),
    # mail.ru
    ("", "Application password is REQUIRED", AppPasswordNeeded),
    # QQ, 163, 126
    ("", "Login fail. password is incorrect, login frequency limited, or", Throttled),
    ("", "LOGIN Login error or password error", LoginRefused),
    ("", "Please using authorized code to login.", AppPasswordNeeded),
    ("", "EXAMINE Unsafe Login. Please contact kefu@188.com for help", AppPasswordNeeded),
    # Dovecot
    ("AUTHENTICATIONFAILED", "Authentication failed.", LoginRefused),
    ("LIMIT", "Maximum number of connections from user+IP exceeded", TooManyConnections),
    ("UNAVAILABLE", "Temporary authentication failure. [host:2024]", ServerUnavailable),
    ("PRIVACYREQUIRED", "Plaintext authentication disallowed", TlsFailed),
    # Courier, Cyrus
    ("", "Login failed.", LoginRefused),
    ("", "Too many connections from this IP address", TooManyConnections),
    ("", "Login incorrect", LoginRefused),
    ("EXPIRED", "Password expired", LoginRefused),
    ("", "Too many failed login attempts", Throttled),
    ("INUSE", "Account is locked by another session", ServerUnavailable),
    ("SERVERBUG", "Internal error occurred. Refer to server log", ServerUnavailable),
    ("", "no", LoginRefused),
    ("", "", LoginRefused),
]  # fmt: skip


def status(code, text, kind=b"NO"):
    return Status(kind, code.encode(), b"", text)


@pytest.mark.parametrize(("code", "text", "expected"), LOGIN_ANSWERS)
def test_refused_logins(code, text, expected):
    failure = classify(status(code, text), otherwise=LoginRefused)
    assert type(failure) is expected
    assert failure.detail == text


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("EXPIRED", "session too old", CommandRefused),
        ("AUTHORIZATIONFAILED", "no right to read this folder", CommandRefused),
        ("", "Invalid credentials", CommandRefused),
        ("", "Please log in via your web browser", AppPasswordNeeded),
        ("", "IMAP is disabled for this user", ImapDisabled),
    ],
)
def test_an_accepted_password_is_not_refused_later(code, text, expected):
    assert type(classify(status(code, text), signed_in=True)) is expected


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("NONEXISTENT", "gone", FolderGone),
        ("", "Mailbox doesn't exist: Foo", FolderGone),
        ("", "Mailbox does not exist", FolderGone),
        ("", "Unknown Mailbox: Foo (Failure)", FolderGone),
        ("", "The specified message set is invalid.", CommandRefused),
        ("CANNOT", "no", CommandRefused),
        ("THROTTLED", "Account is throttled", Throttled),
    ],
)
def test_refused_commands(code, text, expected):
    assert type(classify(status(code, text))) is expected


def test_farewells():
    assert (
        type(
            classify(status("", "Autologout; idle for too long", b"BYE"), otherwise=ConnectionLost)
        )
        is ConnectionLost
    )
    failure = classify(status("", "Too many connections", b"BYE"), otherwise=ConnectionLost)
    assert type(failure) is TooManyConnections


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Request is throttled. Suggested Backoff Time: 5000 milliseconds", 5),
        ("Request is throttled. Suggested Backoff Time: 99999999 ms", 86400),
        ("Rate limit hit. Try again in 30 seconds", 30),
        ("Throttled, retry after 2 min", 120),
        ("Throttled", None),
    ],
)
def test_wished_delay(text, seconds):
    assert classify(status("", text)).retry_after == seconds


def test_readable():
    assert readable(b"a\r\n\x00b\x1b[31m \xff", ()) == "a   b [31m \ufffd"
    assert readable(b"wrong: s3cret!", ("s3cret",)) == "wrong: ***!"
    assert len(readable(b"x" * 5000)) == 300
