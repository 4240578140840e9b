import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

const messages = () => [...document.querySelectorAll(".o-mail-Thread .o-mail-Message")];

const subject = (message) =>
    message.querySelector("em")?.textContent.replace("Subject: ", "") ||
    message.querySelector(".o-mail-Message-body").textContent;

/** Fail unless the chatter is in the order of dates, and each day has one heading. */
function checkOrder() {
    const times = messages().map((message) =>
        Date.parse(message.querySelector(".o-mail-Message-date").title)
    );
    if (times.some((time, index) => !time || times[index - 1] < time)) {
        throw new Error(`not in the order of dates: ${messages().map(subject)}`);
    }
    const days = [...document.querySelectorAll(".o-mail-DateSection")].map((el) => el.textContent);
    if (new Set(days).size !== days.length) {
        throw new Error(`dates that come twice: ${days}`);
    }
}

/** Fail unless messages follow each other, from the newest to the oldest. */
function checkSequence(...expected) {
    const found = messages().map(subject);
    const start = found.indexOf(expected[0]);
    const sequence = found.slice(start, start + expected.length);
    if (sequence.join() !== expected.join()) {
        throw new Error(`${expected} is expected, but there is ${found}`);
    }
}

/** Scroll up, from below: newer messages are loaded when their place comes into sight. */
async function scrollToFirst() {
    messages().at(-1).scrollIntoView();
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    messages()[0].scrollIntoView({block: "center"});
}

/**
 * Somebody reads a chatter with notes and with mail of the same time that came in later. While it is open, more mail
 * comes in: new mail, and mail that is older than some of what is shown. The test leaves the mailbox's id in the
 * session's storage.
 */
registry.category("web_tour.tours").add("mail_imap_sync.chatter_order", {
    timeout: 60000,
    steps: () => [
        {
            content: "Notes and back-filled mail stand among each other",
            trigger: ".o-mail-Message:contains(Note of yesterday)",
            run() {
                checkOrder();
                checkSequence("Note of yesterday", "Mail 3", "Mail 4", "Note of day 5", "Mail 5");
            },
        },
        {
            content: "Mail comes in",
            trigger: "body:not(:has(.o-mail-Message:contains(Fresh mail)))",
            run: () =>
                rpc("/web/dataset/call_kw/imap.connection/action_sync_now", {
                    model: "imap.connection",
                    method: "action_sync_now",
                    args: [[Number(sessionStorage.getItem("imap_connection"))]],
                    kwargs: {},
                }),
        },
        {
            content: "It shows by itself, the new one on top",
            trigger: ".o-mail-Message:contains(Fresh mail)",
            run() {
                checkOrder();
                checkSequence("Fresh mail", "Note of yesterday", "Mail 3", "Late mail", "Mail 4");
            },
        },
        {
            content: "Write a note",
            trigger: ".o-mail-Chatter-logNote",
            run: "click",
        },
        {
            trigger: ".o-mail-Composer-input",
            run: "edit Called her",
        },
        {
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "It is the newest",
            trigger: ".o-mail-Message:contains(Called her)",
            run() {
                checkOrder();
                checkSequence("Called her", "Fresh mail", "Note of yesterday");
            },
        },
        {
            content: "Search for a mail that is not shown yet",
            trigger:
                ".o-mail-Chatter:not(:has(.o-mail-Message:contains(Mail 60))) [title='Search Messages']",
            run: "click",
        },
        {
            trigger: ".o_searchview_input",
            run: "edit Oolong && press Enter",
        },
        {
            content: "It is found, with others, the newest first",
            trigger: ".o-mail-SearchMessageResult .o-mail-Message:contains(Mail 60)",
            run() {
                const found = [
                    ...document.querySelectorAll(".o-mail-SearchMessageResult .o-mail-Message"),
                ].map(subject);
                if (found.join() !== "Mail 6,Mail 60,Mail 61,Mail 62,Mail 63,Mail 64,Mail 65") {
                    throw new Error(`found: ${found}`);
                }
            },
        },
    ],
});

/** The link of an old mail leads to its place among its neighbours, and from there the rest is loaded. */
registry.category("web_tour.tours").add("mail_imap_sync.jump_to_mail", {
    timeout: 60000,
    steps: () => [
        {
            content: "It is shown among its neighbours",
            trigger: ".o-mail-Message:contains(Mail 60)",
            run() {
                checkOrder();
                checkSequence("Mail 59", "Mail 60", "Mail 61");
            },
        },
        {
            content: "Go up, page by page",
            trigger: ".o-mail-Thread:not(:has(.o-highlighted)) .o-mail-Message:contains(Mail 32)",
            run: scrollToFirst,
        },
        {
            trigger: ".o-mail-Message:contains(Mail 9)",
            run: scrollToFirst,
        },
        {
            content: "All of it is there, once",
            trigger: ".o-mail-Message:contains(Note of yesterday)",
            run() {
                checkOrder();
                checkSequence("Note of yesterday", "Mail 3", "Mail 4", "Note of day 5");
                const mails = messages()
                    .map(subject)
                    .filter((text) => text.startsWith("Mail "));
                if (mails.length !== 63 || new Set(mails).size !== 63) {
                    throw new Error(`${mails.length} mails: ${mails}`);
                }
            },
        },
    ],
});
