"""Linking mail, beside Odoo's own gateway with the same mails in the same database."""

from . import mails, sizes
from .figures import Figure
from .place import Watch, connect, mailbox, odoo

PARTNER = "res.partner"


def measure():
    """Link all mails; give the gateway a sample of them, half before and half after."""
    everything = list(mails.mixed(sizes.MAILS, sizes.CONTACTS))
    step = max(len(everything) // sizes.GATEWAY_SAMPLE, 1)
    sample = everything[::step][: sizes.GATEWAY_SAMPLE]
    half = len(sample) // 2
    with mailbox(everything) as server, odoo() as env:
        contacts = _contacts(env)
        gateways = [_gateway(env, contacts, sample[:half])]
        connection = connect(env, "linking", server.tls_port, server.ca_file)
        with Watch() as ours:
            counters = connection._sync()
        if counters["linked"] != len(everything):
            raise RuntimeError(f"not all were linked: {counters}")
        entries = env["mail.message"].search_count([("imap_email_id", "!=", False)])
        gateways.append(_gateway(env, contacts, sample[half:]))
    return _figures(everything, ours, entries, gateways, len(sample))


def _contacts(env):
    """The contacts: id by address."""
    addresses = [mails.contact(number) for number in range(sizes.CONTACTS)]
    partners = env[PARTNER].create([{"name": address, "email": address} for address in addresses])
    env.cr.commit()
    return dict(zip(addresses, partners.ids, strict=True))


def _gateway(env, contacts, sample):
    """Give mails to the gateway, addressed to the contact's own record, and undo it.

    It commits nothing, which a fetching server does after each mail; its guard against loops, which
    takes a conversation of twenty mails for one, is off.
    """
    env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 1_000_000)
    gateway = env["mail.thread"].with_context(fetchmail_cron_running=True)
    before = env["mail.message"].search_count([])
    with Watch() as watch:
        for mail in sample:
            gateway.message_process(PARTNER, mail.raw, thread_id=contacts[mail.contact])
            env.flush_all()
    linked = env["mail.message"].search_count([]) - before
    if linked < len(sample):
        raise RuntimeError(f"the gateway took {linked} of {len(sample)} mails")
    env.cr.rollback()
    env.invalidate_all()
    return watch


def _figures(everything, ours, entries, gateways, sample):
    rate = len(everything) / ours.seconds
    gateway_rate = sample / sum(watch.seconds for watch in gateways)
    queries = ours.queries / len(everything)
    details = {
        "mails": len(everything),
        "KB of a mail on average": round(
            sum(len(m.raw) for m in everything) / len(everything) / 1000
        ),
        "chatter entries": entries,
        "times the gateway": round(rate / gateway_rate, 1),
        "milliseconds of Python per mail (ours, gateway)": (
            round(ours.cpu_seconds / len(everything) * 1000, 1),
            round(sum(watch.cpu_seconds for watch in gateways) / sample * 1000, 1),
        ),
        "MB more at the peak of linking": round(ours.megabytes),
        "gateway's sample": f"{sample} of the same mails, half of them before, half after",
        "gateway's rate before, after": [
            round(sample / 2 / watch.seconds, 1) for watch in gateways
        ],
    }
    return [
        Figure(
            "mails linked",
            rate,
            gateway_rate,
            "1/s",
            "10 times the gateway, aim 20",
            rate >= 10 * gateway_rate,
            details,
        ),
        Figure(
            "SQL queries per linked mail",
            queries,
            sum(watch.queries for watch in gateways) / sample,
            "",
            "3",
            queries <= 3,
        ),
    ]
