import pytest

from lib.same_mailbox import mailbox_key


@pytest.mark.parametrize(
    ("host", "login"),
    [
        ("imap.tea.example", "olga@tea.example"),
        ("IMAP.Tea.Example", "Olga@TEA.example"),
        (" imap.tea.example. ", " olga@tea.example "),
    ],
)
def test_spellings_of_one_mailbox(host, login):
    assert mailbox_key(host, login) == ("imap.tea.example", "olga@tea.example")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("imap.gmail.com", "imap.googlemail.com"),
        ("outlook.office365.com", "IMAP-Mail.Outlook.com"),
        ("imap.müller.example", "imap.xn--mller-kva.example"),
        ("IMAP.MÜLLER.example", "imap.müller.example"),
    ],
)
def test_names_of_one_server(one, other):
    assert mailbox_key(one, "a") == mailbox_key(other, "a")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("imap.tea.example", "olga"), ("imap.tea.example", "otto")),
        (("imap.tea.example", "olga"), ("mail.tea.example", "olga")),
        (("imap.tea.example", "olga"), ("imap.tea.example", "olga@tea.example")),
        # too long for DNS, and empty labels
        (("a" * 70 + ".example", "olga"), ("b" * 70 + ".example", "olga")),
        (("imap..example", "olga"), ("imap.example", "olga")),
    ],
)
def test_other_mailboxes(one, other):
    assert mailbox_key(*one) != mailbox_key(*other)
