import {openMailboxes} from "./preferences_steps";
import {registry} from "@web/core/registry";

const choose = (field, label) => [
    {
        trigger: `#imap_default_period .o_field_widget[name=${field}] .o_select_menu_toggler, #imap_default_period .o_field_widget[name=${field}] input`,
        run: "click",
    },
    {
        trigger: `.o_select_menu_menu .o_select_menu_item:contains(${label})`,
        run: "click",
    },
];

/** An administrator says how far back mailboxes are read; who connects one gets that, and is offered no more. */
registry.category("web_tour.tours").add("mail_imap_sync.settings", {
    steps: () => [
        {
            content: "Open the settings of mailboxes",
            trigger: ".settings_tab .tab[data-key=mail_imap_sync]",
            run: "click",
        },
        ...choose("imap_default_period", "3 months"),
        ...choose("imap_longest_period", "6 months"),
        {
            content: "Save, after which Odoo loads the page again",
            trigger: ".o_form_button_save:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        ...openMailboxes(),
        {
            trigger: ".o_dialog button:contains(Connect a mailbox)",
            run: "click",
        },
        {
            trigger: ".o_dialog div:has(> div[name=server_text]) button",
            run: "click",
        },
        {
            trigger: ".o_dialog div[name=host] input",
            run: "edit localhost",
        },
        {
            trigger: ".o_dialog div[name=port] input",
            run(helpers) {
                return helpers.edit(sessionStorage.getItem("imap_port"));
            },
        },
        {
            trigger: ".o_dialog div[name=password] input",
            run: "edit correct horse",
        },
        {
            trigger: ".o_dialog footer button:contains(Sign in)",
            run: "click",
        },
        {
            content: "What a new mailbox starts with",
            trigger: ".o_dialog div[name=period] input:value(3 months)",
            run: "click",
        },
        {
            content: "No more than the company allows is offered",
            trigger:
                ".o_select_menu_menu:contains(6 months):not(:contains(12 months)):not(:contains(Everything))",
        },
        {
            trigger: ".o_select_menu_menu .o_select_menu_item:contains(6 months)",
            run: "click",
        },
        {
            trigger: ".o_dialog footer button:contains(Start syncing)",
            run: "click",
        },
        {
            content: "Back in the preferences",
            trigger: ".o_dialog .o_data_row:contains(Connected)",
        },
    ],
});
