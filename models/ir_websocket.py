"""Whoever has a chatter open learns at once that mail has come in there. What has come in, they ask for themselves."""

import re
from collections import defaultdict

from odoo import models

#: the channel of a chatter, as the client names it: static/src/thread/arrival.js
_CHATTER = re.compile(r"mail_imap_sync\.chatter_([a-z0-9_.]+)_(\d+)")
SUBCHANNEL = "mail_imap_sync.chatter"
ARRIVED = "mail_imap_sync/arrived"


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Let internal users listen to the chatters of records that they may read."""
        wanted, others = defaultdict(set), []
        for channel in channels:
            chatter = isinstance(channel, str) and _CHATTER.fullmatch(channel)
            if chatter:
                wanted[chatter[1]].add(int(chatter[2]))
            else:
                others.append(channel)
        if self.env.user._is_internal():
            for model, ids in wanted.items():
                if model in self.env and hasattr(self.env[model], "message_post"):
                    records = self.env[model].browse(ids).exists()._filtered_access("read")
                    others += [(record, SUBCHANNEL) for record in records]
        return super()._build_bus_channel_list(others)


def announce(env, places):
    """Tell open chatters that mail has come in: those of private mail's owners only, who alone see anything of it.

    :param env: with all rights
    :param places: (email id, model, id) of each entry
    """
    emails = env["imap.email"].browse({email for email, _model, _id in places})
    levels = env["imap.share"]._levels(emails)
    owners = env["imap.share"]._owners(
        emails.filtered(lambda e: levels.get(e.id, "private") == "private")
    )
    listeners = defaultdict(set)
    for email, model, res_id in places:
        everybody = (env[model].browse(res_id), SUBCHANNEL)
        listeners[model, res_id].update(owners.get(email, [everybody]))
    for (model, res_id), channels in listeners.items():
        for channel in channels:
            env["bus.bus"]._sendone(channel, ARRIVED, {"model": model, "id": res_id})
