import {registerMessageAction} from "@mail/core/common/message_actions";

import {_t} from "@web/core/l10n/translation";

import {OriginalDialog} from "./original_dialog";

registerMessageAction("imap-original", {
    // Of an email of one's own
    condition: ({message}) => Boolean(message.imap_sharing) && !message.imap_stub,
    icon: "fa fa-file-code-o",
    name: _t("Show original"),
    async onSelected({message, store}) {
        const {dialog, orm} = store.env.services;
        const original = await orm.call("mail.message", "imap_original", [[message.id]]);
        dialog.add(OriginalDialog, {original});
    },
    sequence: 60,
});
