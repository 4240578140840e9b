import {openMailboxes} from "./preferences_steps";
import {registry} from "@web/core/registry";

/** A salesperson connects their mailbox by Google's own page, which knows them already. */
registry.category("web_tour.tours").add("mail_imap_sync.sign_in_with_google", {
    timeout: 60000,
    steps: () => [
        ...openMailboxes(),
        {
            trigger: ".o_dialog button:contains(Connect a mailbox)",
            run: "click",
        },
        {
            content: "No password is needed",
            trigger: ".o_dialog button:contains(Sign in with Google)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Back from Google: the folders are there",
            trigger: ".o_dialog .modal-body:contains(Signed in as):contains(INBOX)",
        },
        {
            content: "Start",
            trigger: ".o_dialog button[name=action_start]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(is connected)",
        },
        {
            content: "Behind it are the preferences",
            trigger: "a.nav-link:contains(Mailboxes)",
            run: "click",
        },
        {
            content: "The mailbox is in the preferences",
            trigger: ".o_field_widget[name=imap_connection_ids]:contains(olga@tea.example)",
        },
    ],
});
