import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

/** Whoever adds a contact sees that past mail is looked for, and then that mail, without a reload. */
registry.category("web_tour.tours").add("mail_imap_sync.past_mail", {
    steps: () => [
        {
            content: "Type who it is",
            trigger:
                ".o_form_view .o_field_widget[name=name] .o-autocomplete--input:visible, .o_form_view .o_field_widget[name=name] input:visible",
            run: "edit Nora",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=email] input:visible",
            run: "edit nora@new.example",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            content: "Past mail is looked for",
            trigger: ".o_field_widget[name=imap_is_looked_for]:contains(Looking for past mail)",
        },
        {
            content: "The mailbox has its turn",
            trigger: "body",
            async run() {
                const ids = await rpc("/web/dataset/call_kw/imap.connection/search", {
                    model: "imap.connection",
                    method: "search",
                    args: [[]],
                    kwargs: {},
                });
                await rpc("/web/dataset/call_kw/imap.connection/action_sync_now", {
                    model: "imap.connection",
                    method: "action_sync_now",
                    args: [ids],
                    kwargs: {},
                });
            },
        },
        {
            content: "The mail of before shows by itself",
            trigger: ".o-mail-Message:contains(Greetings of last month)",
        },
        {
            content: "Nothing is looked for any more",
            trigger: ".o_form_view:not(:contains(Looking for past mail))",
        },
    ],
});
