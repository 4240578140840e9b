import {Record} from "@mail/core/common/record";
import {Thread} from "@mail/core/common/thread_model";
import {compareByDate} from "./message_order";

import {rpc} from "@web/core/network/rpc";
import {patch} from "@web/core/utils/patch";

/**
 * A thread that holds synced mail is in the order of dates: models/mail_message_order.py. Where Odoo compares the ids of
 * its messages, this patch compares their dates. Other threads are left alone.
 */
patch(Thread.prototype, {
    setup() {
        super.setup(...arguments);
        /** Whether the server orders this thread by date; it says so with every answer. */
        this.imapDateOrder = false;
    },

    /**
     * @param {Object} bounds as in Odoo; `after` may also be a window, see `_message_fetch` on the server
     */
    async fetchMessagesData({after, around, before} = {}) {
        const result =
            typeof after === "object"
                ? await rpc(this.getFetchRoute(), {
                      ...this.getFetchParams(),
                      fetch_params: {limit: this.store.FETCH_LIMIT, imap_window: after},
                  })
                : await super.fetchMessagesData({after, around, before});
        this.imapDateOrder = Boolean(result.imap_date_order);
        const target = this.highlightMessage;
        if (this.imapDateOrder && target && !target.thread) {
            // a link led here: Odoo jumps to messages of this thread only, and knows nothing yet of this one
            target.thread = this;
        }
        return result;
    },

    async fetchMoreMessages() {
        await super.fetchMoreMessages(...arguments);
        this.imapSort();
    },

    async fetchNewMessages() {
        const wasLoaded = this.isLoaded;
        if (!wasLoaded || !this.imapDateOrder) {
            await super.fetchNewMessages(...arguments);
        }
        // also when its first synced mail has just come, which may be older than all that is shown
        if (wasLoaded && this.imapDateOrder) {
            await this.imapFetchLacking();
        }
    },

    /**
     * Mail comes in anywhere, not only after the newest message: fetch what is lacking between the oldest message that
     * is shown and the present.
     */
    async imapFetchLacking() {
        if (this.status === "loading") {
            return;
        }
        if (this.loadNewer) {
            // an old part is shown, after a jump: it goes on from there
            await this.fetchMoreMessages("newer");
            return;
        }
        this.imapSort();
        const oldest = this.oldestPersistentMessage;
        const known = this.messages.filter((message) => message.persistent).map(({id}) => id);
        const since = this.loadOlder ? oldest?.id : undefined;
        let fetched = [];
        try {
            fetched = await this.fetchMessages({after: {known, since}});
        } catch {
            return;
        }
        if (oldest && oldest.notIn(this.messages)) {
            // another part is shown by now
            return;
        }
        const lacking = fetched.filter((message) => message.notIn(this.messages));
        if (lacking.length) {
            this.messages.push(...lacking);
            this.imapSort();
        }
        if (fetched.length === this.store.FETCH_LIMIT) {
            // there may be more of it: show no holes, and load the rest on demand
            const start = this.messages.findIndex((message) => message.eq(fetched[0]));
            this.messages = this.messages.slice(start);
            this.loadOlder = true;
        }
    },

    async loadAround(messageId) {
        if (this.imapDateOrder) {
            // Odoo forgets a jump while anything is loaded, and mail that comes in is loaded at any time
            await this.imapSettled();
        }
        const indexOf = () => this.messages.findIndex(({id}) => id === messageId);
        const stays = this.status === "loading" || (this.isLoaded && indexOf() !== -1);
        await super.loadAround(...arguments);
        const index = indexOf();
        if (stays || !this.imapDateOrder || index === -1) {
            return;
        }
        // each side was asked for as many messages as one page holds, the message itself among the older ones
        this.loadOlder = index + 1 >= this.store.FETCH_LIMIT;
        this.loadNewer = this.messages.length - 1 - index >= this.store.FETCH_LIMIT;
    },

    /** Resolve as soon as no messages are being loaded. */
    imapSettled() {
        return new Promise((resolve) => {
            if (this.status !== "loading") {
                resolve();
                return;
            }
            const stop = Record.onChange(this, "status", () => {
                if (this.status !== "loading") {
                    stop();
                    resolve();
                }
            });
        });
    },

    addOrReplaceMessage() {
        super.addOrReplaceMessage(...arguments);
        this.imapSort();
    },

    /** Bring the messages of a thread that holds synced mail into their order. */
    imapSort() {
        const isOutOfOrder = (message, index, messages) =>
            index && compareByDate(messages[index - 1], message) > 0;
        if (this.imapDateOrder && [...this.messages].some(isOutOfOrder)) {
            this.messages.sort(compareByDate);
        }
    },
});
