import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";

/** Milliseconds between two looks at what moves. */
export const INTERVAL = 2000;
export const FIELDS = ["progress", "progress_text", "progress_moving"];

/**
 * Looks at the progress of all records that are on the screen, with one request for all of a model, for as long as any of
 * them moves and the page is visible.
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
            if (document.visibilityState === "visible") {
                const models = new Set([...watchers].map((watcher) => watcher.resModel));
                await Promise.all([...models].map(lookAt));
            }
            timer = null;
            schedule();
        }

        async function lookAt(resModel) {
            const those = [...watchers].filter((watcher) => watcher.resModel === resModel);
            const ids = [...new Set(those.map((watcher) => watcher.id))];
            try {
                const records = await orm.silent.searchRead(resModel, [["id", "in", ids]], FIELDS);
                const byId = new Map(records.map((record) => [record.id, record]));
                for (const watcher of those) {
                    if (watchers.has(watcher) && byId.has(watcher.id)) {
                        watcher.update(byId.get(watcher.id));
                    }
                }
            } catch {
                // The server is away, or the session ended: whatever else is on the page says so.
            }
        }

        return {
            /**
             * @param {String} resModel
             * @param {Number} id
             * @param {Function} update called with the values of FIELDS
             * @returns {Function} that ends it
             */
            watch(resModel, id, update) {
                const watcher = {resModel, id, update};
                watchers.add(watcher);
                schedule();
                return () => watchers.delete(watcher);
            },

            /** Whether somebody on this page sees for themselves how far a record is. */
            isWatched(resModel, id) {
                return [...watchers].some(
                    (watcher) => watcher.resModel === resModel && watcher.id === id
                );
            },
        };
    },
};

registry.category("services").add("imap_progress", imapProgressService);
