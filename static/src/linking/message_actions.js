import {registerMessageAction} from "@mail/core/common/message_actions";

import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * Show the messages of a chatter anew, as emails were taken off it or put back.
 *
 * @param {Object} env
 * @param {{model: String, id: Number}} thread
 */
export async function reloadThread(env, {model, id}) {
    const thread = env.services["mail.store"].Thread.get({model, id});
    if (thread?.isLoaded) {
        thread.isLoaded = false;
        thread.messages = [];
        await thread.fetchNewMessages();
    }
}

/**
 * Say what was done, with a way back.
 *
 * @param {Object} env
 * @param {Object} params
 * @param {String} params.text
 * @param {Number[]} params.undo ids of the decisions (imap.link)
 * @param {{model: String, id: Number}|false} params.thread the chatter that changed, if it is one on screen
 * @param {{model: String, id: Number}} [params.target] the record that the emails were linked to
 */
async function tell(env, {text, undo, thread, target}) {
    const {action, notification, orm} = env.services;
    if (thread) {
        await reloadThread(env, thread);
    }
    const buttons = [
        {
            name: _t("Undo"),
            primary: true,
            async onClick() {
                close();
                await orm.call("imap.link", "action_undo", [undo]);
                if (thread) {
                    await reloadThread(env, thread);
                }
                notification.add(_t("Taken back."), {type: "info"});
            },
        },
    ];
    if (target) {
        buttons.push({
            name: _t("Open"),
            onClick() {
                close();
                action.doAction({
                    type: "ir.actions.act_window",
                    res_model: target.model,
                    res_id: target.id,
                    views: [[false, "form"]],
                });
            },
        });
    }
    const close = notification.add(text, {type: "success", autocloseDelay: 10000, buttons});
}

registry.category("actions").add("mail_imap_sync.linked", async (env, {params}) => {
    await tell(env, params);
    return {type: "ir.actions.act_window_close"};
});

registerMessageAction("imap-link-to", {
    condition: ({message}) => Boolean(message.imap_direction) && !message.imap_stub,
    icon: "fa fa-share-square-o",
    name: _t("Link to…"),
    onSelected: ({message, store}) =>
        store.env.services.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Link to…"),
            res_model: "imap.link.to",
            views: [[false, "form"]],
            target: "new",
            context: {default_message_id: message.id},
        }),
    sequence: 57,
});

registerMessageAction("imap-remove", {
    condition: ({message, thread}) =>
        Boolean(message.imap_direction) &&
        !message.imap_stub &&
        Boolean(thread?.hasWriteAccess || (thread?.hasReadAccess && thread?.canPostOnReadonly)),
    icon: "fa fa-chain-broken",
    name: _t("Remove from here"),
    async onSelected({message, store, thread}) {
        const {text, undo} = await store.env.services.orm.call("imap.link", "action_remove", [
            [message.id],
        ]);
        await tell(store.env, {text, undo, thread: {model: thread.model, id: thread.id}});
    },
    sequence: 58,
});
