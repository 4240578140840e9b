import {openMailboxes} from "./preferences_steps";
import {registry} from "@web/core/registry";

const ROW = ".o_dialog .o_data_row:contains(olga@tea.example)";

/** Whoever works on their mailbox in the preferences stays there, and comes back there from other dialogs. */
registry.category("web_tour.tours").add("mail_imap_sync.in_preferences", {
    steps: () => [
        ...openMailboxes(),
        {
            trigger: `${ROW}:not(:contains(2)) button:contains(Sync now)`,
            run: "click",
        },
        {
            content: "It says what came, and the list shows it",
            trigger: ".o_notification:contains(New mails linked: 2)",
        },
        {
            content: "Open the mailbox",
            trigger: `${ROW} td[name=linked_count]:contains(2)`,
            run: "click",
        },
        {
            trigger: ".o_dialog button:contains(Pause):not(:contains(past))",
            run: "click",
        },
        {
            content: "The mailbox is still open",
            trigger: ".o_dialog div[name=state]:contains(Paused)",
        },
        {
            trigger: ".o_dialog .o_form_statusbar button:contains(Resume)",
            run: "click",
        },
        {
            trigger: ".o_dialog div[name=state]:contains(Connected)",
        },
        {
            content: "Look at the diagnostics",
            trigger: ".o_dialog a.nav-link:contains(Server)",
            run: "click",
        },
        {
            trigger: ".o_dialog button:contains(Diagnostics)",
            run: "click",
        },
        {
            trigger: ".o_dialog div[name=text]:contains(imapclient)",
        },
        {
            trigger: ".o_dialog footer button:contains(Close)",
            run: "click",
        },
        {
            content: "The preferences are back, where they were left",
            trigger:
                ".o_dialog:has(a.nav-link.active:contains(Mailboxes)) button:contains(Connect a)",
            run: "click",
        },
        {
            content: "The same after something that takes several steps",
            trigger: ".o_dialog div:has(> div[name=server_text]) button",
            run: "click",
        },
        {
            trigger: ".o_dialog:has(div[name=host] input) footer button:contains(Cancel)",
            run: "click",
        },
        {
            trigger:
                ".o_dialog:has(a.nav-link.active:contains(Mailboxes)) footer button:contains(Discard)",
            run: "click",
        },
        {
            content: "Once they are closed, they stay closed",
            trigger: "body:not(:has(.o_dialog))",
        },
    ],
});
