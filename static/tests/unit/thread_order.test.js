import {addMessages, defineSyncedMailModels} from "./synced_thread_helpers";
import {
    SIZES,
    click,
    contains,
    insertText,
    openFormView,
    patchUiSize,
    scroll,
    start,
    startServer,
    triggerHotkey,
} from "@mail/../tests/mail_test_helpers";
import {describe, expect, test} from "@odoo/hoot";
import {queryAllAttributes, queryAllTexts, queryFirst} from "@odoo/hoot-dom";
import {Deferred, mockDate} from "@odoo/hoot-mock";
import {asyncStep, getService, onRpc, waitForSteps} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineSyncedMailModels();

/** @returns {Promise<Object>} the server, a contact, and its thread as the client has it */
async function setup(...days) {
    mockDate("2026-02-01 12:00:00");
    const env = await startServer();
    const partnerId = env["res.partner"].create({name: "Carla"});
    const ids = addMessages(env, partnerId, ...days);
    await start();
    const thread = getService("mail.store").Thread.insert({model: "res.partner", id: partnerId});
    return {env, ids, partnerId, thread};
}

const shown = (thread) =>
    thread.messages.map(({body}) => String(body).replace(/^\D*/, "")).join(" ");

/** Days from..to, as synced mails. */
const mails = (from, to, step = 1) =>
    Array.from({length: Math.round((to - from) / step) + 1}, (_, index) => from + index * step);

test("back-filled mail stands in its place, under the right dates", async () => {
    const {partnerId} = await setup("10", "20", 15, 5);
    await openFormView("res.partner", partnerId);
    await contains(".o-mail-Message", {count: 4});
    expect(queryAllTexts(".o-mail-DateSection")).toEqual([
        "Jan 20, 2026",
        "Jan 15, 2026",
        "Jan 10, 2026",
        "Jan 5, 2026",
    ]);
});

test("mail that comes in goes to its place, wherever that is", async () => {
    const {env, partnerId, thread} = await setup("10", 20);
    await thread.fetchNewMessages();
    addMessages(env, partnerId, 15, 5, 25);
    await thread.fetchNewMessages();
    expect(shown(thread)).toBe("5 10 15 20 25");
    addMessages(env, partnerId, 15, "15");
    await thread.fetchNewMessages();
    expect(shown(thread)).toBe("5 10 15 15 15 20 25");
});

test("the first synced mail of a thread turns its order", async () => {
    const {env, partnerId, thread} = await setup("20", "10");
    await thread.fetchNewMessages();
    expect(shown(thread)).toBe("20 10");
    addMessages(env, partnerId, 15, 5);
    await thread.fetchNewMessages();
    expect(shown(thread)).toBe("5 10 15 20");
});

test("older mail that comes in is there when it is loaded", async () => {
    const {env, partnerId, thread} = await setup(...mails(2, 31.5, 0.5));
    await thread.fetchNewMessages();
    expect(thread.messages.length).toBe(30);
    expect(thread.loadOlder).toBe(true);
    addMessages(env, partnerId, 1);
    await thread.fetchNewMessages();
    expect(thread.messages.length).toBe(30);
    await thread.fetchMoreMessages();
    await thread.fetchMoreMessages();
    expect(thread.messages.length).toBe(61);
    expect(shown(thread).startsWith("1 2 2.5 3 ")).toBe(true);
});

test("more mail than a page comes in: no holes", async () => {
    const {env, partnerId, thread} = await setup("1", 30);
    await thread.fetchNewMessages();
    expect(thread.loadOlder).toBe(false);
    addMessages(env, partnerId, ...mails(2, 29, 0.5));
    await thread.fetchNewMessages();
    expect(shown(thread)).toBe([...mails(14.5, 29, 0.5), 30].join(" "));
    expect(thread.loadOlder).toBe(true);
    await thread.fetchMoreMessages();
    expect(shown(thread)).toBe([1, ...mails(2, 29, 0.5), 30].join(" "));
    expect(thread.loadOlder).toBe(false);
});

test("a message that is written goes to the end, and mail with a later date behind it", async () => {
    const {env, partnerId, thread} = await setup(10);
    await thread.fetchNewMessages();
    addMessages(env, partnerId, 31);
    await thread.fetchNewMessages();
    const [note] = addMessages(env, partnerId, "30");
    const message = getService("mail.store")["mail.message"].insert({
        body: "note 30",
        date: "2026-01-30 12:00:00",
        id: note,
    });
    thread.addOrReplaceMessage(message);
    expect(shown(thread)).toBe("10 30 31");
});

test("load more follows the dates, and the page stays in place", async () => {
    const {partnerId} = await setup(...mails(1, 30.5, 0.5).reverse());
    patchUiSize({size: SIZES.XXL});
    await openFormView("res.partner", partnerId);
    await contains(".o-mail-Message", {count: 30});
    const page = queryFirst(".o-mail-Chatter");
    await scroll(".o-mail-Chatter", "bottom");
    const position = page.scrollTop;
    expect(position).toBeGreaterThan(0);
    await contains(".o-mail-Message", {count: 60});
    expect(page.scrollTop).toBe(position);
    const texts = queryAllTexts(".o-mail-DateSection");
    expect(texts.at(0)).toBe("Jan 30, 2026");
    expect(texts.at(-1)).toBe("Jan 1, 2026");
    expect(texts.length).toBe(30);
});

test("a jump shows what is around a message by date, and goes on in both directions", async () => {
    const {ids, thread} = await setup(...mails(1, 31.75, 0.25).reverse());
    await thread.fetchNewMessages();
    // the 15th, whose id is in the middle; 62 mails are later
    const target = ids[123 - 56];
    await thread.loadAround(target);
    expect(shown(thread)).toBe(mails(7.75, 22.5, 0.25).join(" "));
    expect([thread.loadOlder, thread.loadNewer]).toEqual([true, true]);
    await thread.fetchMoreMessages("newer");
    await thread.fetchMoreMessages("newer");
    await thread.fetchMoreMessages("older");
    expect(shown(thread)).toBe(mails(1, 31.75, 0.25).join(" "));
    expect(thread.loadNewer).toBe(false);
});

test("a jump while messages are being loaded waits for them", async () => {
    const {ids, thread} = await setup(...mails(1, 28, 0.1));
    await thread.fetchNewMessages();
    const slow = new Deferred();
    let isFirst = true;
    onRpc("/mail/thread/messages", () => {
        const answer = isFirst ? slow : undefined;
        isFirst = false;
        return answer;
    });
    const loading = thread.fetchNewMessages();
    const jump = thread.loadAround(ids[50]);
    slow.resolve({data: {}, imap_date_order: true, messages: []});
    await Promise.all([loading, jump]);
    expect(thread.messages.some(({id}) => id === ids[50])).toBe(true);
});

test("a jump to the beginning knows that there is nothing older", async () => {
    const {ids, thread} = await setup(...mails(1, 20, 0.25).reverse());
    await thread.fetchNewMessages();
    await thread.loadAround(ids.at(-1));
    expect([thread.loadOlder, thread.loadNewer]).toEqual([false, true]);
    // what is shown already is not touched by a jump within it
    await thread.loadAround(ids.at(-2));
    expect([thread.loadOlder, thread.loadNewer]).toEqual([false, true]);
});

test("after a jump, mail that comes in makes no hole", async () => {
    const {env, ids, partnerId, thread} = await setup(...mails(1, 20, 0.25).reverse());
    await thread.fetchNewMessages();
    await thread.loadAround(ids.at(-1));
    const before = thread.messages.length;
    addMessages(env, partnerId, 25);
    await thread.fetchNewMessages();
    expect(shown(thread)).toBe(mails(1, 0.75 + (before + 30) / 4, 0.25).join(" "));
});

test("search finds by date, page by page, each once", async () => {
    const {partnerId} = await setup("31", ...mails(1, 30.5, 0.5).reverse());
    patchUiSize({size: SIZES.LG});
    await openFormView("res.partner", partnerId);
    await click("[title='Search Messages']");
    await insertText(".o_searchview_input", "mail");
    triggerHotkey("Enter");
    await contains(".o-mail-SearchMessageResult .o-mail-Message", {count: 30});
    await scroll(".o_content", "bottom");
    await contains(".o-mail-SearchMessageResult .o-mail-Message", {count: 60});
    const dates = queryAllAttributes(".o-mail-SearchMessageResult small[title]", "title");
    expect(dates[0]).toInclude("1/30/2026");
    expect(dates.at(-1)).toInclude("1/1/2026");
    expect(new Set(dates).size).toBe(60);
});

test("threads without synced mail keep the order of ids, and ask as ever", async () => {
    onRpc("/mail/thread/messages", async (request) => {
        const {params} = await request.json();
        asyncStep(JSON.stringify(params.fetch_params));
    });
    const {env, ids, partnerId, thread} = await setup("20", "10");
    await thread.fetchNewMessages();
    const [third] = addMessages(env, partnerId, "15");
    await thread.fetchNewMessages();
    expect(shown(thread)).toBe("20 10 15");
    await thread.fetchNewMessages();
    await waitForSteps([
        '{"limit":30}',
        `{"limit":30,"after":${ids[1]}}`,
        `{"limit":30,"after":${third}}`,
    ]);
});
