"""Mailboxes as jobs of the OCA's queue_job. In a database with that addon only: see dev/test.sh."""

from . import test_job_runner
from . import test_jobs
