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


def announce(env, records):
    """Tell the chatters of records, as (model, id), that mail has come in."""
    bus = env["bus.bus"]
    for model, res_id in records:
        payload = {"model": model, "id": res_id}
        bus._sendone((env[model].browse(res_id), SUBCHANNEL), ARRIVED, payload)
