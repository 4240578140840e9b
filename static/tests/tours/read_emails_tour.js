import {registry} from "@web/core/registry";

/** A salesperson looks for an email among those of a company's people, reads it, and goes on to the person. */
registry.category("web_tour.tours").add("mail_imap_sync.read_emails", {
    steps: () => [
        {
            content: "The company's button counts the emails of its people",
            trigger: ".oe_stat_button:contains(Emails):contains(3)",
            run: "click",
        },
        {
            content: "They are listed, the youngest first",
            trigger: ".o_data_row:first:contains(Re: Order):has(.fa-arrow-up)",
        },
        {
            content: "An email with attachment has a clip",
            trigger: ".o_data_row:contains(Carla C.):has(.fa-paperclip):has(.fa-arrow-down)",
        },
        {
            content: "Look for a word of its text",
            trigger: ".o_searchview_input",
            run: "edit earl grey",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(Subject or text)",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:nth-child(2)))",
        },
        {
            content: "Open what was found",
            trigger: ".o_data_row td[name=subject]:contains(Order)",
            run: "click",
        },
        {
            content: "It is there with its subject",
            trigger: ".o_form_view h2:contains(Order)",
        },
        {
            content: "The text, as in the chatter",
            trigger:
                ".o_imap_email_entry .o-mail-Message-body > div:shadow span:contains(A pound of earl grey)",
        },
        {
            content: "Its attachment",
            trigger: ".o_imap_email_entry .o-mail-AttachmentList:contains(Order.pdf)",
        },
        {
            content: "In whose mailbox it was found",
            trigger: ".o_imap_email_entry .o-mail-Message:contains(in mailbox of Olga)",
        },
        {
            content: "The rest of the conversation",
            trigger: ".oe_stat_button:contains(Conversation):contains(2)",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Re: Order)",
        },
        {
            trigger: ".o_data_row:nth-child(2) td[name=subject]",
            run: "click",
        },
        {
            content: "On to the person",
            trigger: ".o_imap_email_records a:contains(Carla)",
            run: "click",
        },
        {
            trigger: ".o_form_view .oe_stat_button:contains(Emails):contains(2)",
        },
    ],
});
