"""Dates of the sample: relative to the day on which it is built, and only on working days."""

import datetime

#: The sample is synced from this many days back; what is older must stay where it is.
PERIOD_DAYS = 190


class Clock:
    """Turns "11 working days ago at 10:15" into a moment.

    Working days, so that nobody writes on a Sunday and no conversation changes its order.

    :param now: when the sample is built, with a time zone
    """

    def __init__(self, now):
        self.now = now.astimezone(datetime.timezone.utc).replace(microsecond=0)

    @property
    def period_start(self):
        """Where syncing begins."""
        return self.now - datetime.timedelta(days=PERIOD_DAYS)

    def workday(self, days_ago, time, zone=0):
        """A time of day (``"10:15"``), local to ``zone``, some working days ago; at least one."""
        day = self.now.date()
        while days_ago > 0:
            day -= datetime.timedelta(days=1)
            days_ago -= day.weekday() < 5
        hour, minute = map(int, time.split(":"))
        # seconds that look like seconds, always the same
        second = (hour * 7 + minute * 13) % 60
        offset = datetime.timezone(datetime.timedelta(hours=zone))
        return datetime.datetime.combine(day, datetime.time(hour, minute, second), offset)

    def ago(self, *, zone=0, **duration):
        """A moment shortly before now, e.g. ``minutes=40``."""
        offset = datetime.timezone(datetime.timedelta(hours=zone))
        return (self.now - datetime.timedelta(**duration)).astimezone(offset)

    def next_workday(self, days, time, zone=0):
        """A time of day on a coming working day."""
        day = self.now.date()
        while days > 0:
            day += datetime.timedelta(days=1)
            days -= day.weekday() < 5
        hour, minute = map(int, time.split(":"))
        offset = datetime.timezone(datetime.timedelta(hours=zone))
        return datetime.datetime.combine(day, datetime.time(hour, minute), offset)
