import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

/** The bar of a mailbox that is being read moves without a reload. */
registry.category("web_tour.tours").add("mail_imap_sync.progress", {
    steps: () => [
        {
            content: "Some of the past mail is looked at",
            trigger: ".o_imap_progress:contains(10 of 40) .progress-bar",
        },
        {
            content: "The rest is read by somebody else",
            trigger: "body",
            async run() {
                const id = Number(document.location.pathname.split("/").pop());
                const where = "/web/dataset/call_kw/imap.connection/action_sync_now";
                await rpc(where, {
                    model: "imap.connection",
                    method: "action_sync_now",
                    args: [[id]],
                    kwargs: {},
                });
            },
        },
        {
            content: "It shows by itself, and so do the other numbers",
            trigger: ".o_field_widget[name=progress]:contains(Complete)",
        },
        {
            trigger: ".o_field_widget[name=seen_count]:contains(40)",
        },
    ],
});
