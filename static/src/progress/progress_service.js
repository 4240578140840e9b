import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";

/** Milliseconds between two looks at mailboxes that are being read. */
export const INTERVAL = 2000;
export const FIELDS = ["progress", "progress_text", "progress_moving", "linked_count"];

/**
 * Looks at the progress of all mailboxes that are on the screen, with one request for all of them, for as long as any
 * of them moves and the page is visible.
 */
export const imapProgressService = {
    dependencies: ["orm"],
    start(env, {orm}) {
        const watchers = new Set();
        let timer = null;

        function schedule() {
            if (timer === null && watchers.size) {
                timer = browser.setTimeout(look, INTERVAL);
            }
        }

        async function look() {
            const ids = [...new Set([...watchers].map((watcher) => watcher.id))];
            if (ids.length && document.visibilityState === "visible") {
                try {
                    const mailboxes = await orm.silent.searchRead(
                        "imap.connection",
                        [["id", "in", ids]],
                        FIELDS
                    );
                    const byId = new Map(mailboxes.map((mailbox) => [mailbox.id, mailbox]));
                    for (const watcher of [...watchers]) {
                        if (byId.has(watcher.id)) {
                            watcher.update(byId.get(watcher.id));
                        }
                    }
                } catch {
                    // The server is away, or the session ended: whatever else is on the page says so.
                }
            }
            timer = null;
            schedule();
        }

        return {
            /**
             * @param {Number} id of the mailbox
             * @param {Function} update called with its values
             * @returns {Function} that ends it
             */
            watch(id, update) {
                const watcher = {id, update};
                watchers.add(watcher);
                schedule();
                return () => watchers.delete(watcher);
            },
        };
    },
};

registry.category("services").add("imap_progress", imapProgressService);
