# Copyright 2026 The mail_imap_sync contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "IMAP Mailbox Sync",
    "summary": "Each user's own mailbox in the CRM: mail with a contact is in the contact's chatter",
    "version": "19.0.1.1.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "The mail_imap_sync contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/mail",
    "depends": ["crm", "google_gmail", "microsoft_outlook"],
    "external_dependencies": {
        "python": ["imapclient>=4.1", "email-validator", "cryptography"],
    },
    "data": [
        "security/groups.xml",
        "security/ir.model.access.csv",
        "security/rules.xml",
        "data/mail_message_subtype.xml",
        "data/ir_cron.xml",
        "wizards/imap_why_views.xml",
        "views/imap_folder_views.xml",
        "views/imap_placement_views.xml",
        "views/imap_connection_views.xml",
        "views/imap_audit_views.xml",
        "views/imap_exclusion_views.xml",
        "wizards/imap_exclusion_past_views.xml",
        "wizards/imap_backfill_views.xml",
        "wizards/imap_connect_views.xml",
        "views/imap_email_views.xml",
        "wizards/imap_delete_views.xml",
        "views/res_partner_views.xml",
        "views/crm_lead_views.xml",
        "wizards/imap_link_to_views.xml",
        "views/res_users_views.xml",
        "views/res_config_settings_views.xml",
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "mail_imap_sync/static/src/linking/*.js",
            "mail_imap_sync/static/src/leaving/*.js",
            "mail_imap_sync/static/src/message/*.js",
            "mail_imap_sync/static/src/message/*.xml",
            "mail_imap_sync/static/src/sharing/*",
            "mail_imap_sync/static/src/sign_in/*",
            "mail_imap_sync/static/src/past_mail/*",
            "mail_imap_sync/static/src/progress/*",
            "mail_imap_sync/static/src/email/*",
            "mail_imap_sync/static/src/thread/*.js",
        ],
        # the style sheet inside the shadow root that holds the body of a mail
        "mail.assets_message_email": [
            "mail_imap_sync/static/src/message/email_body.scss",
        ],
        "web.assets_tests": [
            "mail_imap_sync/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "mail_imap_sync/static/tests/unit/**/*",
        ],
    },
    "application": True,
}
