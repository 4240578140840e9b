"""A configuration of Dovecot 2.3 that needs neither root nor anything of the system's own."""

import grp
import pwd
from dataclasses import dataclass, field
from pathlib import Path

from .certificates import CertificateFiles

SPECIAL_USE = {
    "Drafts": "\\Drafts",
    "Sent": "\\Sent",
    "Junk": "\\Junk",
    "Trash": "\\Trash",
    "Archive": "\\Archive",
}


@dataclass(frozen=True)
class DovecotOptions:
    """What a test may choose about the server.

    :param capability: all capabilities (as in ``imap_capability``), or None for Dovecot's own list
    :param special_use: folder -> special-use flag (RFC 6154); they exist from the first login
    :param max_connections: connections per user and address (``mail_max_userip_connections``)
    :param separator: hierarchy separator of folder names
    :param prefix: what every folder but INBOX starts with, e.g. ``INBOX.`` as at Courier
    :param compress: whether COMPRESS=DEFLATE is offered
    :param introspection: address that says whose an access token is (RFC 7662); with it XOAUTH2 is offered
    """

    capability: str | None = None
    special_use: dict[str, str] = field(default_factory=lambda: dict(SPECIAL_USE))
    max_connections: int = 10
    separator: str = "/"
    prefix: str = ""
    compress: bool = False
    introspection: str | None = None


@dataclass(frozen=True)
class DovecotPlace:
    """Where one server keeps its things and which account it runs as."""

    base: Path
    mail: Path
    passdb: Path
    token_rules: Path
    rawlog: Path
    log: Path
    certificate: CertificateFiles
    plain_port: int
    tls_port: int
    uid: int
    gid: int
    greeting: str


# - Services that Dovecot puts in a chroot need root for it, hence the empty chroot.
# - No fsync, because nothing here has to survive a power cut.
# - Maildir, because it can be looked at, and broken, with ordinary file operations.
# - No delay and no penalty for wrong passwords: tests type many of them from one address.
# - Dovecot takes a client with the same address as itself for a local one, so the plain port always
#   accepts a login without TLS; there is no setting against it.
_TEMPLATE = """\
protocols = imap
protocol imap {{
  mail_plugins = {plugins}
}}
listen = 127.0.0.1
base_dir = {base}
state_dir = {base}
login_greeting = {greeting}
log_path = {log}
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_fsync = never
mail_location = maildir:~/Maildir:LAYOUT=fs:INBOX=~/Maildir/INBOX
mail_max_userip_connections = {max_connections}
imap_capability = {capability}
auth_username_chars =
auth_failure_delay = 0
rawlog_dir = {rawlog}/%u

ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}

auth_mechanisms = {mechanisms}
passdb {{
  driver = dict
  args = {passdb}{password_mechanisms}
}}
{token_passdb}userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mail}/%u{all_users}
}}

service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service ipc {{
  chroot =
}}
service old-stats {{
  chroot =
}}

namespace inbox {{
  inbox = yes
  separator = "{separator}"
  prefix = "{prefix}"
{folders}}}
"""

# One file per user, named after it. (A passwd-file is read anew only once a second, so a test would
# have to wait until a new password counts.)
_PASSDB_TEMPLATE = """\
uri = fs:posix:prefix={users}/
key passdb {{
  key = %u
  format = json
}}
passdb_objects = passdb
"""

_FOLDER = """\
  mailbox "{name}" {{
    special_use = {flag}
    auto = subscribe
  }}
"""


_TOKEN_PASSDB = """\
passdb {{
  driver = oauth2
  args = {file}
  mechanisms = xoauth2
}}
"""

_TOKEN_RULES = """\
introspection_mode = auth
introspection_url = {url}
force_introspection = yes
username_attribute = email
active_attribute = active
active_value = true
"""


def render_token_rules(introspection: str) -> str:
    """The file that tells Dovecot whom to ask about a token."""
    return _TOKEN_RULES.format(url=introspection)


def render_passdb(users: Path) -> str:
    """The file that tells Dovecot where passwords are: ``users``/<login>, as JSON."""
    return _PASSDB_TEMPLATE.format(users=users)


def render(options: DovecotOptions, place: DovecotPlace) -> str:
    """The configuration file as text."""
    return _TEMPLATE.format(
        **{k: v for k, v in vars(place).items() if k not in ("certificate", "token_rules")},
        user=pwd.getpwuid(place.uid).pw_name,
        group=grp.getgrgid(place.gid).gr_name,
        certificate=place.certificate.certificate,
        key=place.certificate.key,
        capability=options.capability or "",
        password_mechanisms="\n  mechanisms = plain" if options.introspection else "",
        mechanisms="plain xoauth2" if options.introspection else "plain",
        # where passwords are not the only way in, Dovecot cannot look up who exists
        all_users=" allow_all_users=yes" if options.introspection else "",
        token_passdb=_TOKEN_PASSDB.format(file=place.token_rules) if options.introspection else "",
        max_connections=options.max_connections,
        plugins="imap_zlib" if options.compress else "",
        separator=options.separator,
        prefix=options.prefix,
        folders="".join(
            _FOLDER.format(name=name, flag=flag) for name, flag in options.special_use.items()
        ),
    )
