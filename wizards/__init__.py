from . import imap_connect
