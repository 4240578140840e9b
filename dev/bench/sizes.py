"""How much is measured. Smaller sizes are for trying the benchmark itself; the JSON says which ones
were used.
"""

import os

#: mails that are linked, and that headers are examined of
MAILS = int(os.environ.get("MAILS") or 4000)
#: of these, how many the gateway gets: it takes so long that all of them would be a coffee break
GATEWAY_SAMPLE = min(MAILS, 400)
CONTACTS = 200
#: mails that are linked below a profiler
PROFILED = min(MAILS, 2000)
FOLDERS = 300
#: messages of the mailbox whose memory is measured
HUGE = int(os.environ.get("HUGE") or 1_000_000)
#: mails of one chatter, and of its whole database
CHATTER = 10_000
STORED = max(int(os.environ.get("STORED") or 500_000), CHATTER)
#: round trip of the line that an unchanged mailbox is looked at over
LATENCY_SECONDS = 0.04
