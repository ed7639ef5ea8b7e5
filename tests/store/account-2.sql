PRAGMA foreign_keys = OFF;
PRAGMA application_id = 1380142659;
PRAGMA user_version = 2;
BEGIN TRANSACTION;
CREATE TABLE account (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    number TEXT NOT NULL,
    created TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,  -- counts transactions; an entry's version is the revision that wrote it
    last_id INTEGER NOT NULL DEFAULT 0    -- the last id given to an entry without a name; never given again
) STRICT;
INSERT INTO "account" VALUES(1,'K-104711','2026-11-01T00:00:00+00:00',5,1);
CREATE TABLE bank_number (  -- the bank needs it; it leaves this file only masked
    address TEXT NOT NULL REFERENCES entry (address) ON DELETE CASCADE,
    field TEXT NOT NULL,
    iban TEXT NOT NULL,
    PRIMARY KEY (address, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    entries INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "counter" VALUES('address',1);
INSERT INTO "counter" VALUES('alias',1);
INSERT INTO "counter" VALUES('billing',1);
INSERT INTO "counter" VALUES('contact',1);
INSERT INTO "counter" VALUES('mail_domain',1);
INSERT INTO "counter" VALUES('mailbox',1);
INSERT INTO "counter" VALUES('notification',6);
INSERT INTO "counter" VALUES('password',2);
INSERT INTO "counter" VALUES('zone',1);
INSERT INTO "counter" VALUES('zone/example.org',1);
CREATE TABLE domain (
    name TEXT PRIMARY KEY,
    package TEXT NOT NULL REFERENCES package (name),
    booked TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "domain" VALUES('example.org','unlimited','2026-11-01T00:00:00+00:00');
CREATE TABLE entry (
    address TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    domain TEXT REFERENCES domain (name) DEFERRABLE INITIALLY DEFERRED,
    natural_key TEXT,
    value BLOB NOT NULL,  -- canonical JSON
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "entry" VALUES('address','address',NULL,NULL,X'7B226164646974696F6E616C223A6E756C6C2C2263697479223A6E756C6C2C22636F756E747279223A6E756C6C2C22656D61696C223A6E756C6C2C2266697273745F6E616D65223A6E756C6C2C226C6173745F6E616D65223A6E756C6C2C2270686F6E65223A6E756C6C2C22706F7374636F6465223A6E756C6C2C2273616C75746174696F6E223A6E756C6C2C22737472656574223A6E756C6C7D',0);
INSERT INTO "entry" VALUES('alias/sales@example.org','alias','example.org',NULL,X'7B2274617267657473223A5B22696E666F406578616D706C652E6F7267225D7D',5);
INSERT INTO "entry" VALUES('billing','billing',NULL,NULL,X'7B22696E766F696365223A7B226279223A22706F7374222C22636F6E74616374223A6E756C6C7D2C22706179223A7B226279223A227472616E73666572227D7D',0);
INSERT INTO "entry" VALUES('contact/~1','contact',NULL,'erika@example.org',X'7B22656D61696C223A226572696B61406578616D706C652E6F7267222C226D6179223A5B22737065616B225D2C226E616D65223A224572696B61222C227061636B61676573223A22616C6C222C2270686F6E65223A6E756C6C2C2273636F7065223A22696E7465726E616C227D',4);
INSERT INTO "entry" VALUES('mail_domain/example.org','mail_domain','example.org',NULL,X'7B2263617463685F616C6C223A6E756C6C7D',1);
INSERT INTO "entry" VALUES('mailbox/info@example.org','mailbox','example.org',NULL,X'7B226175746F7265706C79223A6E756C6C2C22666F72776172645F746F223A5B5D2C226B6565705F636F7079223A747275652C226E616D65223A22222C2271756F7461223A313037333734313832347D',3);
INSERT INTO "entry" VALUES('notification/domain_expiry','notification',NULL,NULL,X'7B226368616E6E656C73223A5B22656D61696C225D7D',0);
INSERT INTO "entry" VALUES('notification/invoice','notification',NULL,NULL,X'7B226368616E6E656C73223A5B22656D61696C225D7D',0);
INSERT INTO "entry" VALUES('notification/maintenance','notification',NULL,NULL,X'7B226368616E6E656C73223A5B22656D61696C225D7D',0);
INSERT INTO "entry" VALUES('notification/newsletter','notification',NULL,NULL,X'7B226368616E6E656C73223A5B5D7D',0);
INSERT INTO "entry" VALUES('notification/outage','notification',NULL,NULL,X'7B226368616E6E656C73223A5B22656D61696C225D7D',0);
INSERT INTO "entry" VALUES('notification/price_change','notification',NULL,NULL,X'7B226368616E6E656C73223A5B22656D61696C225D7D',0);
INSERT INTO "entry" VALUES('password/service','password',NULL,NULL,X'7B2269735F736574223A66616C73657D',0);
INSERT INTO "entry" VALUES('password/telephone','password',NULL,NULL,X'7B2269735F736574223A66616C73657D',0);
INSERT INTO "entry" VALUES('zone/example.org','zone','example.org',NULL,X'7B7D',2);
CREATE TABLE log (
    revision INTEGER NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    address TEXT NOT NULL,
    key TEXT UNIQUE,
    live_id TEXT
) STRICT;
INSERT INTO "log" VALUES(1,'2026-11-01T00:00:00+00:00','apply','book','domain/example.org',NULL,NULL);
INSERT INTO "log" VALUES(2,'2026-11-01T00:00:00+00:00','apply','create','zone/example.org','account.db-0',NULL);
INSERT INTO "log" VALUES(2,'2026-11-01T00:00:00+00:00','apply','create','record/example.org/www/A','account.db-1',NULL);
INSERT INTO "log" VALUES(3,'2026-11-01T00:00:00+00:00','apply','create','mailbox/info@example.org','account.db-2',NULL);
INSERT INTO "log" VALUES(4,'2026-11-01T00:00:00+00:00','apply','create','contact/~1','account.db-3','1');
INSERT INTO "log" VALUES(5,'2026-11-01T00:00:00+00:00','apply','create','alias/sales@example.org','account.db-4',NULL);
CREATE TABLE mail_target (
    source TEXT NOT NULL REFERENCES entry (address) ON DELETE CASCADE,
    target TEXT NOT NULL,
    PRIMARY KEY (source, target)
) STRICT, WITHOUT ROWID;
INSERT INTO "mail_target" VALUES('alias/sales@example.org','info@example.org');
CREATE TABLE package (
    name TEXT PRIMARY KEY,
    unlimited INTEGER NOT NULL CHECK (unlimited IN (0, 1))
) STRICT, WITHOUT ROWID;
INSERT INTO "package" VALUES('unlimited',1);
CREATE TABLE password (
    address TEXT NOT NULL REFERENCES entry (address) ON DELETE CASCADE,
    field TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (address, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE record_set (
    zone TEXT NOT NULL REFERENCES entry (address) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    value BLOB NOT NULL,  -- packed by kinds.record
    version INTEGER NOT NULL,
    PRIMARY KEY (zone, name, type)
) STRICT, WITHOUT ROWID;
INSERT INTO "record_set" VALUES('zone/example.org','www','A',X'00000E10CB00710A',2);
CREATE INDEX entry_by_kind ON entry (kind);
CREATE INDEX entry_by_natural_key ON entry (kind, natural_key) WHERE natural_key IS NOT NULL;
CREATE INDEX cname ON record_set (zone, name) WHERE type = 'CNAME';
CREATE INDEX mail_target_by_target ON mail_target (target);
CREATE TRIGGER entry_added AFTER INSERT ON entry BEGIN
    INSERT INTO counter VALUES (NEW.kind, 1) ON CONFLICT DO UPDATE SET entries = entries + 1;
END;
CREATE TRIGGER entry_removed AFTER DELETE ON entry BEGIN
    UPDATE counter SET entries = entries - 1 WHERE name = OLD.kind;
END;
CREATE TRIGGER record_set_added AFTER INSERT ON record_set BEGIN
    INSERT INTO counter VALUES (NEW.zone, 1) ON CONFLICT DO UPDATE SET entries = entries + 1;
END;
CREATE TRIGGER record_set_removed AFTER DELETE ON record_set BEGIN
    UPDATE counter SET entries = entries - 1 WHERE name = OLD.zone;
END;
COMMIT;
