from . import test_access
from . import test_chatter_order
from . import test_connect_wizard
from . import test_connection
from . import test_dovecot_sync
from . import test_exclusion
from . import test_secret
from . import test_sync
