import {fields} from "@mail/core/common/record";
import {Chatter} from "@mail/chatter/web_portal/chatter";
import {Thread} from "@mail/core/common/thread_model";

import {useEffect} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {patch} from "@web/core/utils/patch";

/** A chatter that is open listens for mail that comes in: models/ir_websocket.py. */
patch(Thread.prototype, {
    setup() {
        super.setup(...arguments);
        /** How many chatters show this thread. */
        this.imapChatters = fields.Attr(0, {
            /** @this {import("models").Thread} */
            onUpdate() {
                const {bus_service: bus} = this.store.env.services;
                const channel = `mail_imap_sync.chatter_${this.model}_${this.id}`;
                if (this.imapChatters) {
                    bus.addChannel(channel);
                } else {
                    bus.deleteChannel(channel);
                }
            },
        });
    },

    /** Show mail that has come in, once what is being loaded is there. */
    imapShowArrived() {
        if (this.status === "loading") {
            // after those who wait for it
            this.imapSettled().then(() => setTimeout(() => this.imapShowArrived()));
        } else if (this.isLoaded) {
            this.fetchNewMessages();
        }
    },
});

patch(Chatter.prototype, {
    setup() {
        super.setup(...arguments);
        useEffect(
            (thread) => {
                if (thread?.id > 0) {
                    thread.imapChatters++;
                    return () => thread.imapChatters--;
                }
            },
            () => [this.state.thread]
        );
    },
});

registry.category("services").add("mail_imap_sync.arrival", {
    dependencies: ["bus_service", "mail.store"],
    start(env, {bus_service: bus, "mail.store": store}) {
        bus.subscribe("mail_imap_sync/arrived", (record) => {
            const thread = store.Thread.get(record);
            if (thread?.imapChatters) {
                thread.imapShowArrived();
            }
        });
    },
});
