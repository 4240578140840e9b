import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";

/** Somebody whose mailbox makes trouble copies what there is to tell whoever helps. */
registry.category("web_tour.tours").add("mail_imap_sync.diagnostics", {
    steps: () => [
        {
            trigger: ".o_form_view a.nav-link:contains(Server)",
            run: "click",
        },
        {
            trigger: "button[name=action_open_diagnostics]",
            run: "click",
        },
        {
            content: "What Odoo knows by itself",
            trigger:
                ".modal div[name=text]:contains(imapclient):contains(inbox):not(:contains(just now))",
        },
        {
            content: "What the server says at this moment",
            trigger: ".modal button[name=action_ask_server]",
            run: "click",
        },
        {
            trigger: ".modal div[name=text]:contains(asked just now):contains(TLSv1)",
            run() {
                browser.navigator.clipboard.writeText = async (text) => {
                    document.body.classList.toggle("copied", text.includes("asked just now"));
                };
            },
        },
        {
            trigger: ".modal footer button:contains(Copy)",
            run: "click",
        },
        {
            trigger: "body.copied",
        },
        {
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});
