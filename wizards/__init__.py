from . import imap_connect
from . import imap_why
