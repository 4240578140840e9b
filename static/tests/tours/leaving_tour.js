import {openMailboxes} from "./preferences_steps";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const EMAIL = ".o-mail-Message:has(.o-mail-imapHeader):contains(Deleted)";

/** The owner deletes one email for good, then disconnects the mailbox, and its mail leaves Odoo with it. */
tours.add("mail_imap_sync.leave_with_mail", {
    timeout: 60000,
    steps: () => [
        {
            trigger: EMAIL,
            run: `hover && click ${EMAIL} [title='Expand']`,
        },
        {
            trigger: ".o-dropdown-item:contains(Delete in Odoo)",
            run: "click",
        },
        {
            content: "It says what that means",
            trigger: ".modal:contains(Later syncs do not bring it back)",
        },
        {
            trigger: ".modal footer button:contains(Delete in Odoo)",
            run: "click",
        },
        {
            content: "It is gone, the others are there",
            trigger: `.o-mail-Chatter:not(:has(${EMAIL})):contains(Hers):contains(Both)`,
        },
        ...openMailboxes(),
        {
            trigger: ".modal .o_data_row:contains(olga) button[name=action_open_disconnect]",
            run: "click",
        },
        {
            content: "Its mail stays, unless one decides otherwise",
            trigger: ".modal .o_radio_item:contains(Stays) input:checked",
        },
        {
            trigger: ".modal .o_radio_item:contains(Leaves Odoo) input",
            run: "click",
        },
        {
            content: "How many leave",
            trigger: ".modal div[name=emails]:contains(1)",
        },
        {
            content: "How many stay because of another mailbox",
            trigger: ".modal div[name=staying]:contains(1)",
        },
        {
            trigger: ".modal button:contains(Disconnect and delete its mail)",
            run: "click",
        },
        {
            content: "It says how many it were",
            trigger: ".o_notification:contains(Emails deleted in Odoo: 1)",
        },
    ],
});

/** Who manages mailboxes deletes mail of a period, then all mail of a contact. */
tours.add("mail_imap_sync.delete_mail", {
    timeout: 60000,
    steps: () => [
        {
            content: "Nothing was deleted yet, and the page says what for",
            trigger: ".o_view_nocontent:contains(Delete synced mail by contact, mailbox or period)",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Without a choice there is nothing to delete",
            trigger:
                ".o_form_view:not(:has(button[name=action_delete])) div[name=emails]:contains(0)",
        },
        {
            trigger: "div[name=date_to] input",
            run: "edit -10d",
        },
        {
            trigger: "div[name=date_from] input",
            run: "click",
        },
        {
            content: "How many emails that is",
            trigger: "div[name=emails]:contains(1)",
        },
        {
            trigger: "button[name=action_delete]",
            run: "click",
        },
        {
            trigger: ".modal:contains(later syncs do not bring them back) footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Emails deleted in Odoo: 1)",
        },
        {
            trigger: ".o_statusbar_status:contains(Deleted)",
        },
    ],
});

tours.add("mail_imap_sync.delete_mail_of_contact", {
    timeout: 60000,
    steps: () => [
        {
            trigger: ".o_cp_action_menus button:has(.fa-cog)",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains(Delete synced mail)",
            run: "click",
        },
        {
            content: "It is about this contact",
            trigger: "div[name=partner_id] input:value(Carla)",
        },
        {
            trigger: "div[name=emails]:contains(2)",
        },
        {
            content: "What stands with others too stays with them",
            trigger: "div[name=shared]:contains(1)",
        },
        {
            trigger: "button[name=action_delete]",
            run: "click",
        },
        {
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Emails deleted in Odoo: 2)",
        },
    ],
});
