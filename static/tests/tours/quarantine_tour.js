import {openMailboxes} from "./preferences_steps";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** The owner opens the list of what could not be read, from the preferences. */
const openList = () => [
    ...openMailboxes(),
    {
        content: "Open the mailbox",
        trigger: ".o_dialog .o_data_row td[name=email]:contains(olga@tea.example)",
        run: "click",
    },
    {
        content: "Its dialog says what it is",
        trigger: ".o_dialog .modal-title:contains(Open: Mailbox)",
    },
    {
        content: "Two mails could not be read",
        trigger:
            ".o_dialog div:has(> [name=quarantine_count]:contains(2)) button[name=action_open_quarantine]",
        run: "click",
    },
    {
        content: "The list says why",
        trigger: ".o_list_view .o_data_row:contains(does not hand it out)",
    },
];

tours.add("mail_imap_sync.quarantine_stays", {
    timeout: 60000,
    steps: () => [
        ...openList(),
        {
            content: "Try all of them, none is selected",
            trigger: ".o_control_panel button:contains(Try all again)",
            run: "click",
        },
        {
            content: "It says that it was in vain",
            trigger: ".o_notification:contains(still unreadable: 2)",
        },
        {
            content: "Both are still there, with one more attempt",
            trigger: ".o_data_row:eq(1) td[name=attempts]:contains(2)",
        },
    ],
});

tours.add("mail_imap_sync.quarantine_is_read", {
    timeout: 60000,
    steps: () => [
        ...openList(),
        {
            content: "Let one of them rest",
            trigger: ".o_data_row:eq(0) button[name=action_dismiss]",
            run: "click",
        },
        {
            content: "It is grey",
            trigger: ".o_data_row.text-muted",
        },
        {
            content: "Try all of them, that one too",
            trigger: ".o_control_panel button:contains(Try all again)",
            run: "click",
        },
        {
            content: "It says what became of them",
            trigger: ".o_notification:contains(linked: 2)",
        },
        {
            content: "Nothing is left",
            trigger: ".o_view_nocontent:contains(Every message could be read)",
        },
    ],
});
