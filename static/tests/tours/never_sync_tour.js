import {openMailboxes} from "./preferences_steps";
import {registry} from "@web/core/registry";

/** Somebody is never to be synced: their past mail is removed after a look at how much it is, and can come back. */
registry.category("web_tour.tours").add("mail_imap_sync.never_sync", {
    steps: () => [
        ...openMailboxes(),
        {
            trigger: ".o_dialog button:contains(Never sync)",
            run: "click",
        },
        {
            content: "The end of a domain is refused with a sentence",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_data_row div[name=name] input",
            run: "edit example",
        },
        {
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            trigger: ".modal:contains(Type the whole domain) footer button",
            run: "click",
        },
        {
            trigger: ".o_data_row div[name=name] input",
            run: "edit shop.example",
        },
        {
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: "It is on the list; now its past mail",
            trigger:
                ".o_data_row:contains(shop.example):contains(My mailboxes) button:contains(Apply to past mail)",
            run: "click",
        },
        {
            content: "How much it is",
            trigger: ".modal div[name=emails]:contains(3)",
        },
        {
            trigger: ".modal div[name=contacts]:contains(2)",
        },
        {
            trigger: ".modal button:contains(Remove from Odoo)",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(removed from Odoo: 3)",
        },
        {
            content: "The list remembers; now it is taken off",
            trigger:
                "body:not(:has(.modal)) .o_data_row:contains(Removed from Odoo on) button[name=action_remove]",
            run: "click",
        },
        {
            content: "How much would come back",
            trigger: ".modal div[name=emails]:contains(3)",
        },
        {
            trigger: ".modal .o_radio_item:contains(Past mail too) input:checked",
        },
        {
            trigger: ".modal button:contains(Take off the list)",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(being looked for in the background)",
        },
        {
            content: "The list is empty",
            trigger: ".o_view_nocontent:contains(Keep an address or a whole domain out of Odoo)",
        },
    ],
});
