import {registry} from "@web/core/registry";

const HEADER = ".o-mail-Message .o-mail-imapHeader";
const BODY = ".o-mail-Message-body > div:shadow";

/** A reply in the chatter: who wrote it to whom, and what is new of it. */
registry.category("web_tour.tours").add("mail_imap_sync.read_email", {
    timeout: 60000,
    steps: () => [
        {
            content: "Few of many recipients",
            trigger: `${HEADER} .o-mail-imapRecipients:contains(to Chris, Person 0, Person 1)`,
        },
        {
            content: "What is new, also below the quote",
            trigger: `${BODY} p:contains(But not the dark ones)`,
        },
        {
            content: "The quote is folded",
            trigger: `${BODY} [data-o-mail-quote]:not(:visible):contains(Two bags)`,
        },
        {
            trigger: `${BODY} .o-mail-ellipsis`,
            run: "click",
        },
        {
            trigger: `${BODY} [data-o-mail-quote]:visible:contains(Two bags)`,
        },
        {
            trigger: `${HEADER} .o-mail-imapMore:contains(and 4 more)`,
            run: "click",
        },
        {
            content: "Everybody with their addresses",
            trigger: ".o-mail-imapDetails:contains(Person 4 <p4@x.example>)",
        },
        {
            trigger: ".o-mail-imapDetails a:contains(Chris <chris@shop.example>)",
            run: "click",
        },
        {
            content: "The contact",
            trigger: ".o_form_view .o_field_widget[name=name] :value(Chris)",
        },
    ],
});
