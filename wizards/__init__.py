from . import imap_connect
from . import imap_backfill_job
from . import imap_backfill_lines
from . import imap_backfill
from . import imap_exclusion_past
from . import imap_link_to
from . import imap_why
from . import partner_merge
