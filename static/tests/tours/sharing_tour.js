import {registry} from "@web/core/registry";

const MAIL = ".o-mail-Message:has(.o-mail-imapHeader)";

/** The owner of a mailbox makes a conversation private, undoes it, and does it again. */
registry.category("web_tour.tours").add("mail_imap_sync.make_private", {
    steps: () => [
        {
            content: "The newest email of the conversation; nothing says that it is restricted",
            trigger: `${MAIL}:contains(Re: Price):not(:has(.o-mail-imapSharing))`,
            run: "hover && click .o-mail-Message:contains(Re: Price) [title='Expand']",
        },
        {
            trigger: ".o-dropdown-item:contains(What colleagues see)",
            run: "click",
        },
        {
            content: "It is about the conversation, unless one says otherwise",
            trigger: ".o_dialog label:contains(The whole conversation: 2 emails)",
        },
        {
            content: "They see everything so far, as the mailbox shares it",
            trigger:
                ".o_dialog .form-check:contains(Everything):contains(as your mailbox) input:checked",
        },
        {
            trigger: ".o_dialog label:contains(Nothing)",
            run: "click",
        },
        {
            trigger: ".o_dialog button:contains(Save)",
            run: "click",
        },
        {
            content: "Both emails say so, the other one does not",
            trigger: `.o-mail-Thread:has(${MAIL}:contains(Delivery):not(:has(.o-mail-imapSharing))):has(${MAIL}:contains(Re: Price) .o-mail-imapSharing:contains(Private))`,
        },
        {
            trigger:
                ".o_notification:contains(This conversation is private now) button:contains(Undo)",
            run: "click",
        },
        {
            trigger: ".o-mail-Thread:not(:has(.o-mail-imapSharing))",
        },
        {
            content: "Once more, for one email",
            trigger: `${MAIL}:contains(Delivery)`,
            run: "hover && click .o-mail-Message:contains(Delivery) [title='Expand']",
        },
        {
            trigger: ".o-dropdown-item:contains(What colleagues see)",
            run: "click",
        },
        {
            content: "It is a conversation of one email: nothing to choose",
            trigger:
                ".o_dialog:not(:has(label:contains(conversation))) label:contains(Subject only)",
            run: "click",
        },
        {
            trigger: ".o_dialog button:contains(Save)",
            run: "click",
        },
        {
            trigger: `${MAIL}:contains(Delivery) .o-mail-imapSharing:contains(Colleagues see the subject only)`,
            run: "click",
        },
        {
            content: "The badge opens the dialog, too",
            trigger: ".o_dialog .form-check:contains(Subject only) input:checked",
        },
        {
            trigger: ".o_dialog button:contains(Discard)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_dialog))",
        },
    ],
});

/** A colleague sees of each email what its owner shares. */
registry.category("web_tour.tours").add("mail_imap_sync.see_subject_only", {
    steps: () => [
        {
            content: "Who wrote to whom, and the subject, but not the text",
            trigger: `${MAIL}:contains(Carla):contains(to olga@tea.example) .o-mail-imapStub:contains(Delivery):contains(not shared with you)`,
        },
        {
            content: "Of another one, only that it happened",
            trigger: `${MAIL}:contains(Carla) .o-mail-imapStub:contains(Subject and text of this email are not shared)`,
        },
        {
            content: "There is no text and no file, and nothing to decide",
            trigger:
                ".o-mail-Chatter:not(:contains(two tins)):not(:contains(Price)):not(:has(.o-mail-AttachmentCard)):not(:has(.o-mail-imapSharing))",
        },
    ],
});

/** The owner chooses in the preferences what colleagues see. */
registry.category("web_tour.tours").add("mail_imap_sync.share_mailbox", {
    steps: () => [
        {
            trigger: ".o_field_widget[name=visibility] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Subject only)",
            run: "click",
        },
        {
            content: "It says what that means, and for how many emails",
            trigger:
                ".o_form_view:contains(Text and attachments are the owner's only):contains(once you save: 3)",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
    ],
});
