import {registry} from "@web/core/registry";

/**
 * Somebody comes back from the sign-in page of their provider: the form that they left goes on, above their preferences.
 *
 * @param {Object} env
 * @param {{params: {preferences: Object, form: Object}}} action
 */
async function backFromProvider(env, {params}) {
    await env.services.action.doAction(params.preferences, {clearBreadcrumbs: true});
    return params.form;
}

registry.category("actions").add("mail_imap_sync.back_from_provider", backFromProvider);
