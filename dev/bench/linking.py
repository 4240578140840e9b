"""Linking mail, beside Odoo's own gateway with the same mails in the same database."""

from unittest.mock import patch

from . import mails, sizes
from .figures import Figure
from .place import Watch, connect, mailbox, odoo

PARTNER = "res.partner"


def measure():
    """Link a mailbox in one run. After each slice our watch stands still while the gateway takes its
    share of the same mails, so that what else the machine does slows down both. Then run once more.
    """
    everything = list(mails.mixed(sizes.MAILS, sizes.CONTACTS))
    with mailbox(everything) as server, odoo() as env:
        gateway = Gateway(env, contacts(env))
        connection = connect(env, "linking", server.tls_port, server.ca_file)
        turns = _Turns(gateway, everything)
        with patch.object(type(connection), "_checkpoint", turns.after(connection._checkpoint)):
            turns.begin()
            linked = connection._sync()["linked"]
        if linked != len(everything):
            raise RuntimeError(f"{linked} of {len(everything)} mails were linked")
        entries = env["mail.message"].search_count([("imap_email_id", "!=", False)])
        with Watch() as unchanged:
            connection._sync()
    return _figures(everything, turns, entries, unchanged)


def contacts(env):
    """The contacts: id by address."""
    addresses = [mails.contact(number) for number in range(sizes.CONTACTS)]
    partners = env[PARTNER].create([{"name": address, "email": address} for address in addresses])
    env.cr.commit()
    return dict(zip(addresses, partners.ids, strict=True))


class Gateway:
    """Odoo's own way for mail.

    :param contacts: id by address
    """

    def __init__(self, env, contacts):
        self._env, self._contacts = env, contacts
        # a conversation of twenty mails is no loop
        env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 1_000_000)
        env.cr.commit()

    def take(self, some):
        """Give mails to the gateway, addressed to the contact's own record, and undo it; return a
        watch. Nothing is committed, which a fetching server does after each mail.
        """
        env = self._env
        gateway = env["mail.thread"].with_context(fetchmail_cron_running=True)
        before = env["mail.message"].search_count([])
        with Watch() as watch:
            for mail in some:
                contact = self._contacts[mail.contact]
                gateway.message_process(PARTNER, mail.raw, thread_id=contact)
                env.flush_all()
        taken = env["mail.message"].search_count([]) - before
        if taken < len(some):
            raise RuntimeError(f"the gateway took {taken} of {len(some)} mails")
        env.cr.rollback()
        env.invalidate_all()
        return watch


class _Turns:
    """Stops our watch after each slice and lets the gateway work.

    :param everything: all mails, of which the gateway gets a sample
    """

    def __init__(self, gateway, everything):
        self._gateway = gateway
        # as we read them, folder by folder, the newest first: each turn has the same kinds of mail
        read = sorted(everything, key=lambda mail: (mail.folder, -mail.date.timestamp()))
        self._sample = read[:: max(len(read) // sizes.GATEWAY_SAMPLE, 1)]
        # what the first mail has to load is not what a mail costs
        gateway.take(self._sample[:2])
        #: (mails, watch) of each turn
        self.ours, self.gateway = [], []
        self._linked = [0]
        self._total = len(everything)

    def begin(self):
        self._watch = Watch().__enter__()

    def after(self, checkpoint):
        """Return what makes a slice permanent, followed by the gateway's turn."""

        def turn(connection):
            checkpoint.__func__(connection)
            linked = sum(connection.folder_ids.mapped("linked"))
            if linked > self._linked[-1]:
                self._watch.__exit__()
                self._linked.append(linked)
                self._compare()
                self.begin()

        return turn

    def _compare(self):
        before, linked = self._linked[-2:]
        self.ours.append((linked - before, self._watch))
        first, last = (len(self._sample) * number // self._total for number in (before, linked))
        some = self._sample[first:last]
        self.gateway.append((len(some), self._gateway.take(some)))


def _figures(everything, turns, entries, unchanged):
    rates = [
        [number / watch.seconds for number, watch in who] for who in (turns.ours, turns.gateway)
    ]
    rate, gateway_rate = (1 / _per_mail(who, "seconds") for who in (turns.ours, turns.gateway))
    queries = _per_mail(turns.ours, "queries")
    size = sum(len(mail.raw) for mail in everything) / len(everything)
    return [
        Figure(
            "mails linked",
            rate,
            gateway_rate,
            "1/s",
            "10 times the gateway, aim 20",
            rate >= 10 * gateway_rate,
            {
                "times the gateway": round(rate / gateway_rate, 1),
                "times the gateway, in each round": [
                    round(one / other, 1) for one, other in zip(*rates, strict=True)
                ],
                "milliseconds of our processor per mail (ours, gateway)": tuple(
                    round(_per_mail(who, "cpu_seconds") * 1000, 2)
                    for who in (turns.ours, turns.gateway)
                ),
                "mails": len(everything),
                "mails for the gateway, out of the same": sum(n for n, _watch in turns.gateway),
                "KB of a mail on average": round(size / 1000),
                "chatter entries": entries,
                "MB more at the peak of linking": round(
                    max(watch.megabytes for _number, watch in turns.ours)
                ),
            },
        ),
        Figure(
            "SQL queries per linked mail",
            queries,
            _per_mail(turns.gateway, "queries"),
            "",
            "3",
            queries <= 3,
        ),
        Figure(
            f"run over an unchanged mailbox of {len(everything):,} linked mails",
            unchanged.seconds * 1000,
            None,
            "ms",
            details={"SQL queries": unchanged.queries},
        ),
    ]


def _per_mail(rounds, what):
    """What one mail took over all rounds."""
    return sum(getattr(watch, what) for _number, watch in rounds) / sum(n for n, _watch in rounds)
