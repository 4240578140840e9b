"""The permission to connect a mailbox made somebody an internal user; now a setting gives it to all internal users."""


def migrate(cr, version):
    # nobody stops being an internal user
    cr.execute("""
        INSERT INTO res_groups_users_rel (gid, uid)
        SELECT internal.res_id, member.uid
          FROM res_groups_users_rel AS member
          JOIN ir_model_data AS ours
            ON ours.res_id = member.gid AND ours.model = 'res.groups'
           AND ours.module = 'mail_imap_sync' AND ours.name IN ('group_user', 'group_manager')
          JOIN ir_model_data AS internal
            ON internal.module = 'base' AND internal.name = 'group_user'
        ON CONFLICT DO NOTHING
    """)
