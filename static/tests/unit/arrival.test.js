import {addMessages, defineSyncedMailModels} from "./synced_thread_helpers";
import {contains, openFormView, start, startServer} from "@mail/../tests/mail_test_helpers";
import {waitForChannels} from "@bus/../tests/bus_test_helpers";
import {describe, test} from "@odoo/hoot";
import {Deferred} from "@odoo/hoot-mock";
import {asyncStep, getService, onRpc, waitForSteps} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineSyncedMailModels();

const channel = (partnerId) => `mail_imap_sync.chatter_res.partner_${partnerId}`;

/** Let the server say that mail has come in. */
function announce(env, partnerId) {
    const record = {id: partnerId, model: "res.partner"};
    env["bus.bus"]._sendone(channel(partnerId), "mail_imap_sync/arrived", record);
}

test("mail that comes in shows in the open chatter by itself", async () => {
    const env = await startServer();
    const partnerId = env["res.partner"].create({name: "Carla"});
    await start();
    await openFormView("res.partner", partnerId);
    await waitForChannels([channel(partnerId)]);
    addMessages(env, partnerId, 10);
    announce(env, partnerId);
    await contains(".o-mail-Message", {count: 1});
    addMessages(env, partnerId, 5, 15);
    announce(env, partnerId);
    await contains(".o-mail-Message", {count: 3});
});

test("mail that comes in while messages are being loaded", async () => {
    const env = await startServer();
    const partnerId = env["res.partner"].create({name: "Carla"});
    addMessages(env, partnerId, 10);
    await start();
    await openFormView("res.partner", partnerId);
    await contains(".o-mail-Message", {count: 1});
    await waitForChannels([channel(partnerId)]);
    const slow = new Deferred();
    let isFirst = true;
    onRpc("/mail/thread/messages", async () => {
        if (isFirst) {
            isFirst = false;
            asyncStep("asked");
            await slow;
            return {data: {}, imap_date_order: true, messages: []};
        }
    });
    getService("bus_service").subscribe("mail_imap_sync/arrived", () => asyncStep("told"));
    announce(env, partnerId);
    await waitForSteps(["asked", "told"]);
    addMessages(env, partnerId, 15);
    announce(env, partnerId);
    await waitForSteps(["told"]);
    slow.resolve();
    await contains(".o-mail-Message", {count: 2});
});

test("a chatter listens as long as it is open", async () => {
    const env = await startServer();
    const [first, second] = env["res.partner"].create([{name: "Carla"}, {name: "Chris"}]);
    await start();
    await openFormView("res.partner", first);
    await waitForChannels([channel(first)]);
    await openFormView("res.partner", second);
    await waitForChannels([channel(second)]);
    await waitForChannels([channel(first)], {operation: "delete"});
});
