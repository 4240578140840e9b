import {registry} from "@web/core/registry";

/**
 * Open a form above the preferences of its user, where somebody arrives by a link and nothing else is open.
 *
 * @param {Object} env
 * @param {{params: {preferences: Object, form: Object|false}}} action
 */
async function abovePreferences(env, {params}) {
    await env.services.action.doAction(params.preferences, {clearBreadcrumbs: true});
    return params.form;
}

registry.category("actions").add("mail_imap_sync.above_preferences", abovePreferences);
