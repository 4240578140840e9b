import {openMailboxes} from "./preferences_steps";
import {registry} from "@web/core/registry";

/**
 * A salesperson connects a mailbox: a wrong password first, then the right one, then folders and period; afterwards
 * the mail of a customer is in the chatter. The test leaves the port of its mail server in the session's storage.
 */
registry.category("web_tour.tours").add("mail_imap_sync.connect_mailbox", {
    steps: () => [
        ...openMailboxes(),
        {
            content: "Nothing is connected yet, and the page says what for",
            trigger: ".o_dialog span:contains(Connect your mailbox)",
        },
        {
            content: "Connect one",
            trigger: ".o_dialog button:contains(Connect a mailbox)",
            run: "click",
        },
        {
            content: "The server would be looked for; it is typed instead",
            trigger: ".o_dialog div:has(> div[name=server_text]:contains(when you sign in)) button",
            run: "click",
        },
        {
            trigger: ".o_dialog div[name=host] input",
            run: "edit localhost",
        },
        {
            content: "Type the port",
            trigger: ".o_dialog div[name=port] input",
            run(helpers) {
                return helpers.edit(sessionStorage.getItem("imap_port"));
            },
        },
        {
            content: "Type a wrong password",
            trigger: ".o_dialog div[name=password] input",
            run: "edit wrong",
        },
        {
            content: "Sign in",
            trigger: ".o_dialog button:contains(Sign in)",
            run: "click",
        },
        {
            content: "The sentence stands under the password",
            trigger:
                ".o_dialog .text-danger:visible:contains(does not accept this login and password)",
        },
        {
            content: "Type the right password, where the cursor is",
            trigger: ".o_dialog div[name=password] input:focus",
            run: "edit correct horse",
        },
        {
            content: "Sign in again",
            trigger: ".o_dialog button:contains(Sign in)",
            run: "click",
        },
        {
            content: "Inbox and Sent are chosen, others are not",
            trigger: ".o_dialog .o_data_row:contains(INBOX) input:checked",
        },
        {
            trigger: ".o_dialog .o_data_row:contains(Sent) input:checked",
        },
        {
            trigger: ".o_dialog .o_data_row:contains(Trash) input:not(:checked)",
        },
        {
            content: "Start",
            trigger: ".o_dialog button:contains(Start syncing)",
            run: "click",
        },
        {
            content: "It says that it is connected",
            trigger: ".o_notification:contains(olga@tea.example is connected)",
        },
        {
            content: "Back in the preferences: sync now",
            trigger: ".o_dialog .o_data_row:contains(Connected) button:contains(Sync now)",
            run: "click",
        },
        {
            content: "It says what was found",
            trigger: ".o_notification:contains(Up to date. New mails linked: 2)",
        },
    ],
});

registry.category("web_tour.tours").add("mail_imap_sync.read_mail", {
    steps: () => [
        {
            content: "The received mail with its recipients",
            trigger:
                ".o-mail-Message:contains(Carla):has(.fa-arrow-down) .o-mail-imapHeader:contains(to olga@tea.example)",
        },
        {
            content: "The mail server could not confirm who sent it",
            trigger:
                ".o-mail-Message:contains(Carla) .o-mail-imapNotVerified:contains(Sender not verified)",
        },
        {
            content: "The sent mail on top, with its own, and without such a mark",
            trigger:
                ".o-mail-Message:contains(Olga):has(.fa-arrow-up):not(:has(.o-mail-imapNotVerified)) .o-mail-imapHeader:contains(to carla@shop.example)",
        },
        {
            content: "Its body, in the shadow of the page",
            trigger:
                ".o-mail-Message:contains(Carla) .o-mail-Message-body > div:shadow span:contains(Two tins please)",
        },
        {
            content: "The attachment",
            trigger: ".o-mail-Message:contains(Carla) .o-mail-AttachmentList:contains(Order.pdf)",
        },
    ],
});
