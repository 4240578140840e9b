import {ACTION_TAGS} from "@mail/core/common/action";
import {registerMessageAction} from "@mail/core/common/message_actions";
import {reloadThread} from "@mail_imap_sync/linking/message_actions";

import {_t} from "@web/core/l10n/translation";

registerMessageAction("imap-delete", {
    condition: ({message}) => Boolean(message.imap_may_delete),
    icon: "fa fa-trash",
    name: _t("Delete in Odoo…"),
    async onSelected({message, store, thread}) {
        const {action, orm} = store.env.services;
        const question = await orm.call("mail.message", "action_imap_delete", [[message.id]]);
        await action.doAction(question, {
            onClose: async (infos) => {
                if (!infos?.deleted) {
                    return;
                }
                if (action.currentController?.action.res_model === "imap.email") {
                    // the form of the email that is gone
                    await action.restore();
                } else if (thread) {
                    await reloadThread(store.env, thread);
                }
            },
        });
    },
    sequence: 130,
    tags: ACTION_TAGS.DANGER,
});
