import {Component, useState} from "@odoo/owl";

import {_t} from "@web/core/l10n/translation";
import {Dialog} from "@web/core/dialog/dialog";
import {useService} from "@web/core/utils/hooks";

/** The owner of an email chooses what colleagues see of it, or of its whole conversation. */
export class SharingDialog extends Component {
    static template = "mail_imap_sync.SharingDialog";
    static components = {Dialog};
    static props = {
        message: Object,
        options: Object,
        close: Function,
    };

    setup() {
        // Undo outlives this dialog, which a service of the component would not
        this.orm = this.env.services.orm;
        this.notification = useService("notification");
        const {current, count} = this.props.options;
        this.state = useState({level: current, conversation: count > 1});
    }

    get title() {
        return _t("What colleagues see");
    }

    get conversationText() {
        return _t("The whole conversation: %s emails, and what is still to come", this.count);
    }

    get count() {
        return this.props.options.count;
    }

    async onSave() {
        const {message, options} = this.props;
        const {level, conversation} = this.state;
        // What the mailbox shares is no choice of its own: it follows the mailbox
        const chosen = level === options.mailbox ? false : level;
        const {data, undo} = await this.call("imap_set_sharing", [chosen, conversation]);
        message.store.insert(data);
        this.props.close();
        const remove = this.notification.add(this.doneText(level, conversation), {
            type: "success",
            buttons: [
                {
                    name: _t("Undo"),
                    onClick: async () => {
                        remove();
                        message.store.insert(await this.call("imap_undo_sharing", [undo]));
                    },
                },
            ],
        });
    }

    call(method, args) {
        return this.orm.call("mail.message", method, [[this.props.message.id], ...args]);
    }

    doneText(level, conversation) {
        if (this.props.message.imap_sharing?.by_others) {
            return _t("Done. A colleague who has this email too still shares more of it.");
        }
        if (conversation) {
            return {
                everything: _t("Colleagues see this conversation."),
                subject: _t("Colleagues see the subjects of this conversation only."),
                metadata: _t("Colleagues see only that this conversation happened."),
                private: _t("This conversation is private now."),
            }[level];
        }
        return {
            everything: _t("Colleagues see this email."),
            subject: _t("Colleagues see the subject of this email only."),
            metadata: _t("Colleagues see only that this email happened."),
            private: _t("This email is private now."),
        }[level];
    }
}

/**
 * @param {Object} env with the services of the web client
 * @param {import("models").Message} message
 */
export async function openSharingDialog(env, message) {
    const {orm, dialog} = env.services;
    const options = await orm.call("mail.message", "imap_sharing_options", [[message.id]]);
    dialog.add(SharingDialog, {message, options});
}
