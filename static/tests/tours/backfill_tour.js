import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

const call = (model, method, ids) =>
    rpc(`/web/dataset/call_kw/${model}/${method}`, {model, method, args: [ids], kwargs: {}});

/**
 * A salesperson looks into the past of a mailbox, watches, chooses who is to be a contact, and finds their mail. The test
 * makes the first piece of work so short that the rest is left to the background, for which the tour stands in.
 */
registry.category("web_tour.tours").add("mail_imap_sync.backfill", {
    steps: () => [
        {
            content: "Open it from the mailbox",
            trigger: "button:contains(Contacts and past mail)",
            run: "click",
        },
        {
            content: "It says what it does; the folders are those of the mailbox",
            trigger: ".o_dialog .o_data_row:contains(INBOX) input:checked",
        },
        {
            content: "Look",
            trigger: ".o_dialog button:contains(Look first)",
            run: "click",
        },
        {
            content: "Some of it is looked at",
            trigger: ".o_dialog .o_imap_progress:contains(2 of 6 mails) .progress-bar",
        },
        {
            content: "The rest is looked at by somebody else",
            trigger: "body",
            async run() {
                const {id} = (await call("imap.backfill", "search_read", []))[0];
                for (let piece = 0; piece < 4; piece++) {
                    await call("imap.backfill", "action_try_again", [id]);
                }
            },
        },
        {
            content: "What was found shows by itself",
            trigger: ".o_dialog div:contains(2 people are no contacts yet. 1 of them are chosen.)",
        },
        {
            content: "By folder, with the reasons",
            trigger:
                ".o_dialog .o_data_row:contains(INBOX):contains(no contact: 2, mailing lists and newsletters: 1)",
        },
        {
            content: "Who sees it",
            trigger: ".o_dialog p:contains(Only you can see what was found)",
        },
        {
            content: "Who was found",
            trigger: ".o_dialog button:contains(Choose people)",
            run: "click",
        },
        {
            content: "Whoever wrote both ways is chosen, with the company of their domain",
            trigger:
                ".o_list_view .o_data_row:contains(Nina Leaf):contains(Leaf Ltd) .o_field_boolean_toggle input:checked",
        },
        {
            content: "Look for somebody",
            trigger: ".o_searchview_input",
            run: "edit nils",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(Person)",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Nina)))",
        },
        {
            content: "Select all that are shown",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "And choose them",
            trigger: ".o_control_panel button:contains(Choose)",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Nils) .o_field_boolean_toggle input:checked",
        },
        {
            content: "Go back",
            trigger: ".o_control_panel button:contains(Done)",
            run: "click",
        },
        {
            trigger: ".o_dialog div:contains(2 people are no contacts yet. 2 of them are chosen.)",
        },
        {
            content: "Start",
            trigger: ".o_dialog button:contains(Create contacts and start)",
            run: "click",
        },
        {
            content: "The mailbox is shown, and tells what comes next",
            trigger: ".o_form_view .o_imap_progress:contains(About to begin)",
        },
        {
            content: "It can be stopped before it has begun",
            trigger: ".o_group button:contains(Stop)",
        },
        {
            content: "And paused",
            trigger: "button:contains(Pause past mail)",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_imap_progress:contains(Paused)",
        },
        {
            content: "And gone on with",
            trigger: "button:contains(Go on with past mail)",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_imap_progress:contains(About to begin)",
        },
        {
            content: "A sync comes",
            trigger: "body",
            async run() {
                const id = Number(document.location.pathname.split("/").pop());
                await call("imap.connection", "action_sync_now", [id]);
            },
        },
        {
            trigger: ".o_field_widget[name=progress]:contains(Complete)",
        },
        {
            content: "Nothing is left that could be paused",
            trigger: ".o_form_view:not(:has(button:contains(Pause past mail)))",
        },
        {
            content: "Who was created",
            trigger: "button:contains(Contacts created)",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Nina Leaf) td:contains(Nina Leaf)",
            run: "click",
        },
        {
            content: "Their mail, and where they come from",
            trigger: ".o-mail-Message:contains(Question about oolong)",
        },
        {
            trigger:
                ".o-mail-Message:contains(Created from an email in the mailbox olga@tea.example)",
        },
    ],
});
