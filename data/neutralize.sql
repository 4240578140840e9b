-- a copied database never touches a mailbox: it forgets the passwords and stops
UPDATE imap_connection
   SET state = 'disconnected', secret = NULL, next_sync = NULL
 WHERE state <> 'draft' OR secret IS NOT NULL;
-- and so do forms in which somebody was about to connect one
UPDATE imap_connect SET secret = NULL WHERE secret IS NOT NULL;
