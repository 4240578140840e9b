"""What to do at a provider, in the reader's language: before signing in, and when it refuses.

Facts are in ``lib/providers.json``; the sentences that are the same everywhere are in :mod:`.imap_error`.
"""

from markupsafe import Markup

from ..lib.providers import by_host

_LINK = Markup('<a href="%s" target="_blank" rel="noopener noreferrer">%s</a>')


def takes_passwords(provider):
    """Say whether one can sign in there with any kind of password."""
    return bool(provider.sign_in & {"password", "app_password"})


def advice(env, provider, by_page, owner=None):
    """Return what to do at a provider before signing in, as HTML; empty if nothing is special.

    :param provider: a :class:`~..lib.providers.Provider`
    :param bool by_page: whether its own sign-in page can be used
    :param str owner: name of the owner, if that is somebody else than the reader
    """
    lines = _before(env, provider, by_page, owner)
    if not lines:
        return Markup()
    links = [
        (provider.app_password_page, env._("Create an app password")),
        (provider.help, env._("Help of %(provider)s", provider=provider.name)),
    ]
    shown = Markup(" · ").join(_LINK % (url, text) for url, text in links if url)
    return Markup("<br/>").join([*lines, shown])


def _before(env, provider, by_page, owner):
    """Return what is to be done, in its order."""
    name = provider.name
    if not provider.sign_in:
        return [
            env._(
                "%(provider)s lets other programs read mail only through a bridge, a program of its own on your "
                "computer. Odoo cannot reach that.",
                provider=name,
            )
        ]
    if not takes_passwords(provider):
        return [by_page_only(env, provider, by_page, owner)]
    lines = []
    if provider.switch_on:
        lines.append(
            env._(
                "IMAP has to be switched on in the settings of your %(provider)s account.",
                provider=name,
            )
        )
    if "password" not in provider.sign_in:
        lines.append(_app_password(env, provider))
    elif "app_password" in provider.sign_in:
        lines.append(
            env._(
                "If you use 2-step verification at %(provider)s, create an app password there and type that one.",
                provider=name,
            )
        )
    return lines


def _app_password(env, provider):
    if provider.two_factor:
        return env._(
            "%(provider)s wants an app password here: not your usual one, but a separate one that you create there "
            "once 2-step verification is on.",
            provider=provider.name,
        )
    return env._(
        "%(provider)s wants an app password here: not your usual one, but a separate one that you create there.",
        provider=provider.name,
    )


def by_page_only(env, provider, by_page, owner=None):
    """Return how to sign in where no password is taken; parameters as for :func:`advice`."""
    if owner:
        return env._(
            "%(provider)s takes no passwords from other programs. Only %(owner)s can connect this mailbox, in their "
            "own preferences, on the sign-in page of %(provider)s.",
            provider=provider.name,
            owner=owner,
        )
    if by_page:
        return env._(
            "%(provider)s takes no passwords from other programs. Click “Sign in with %(provider)s”.",
            provider=provider.name,
        )
    return env._(
        "%(provider)s takes no passwords from other programs. Ask your administrator to set up “Sign in with "
        "%(provider)s” in the general settings.",
        provider=provider.name,
    )


def refusal(env, code, host):
    """Return what a failure means with the server of a known provider; None if that is nothing special.

    :param str code: of the failure
    """
    provider = by_host(host or "")
    if not provider:
        return None
    if code in ("host_unknown", "connection_refused", "connection_timeout"):
        return env._(
            "Odoo cannot reach the server of %(provider)s at the moment. If it stays so, ask your administrator "
            "whether the network of Odoo lets it through.",
            provider=provider.name,
        )
    app_password = "app_password" in provider.sign_in
    if code == "imap_disabled":
        return env._(
            "IMAP is switched off in your %(provider)s account. Switch it on in the settings there, then try again.",
            provider=provider.name,
        )
    if app_password and code in ("login_refused", "app_password_needed"):
        return _refused(env, provider, code)
    return None


def _refused(env, provider, code):
    name = provider.name
    if code == "app_password_needed" or "password" not in provider.sign_in:
        return env._(
            "%(provider)s does not accept this password. It takes an app password here, not your usual one: create "
            "one in the security settings of your account there.",
            provider=name,
        )
    if provider.switch_on:
        return env._(
            "%(provider)s does not accept this login and password. Is IMAP switched on in the settings of your "
            "account there? With 2-step verification it takes an app password only.",
            provider=name,
        )
    return env._(
        "%(provider)s does not accept this login and password. With 2-step verification it takes an app password only.",
        provider=name,
    )
