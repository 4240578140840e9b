"""Addresses that belong to no single person."""

import pytest

from lib.roles import is_machine, is_role


@pytest.mark.parametrize(
    ("email", "role"),
    [
        ("info@x.com", True),
        ("INFO@x.com", True),
        ("info-de@x.com", True),
        ("sales.eu@x.com", True),
        ("sales-team@x.com", True),
        ("sales+berlin@x.com", True),
        ("customer.service@x.com", True),
        ("support2@x.com", True),
        ("it@x.com", True),
        ("kontakt@x.com", True),
        ("ventas@x.com", True),
        ("john@x.com", False),
        ("john.doe@x.com", False),
        ("john.sales@x.com", False),
        ("jd@x.com", False),
        ("seo.minjun@x.com", False),
        ("infantino@x.com", False),
        ("", False),
    ],
)
def test_roles(email, role):
    assert is_role(email) == role


@pytest.mark.parametrize(
    ("email", "machine"),
    [
        ("noreply@x.com", True),
        ("no-reply@x.com", True),
        ("do_not_reply@x.com", True),
        ("gmail-noreply@google.com", True),
        ("mailer-daemon@x.com", True),
        ("bounce@x.com", True),
        ("bounce+8c8b98.c-user=aol.com@x.com", True),
        ("srs0=zfhz=ss=aol.net=scomp@x.com", True),
        ("reply+aibuo5joom2quaizuoyae0jeuk9queth@reply.github.com", True),
        ("subscribed@noreply.github.com", True),
        ("cfrg-bounces@irtf.org", True),
        ("owner-mhtml@segate.sunet.se", True),
        ("news-unsubscribe@x.com", True),
        ("0123456789abcdef@x.com", True),
        ("u123456789@x.com", True),
        ("john@x.com", False),
        ("john.doe84@x.com", False),
        ("bouncer@club.com", False),
        ("renoir@x.com", False),
        ("owner@shop.com", False),
        ("confirmed.bachelor@x.com", False),
    ],
)
def test_machines(email, machine):
    assert is_machine(email) == machine
