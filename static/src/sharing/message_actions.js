import {toRaw} from "@odoo/owl";

import {registerMessageAction} from "@mail/core/common/message_actions";
import {_t} from "@web/core/l10n/translation";

import {openSharingDialog} from "./sharing_dialog";

registerMessageAction("imap-sharing", {
    condition: ({message}) => message.imap_sharing,
    icon: ({message}) => (message.imapSharingText ? "fa fa-lock" : "fa fa-unlock-alt"),
    name: _t("What colleagues see"),
    onSelected: ({message, store}) => openSharingDialog(store.env, toRaw(message)),
    sequence: 59,
});
