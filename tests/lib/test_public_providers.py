"""Domains that say nothing about where somebody works."""

import pytest

from lib.public_providers import _FILE, is_public_provider


@pytest.mark.parametrize(
    ("domain", "public"),
    [
        ("gmail.com", True),
        ("yahoo.de", True),
        ("yahoo.co.uk", True),
        ("yahoo.com.br", True),
        ("web.de", True),
        ("163.com", True),
        ("privaterelay.appleid.com", True),
        ("fastmail.co.uk", True),
        ("appleid.com", False),
        ("tea.gmail.com.example", False),
        ("mygmail.com", False),
        ("orange.com", False),
        ("shop.example", False),
        ("mail.shop.example", False),
        ("live", False),
        ("live.shop.com", False),
        ("outlook.example", False),
        ("", False),
    ],
)
def test_public_providers(domain, public):
    assert is_public_provider(domain) == public


def test_the_file_is_clean():
    lines = [line for line in _FILE.read_text("utf-8").splitlines() if line and line[0] != "#"]
    assert len(lines) == len(set(lines))
    for line in lines:
        assert line == line.strip().lower()
        assert "." in line.removesuffix(".*") or line.endswith(".*")
