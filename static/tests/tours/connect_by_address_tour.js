import {openMailboxes} from "./preferences_steps";
import {registry} from "@web/core/registry";

/** A salesperson, whose address is known already, types nothing but another address, and the password. */
function connect(email, password) {
    return [
        ...openMailboxes(),
        {
            trigger: ".o_dialog button:contains(Connect a mailbox)",
            run: "click",
        },
        {
            content: "Nobody has to know what a mail server is",
            trigger: ".o_dialog .modal-content:has(div[name=password]):not(:has(div[name=host]))",
        },
        {
            content: "Type the password",
            trigger: ".o_dialog div[name=password] input",
            run: `edit ${password}`,
        },
        {
            content: "Type the address",
            trigger: ".o_dialog div[name=email] input",
            run: `edit ${email}`,
        },
        {
            content: "Sign in",
            trigger: ".o_dialog button[name=action_sign_in]",
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("mail_imap_sync.connect_by_address", {
    timeout: 60000,
    steps: () => [
        ...connect("olga@tea.example", "correct horse"),
        {
            content: "The server was found, and the password is right",
            trigger: ".o_dialog .modal-body:contains(Signed in as):contains(INBOX)",
        },
        {
            content: "It says where",
            trigger:
                ".o_dialog div[name=server_text]:visible:contains(imap.tea.example, which answers for tea.example)",
        },
        {
            content: "Back, to change it",
            trigger: ".o_dialog button[name=action_back]",
            run: "click",
        },
        {
            trigger: ".o_dialog button[name=action_show_account]",
            run: "click",
        },
        {
            trigger: ".o_dialog div[name=port] input:value(993)",
        },
        {
            content: "The password is kept",
            trigger: ".o_dialog button[name=action_sign_in]",
            run: "click",
        },
        {
            trigger: ".o_dialog button[name=action_start]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(olga@tea.example is connected)",
        },
    ],
});

registry.category("web_tour.tours").add("mail_imap_sync.connect_not_found", {
    timeout: 60000,
    steps: () => [
        ...connect("olga@nowhere.example", "correct horse"),
        {
            content: "Nothing was found; the server can be typed",
            trigger:
                ".o_dialog .text-danger:visible:contains(No mail server was found for nowhere.example)",
        },
        {
            trigger: ".o_dialog div[name=host] input",
            run: "edit imap.tea.example",
        },
        {
            content:
                "Another address, of a large provider: what it wants is said before it refuses",
            trigger: ".o_dialog div[name=email] input",
            run: "edit olga@gmail.com && click .modal-body",
        },
        {
            content: "The login has followed it",
            trigger: ".o_dialog div[name=login] input:value(olga@gmail.com)",
        },
        {
            content: "The server that was typed stays",
            trigger: ".o_dialog div[name=host] input:value(imap.tea.example)",
            run: "clear && click .modal-body",
        },
        {
            trigger: ".o_dialog .alert:visible:contains(Gmail wants an app password)",
        },
        {
            trigger: ".o_dialog div[name=email] input",
            run: "edit olga@yahoo.com && click .modal-body",
        },
        {
            trigger:
                ".o_dialog .alert:visible:contains(Yahoo wants an app password) a:contains(Create an app password)",
        },
        {
            trigger: ".o_dialog div[name=host] input:value(imap.mail.yahoo.com)",
        },
        {
            content: "Cancel",
            trigger: ".o_dialog footer button:contains(Cancel)",
            run: "click",
        },
    ],
});
