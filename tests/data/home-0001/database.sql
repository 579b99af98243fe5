BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE campaign (
	id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	policy VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	state_reason VARCHAR NOT NULL, 
	author VARCHAR NOT NULL, 
	opened_at DATETIME NOT NULL, 
	effective_date VARCHAR NOT NULL, 
	effective_at DATETIME NOT NULL, 
	not_before DATETIME, 
	approved_by VARCHAR NOT NULL, 
	approved_at DATETIME, 
	approved_digest VARCHAR NOT NULL, 
	override_reason VARCHAR NOT NULL, 
	notify_by DATETIME, 
	approval JSON NOT NULL, 
	terms JSON NOT NULL, 
	CONSTRAINT pk_campaign PRIMARY KEY (id), 
	CONSTRAINT ck_campaign_kind CHECK (kind IN ('version', 'acquisition')), 
	CONSTRAINT ck_campaign_state CHECK (state IN ('proposed', 'approved', 'sending', 'paused', 'needs_decision', 'complete', 'cancelled', 'rejected', 'superseded'))
);
INSERT INTO "campaign" VALUES('privacy@v2','version','privacy','v2','sending','','author','2026-11-25 20:20:56.164521','2099-06-01','2099-05-31 22:00:00.000000',NULL,'second','2026-11-25 20:21:08.574622','1992bc40a72d5c067f41f92d2352d9f77e5b49e3074b2fee8876ba6dcb772023','','2099-04-24 21:59:59.980000','{"schema": "notifier.approval/1", "campaign": "privacy@v2", "kind": "version", "terms": {}, "versions": {"v1": "507f6c221eed4ff3717795e049ed3c40a46510c78e12d7c33b9e9f8f6bb8e5bc", "v2": "43230075add37027c5480c88e76b54ceab121893e52f5668cbd4143420e39a4e"}, "classification": {"v1": {"ruleset": "seed-promise", "digest": "f65ec3e28867cfee95e414319eefad62f1313aef34630340ba37da522907506e", "parser": ["notifier-parser/1", "notifier-parser/1"], "changes": {"3d6a3e065843": ["material", "email", "keeps_old", ["sale_ads"]]}}}, "rulings": [], "notes": [], "audience_rule": "affected-from-own-baseline/1", "locale": "en", "cohorts": {"fe50df52a1": {"baselines": ["v1"], "changes": ["3d6a3e065843"], "silence": "keeps_old", "opening": "This changes what is said about selling information, ads or profiling.", "if_accept": "If you accept, the new version applies from 1 June 2099 on to the information about you that we already hold.", "if_refuse": "If you refuse, what changes here will not be applied to the information about you that we already hold: the terms under which it was collected go on applying to it.", "if_nothing": "If you do nothing, the terms under which your information was collected go on applying to it. We do not take silence as consent: what changes here applies to it only if you accept."}}, "words": {"notice/fe50df52a1/en": "db61ee9baf6d7b68d9d9d8ad4e4220b8350eb276768c9a123d39b55f16c23e9c"}, "templates": "607b9c8b73c11f9f25f6e74abd06e7da6b31b8f628ed1ee7ef751c5df029b0a2", "notices": [{"site": "alpha", "severity": "prominent", "title": "Our Privacy Policy changes on 1 June 2099", "text": "This changes what is said about selling information, ads or profiling. The new text takes effect on 1 June 2099. People whose stored information is affected get an e-mail with a choice.", "url": "http://127.0.0.1:8080/changes/privacy/v1/v2", "locale": "en"}], "envelope": {"from": "Example Meetings <privacy@example.com>", "reply_to": "privacy@example.com", "base_url": "http://127.0.0.1:8080"}, "dates": {"effective": "2099-06-01", "not_before": null, "retry_reserve_days": 5, "profiles": {"default": "us-default"}}, "route": "email", "totals": {"email": 5}, "population": 5, "calendar": {"notice_days": 30, "notify_by": "2099-04-24T21:59:59.980000+00:00", "sending_seconds": 172800.02}}','{}');
CREATE TABLE choice (
	id INTEGER NOT NULL, 
	campaign VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	decision VARCHAR NOT NULL, 
	how VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, 
	actor VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_choice PRIMARY KEY (id), 
	CONSTRAINT ck_choice_decision CHECK (decision IN ('accept', 'refuse', 'withdraw'))
);
CREATE TABLE collection (
	person_id VARCHAR NOT NULL, 
	site VARCHAR NOT NULL, 
	category VARCHAR NOT NULL, 
	policy VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	collected_at VARCHAR NOT NULL, 
	CONSTRAINT pk_collection PRIMARY KEY (person_id, site, category, policy, version, collected_at)
);
INSERT INTO "collection" VALUES('p0','alpha','contact','privacy','v1','');
INSERT INTO "collection" VALUES('p1','alpha','contact','privacy','v1','');
INSERT INTO "collection" VALUES('p2','alpha','contact','privacy','v1','');
INSERT INTO "collection" VALUES('p3','alpha','contact','privacy','v1','');
INSERT INTO "collection" VALUES('p4','alpha','contact','privacy','v1','');
CREATE TABLE entry (
	seq INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	campaign VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	prev VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	CONSTRAINT pk_entry PRIMARY KEY (seq)
);
INSERT INTO "entry" VALUES(1,'2026-11-25T20:20:48.197500Z','feed','','','{"notices":[],"revision":1,"sha256":"44570ddb5c8e8d2403a51bf57ec0ac61b48824eda48b682b98754a678c5fa4f2","site":"alpha"}','0000000000000000000000000000000000000000000000000000000000000000','8a999a0d51542f82a2192a86326c54e45e6f5bdbcd4ac7586d054d2f48114ec3');
INSERT INTO "entry" VALUES(2,'2026-11-25T20:20:52.378626Z','commit','','','{"as":"first","author":"author","canonical_sha256":"507f6c221eed4ff3717795e049ed3c40a46510c78e12d7c33b9e9f8f6bb8e5bc","effective":"2024-01-01","file":"policies/privacy/v1/en.md","locale":"en","parser":"notifier-parser/1","policy":"privacy","previous":"","sha256":"507f6c221eed4ff3717795e049ed3c40a46510c78e12d7c33b9e9f8f6bb8e5bc","stated_by_the_company":false,"version":"v1"}','8a999a0d51542f82a2192a86326c54e45e6f5bdbcd4ac7586d054d2f48114ec3','59e9404945d7ec4e317623d8c2587b0682c8331d36d5b6331f0e3208b08ebbe6');
INSERT INTO "entry" VALUES(3,'2026-11-25T20:20:56.164521Z','commit','privacy@v2','','{"as":"campaign","author":"author","canonical_sha256":"43230075add37027c5480c88e76b54ceab121893e52f5668cbd4143420e39a4e","effective":"2099-06-01","file":"policies/privacy/v2/en.md","locale":"en","parser":"notifier-parser/1","policy":"privacy","previous":"v1","sha256":"43230075add37027c5480c88e76b54ceab121893e52f5668cbd4143420e39a4e","stated_by_the_company":false,"version":"v2"}','59e9404945d7ec4e317623d8c2587b0682c8331d36d5b6331f0e3208b08ebbe6','9c240612240d5631cd7ff954d5d55f1f80dd7e9994f56abd1ebe963809704d15');
INSERT INTO "entry" VALUES(4,'2026-11-25T20:21:00.963039Z','import','','','{"read":5,"refused":0,"taken":5,"unchanged":0,"what":"people"}','9c240612240d5631cd7ff954d5d55f1f80dd7e9994f56abd1ebe963809704d15','643a86c8cd432323165502ed746fd0b29c60e7ea886dbdf24d3a4583e1bc9cbf');
INSERT INTO "entry" VALUES(5,'2026-11-25T20:21:04.874619Z','import','','','{"read":5,"refused":0,"taken":5,"unchanged":0,"what":"collections"}','643a86c8cd432323165502ed746fd0b29c60e7ea886dbdf24d3a4583e1bc9cbf','6b7a24ca52a1109cfb254ae25c7c4f45a9a3e942d6e13fc6112df41a5a4fbc28');
INSERT INTO "entry" VALUES(6,'2026-11-25T20:21:08.574622Z','approval','privacy@v2','','{"approved_by":"second","author":"author","digest":"1992bc40a72d5c067f41f92d2352d9f77e5b49e3074b2fee8876ba6dcb772023","document":{"audience_rule":"affected-from-own-baseline/1","campaign":"privacy@v2","classification":{"v1":{"changes":{"3d6a3e065843":["material","email","keeps_old",["sale_ads"]]},"digest":"f65ec3e28867cfee95e414319eefad62f1313aef34630340ba37da522907506e","parser":["notifier-parser/1","notifier-parser/1"],"ruleset":"seed-promise"}},"cohorts":{"fe50df52a1":{"baselines":["v1"],"changes":["3d6a3e065843"],"if_accept":"If you accept, the new version applies from 1 June 2099 on to the information about you that we already hold.","if_nothing":"If you do nothing, the terms under which your information was collected go on applying to it. We do not take silence as consent: what changes here applies to it only if you accept.","if_refuse":"If you refuse, what changes here will not be applied to the information about you that we already hold: the terms under which it was collected go on applying to it.","opening":"This changes what is said about selling information, ads or profiling.","silence":"keeps_old"}},"dates":{"effective":"2099-06-01","not_before":null,"profiles":{"default":"us-default"},"retry_reserve_days":5},"envelope":{"base_url":"http://127.0.0.1:8080","from":"Example Meetings <privacy@example.com>","reply_to":"privacy@example.com"},"kind":"version","locale":"en","notes":[],"notices":[{"locale":"en","severity":"prominent","site":"alpha","text":"This changes what is said about selling information, ads or profiling. The new text takes effect on 1 June 2099. People whose stored information is affected get an e-mail with a choice.","title":"Our Privacy Policy changes on 1 June 2099","url":"http://127.0.0.1:8080/changes/privacy/v1/v2"}],"rulings":[],"schema":"notifier.approval/1","templates":"607b9c8b73c11f9f25f6e74abd06e7da6b31b8f628ed1ee7ef751c5df029b0a2","terms":{},"versions":{"v1":"507f6c221eed4ff3717795e049ed3c40a46510c78e12d7c33b9e9f8f6bb8e5bc","v2":"43230075add37027c5480c88e76b54ceab121893e52f5668cbd4143420e39a4e"},"words":{"notice/fe50df52a1/en":"db61ee9baf6d7b68d9d9d8ad4e4220b8350eb276768c9a123d39b55f16c23e9c"}},"override":"","people":5,"totals":{"email":5}}','6b7a24ca52a1109cfb254ae25c7c4f45a9a3e942d6e13fc6112df41a5a4fbc28','3c774e41e53521341a2efbd0abcfc7d5cf9175ad6a4e1502fd64871e9c4f3350');
INSERT INTO "entry" VALUES(7,'2026-11-25T20:21:09.289644Z','feed','','','{"notices":[{"id":"privacy@v2","severity":"prominent"}],"revision":2,"sha256":"466066b08f5e84c802c3a00a2f7961849ba9768136df2966e4803eab8c04dbb1","site":"alpha"}','3c774e41e53521341a2efbd0abcfc7d5cf9175ad6a4e1502fd64871e9c4f3350','513b93e6a24f5cec95e3767fcf9448b582f0447937e8abf50d3d3dc12b65280f');
INSERT INTO "entry" VALUES(8,'2026-11-25T20:21:14.225511Z','start','privacy@v2','','{"actor":"","people":{},"reason":"","state":"sending"}','513b93e6a24f5cec95e3767fcf9448b582f0447937e8abf50d3d3dc12b65280f','22c6d50adddf397604e9ee8accd9a5056a1b34f1acf7822d4bc479d99007f332');
INSERT INTO "entry" VALUES(9,'2026-11-25T20:21:15.458385Z','intent','privacy@v2','8ecf092a1354fc8fdf0743cafb1ac4d9491ebd8df99eddd16a954a3788a3d1f7','{"attempt":1,"channel":"email","kind":"notice","message_ref":"87f2df86316ac9a12b1466fd946ee86a","sha256":"f87c415981ac8b5b8d1e8685e352734ed45349ff450db85b14d08b7ac2471e57"}','22c6d50adddf397604e9ee8accd9a5056a1b34f1acf7822d4bc479d99007f332','089cbc67e7293659812055eaf42772ea4ce4816dbf86756175367df0427ac9bf');
INSERT INTO "entry" VALUES(10,'2026-11-25T20:21:15.469548Z','outcome','privacy@v2','8ecf092a1354fc8fdf0743cafb1ac4d9491ebd8df99eddd16a954a3788a3d1f7','{"attempt":1,"channel":"email","code":250,"enhanced":"2.0.0","kind":"notice","message_ref":"87f2df86316ac9a12b1466fd946ee86a","queue_id":"1","sha256":"f87c415981ac8b5b8d1e8685e352734ed45349ff450db85b14d08b7ac2471e57","state":"sent","text":"2.0.0 Ok: queued as 1"}','089cbc67e7293659812055eaf42772ea4ce4816dbf86756175367df0427ac9bf','fbf7cac3a205acdb11afef786a2ae95e8ea9a19cfcecb9e7d1bd377dfcb6b74d');
INSERT INTO "entry" VALUES(11,'2026-11-25T20:21:15.482191Z','intent','privacy@v2','dc6318eeff551d2ec1e25fc4ec811f55a4883e4e0d6c67a5aaffcf89b739096d','{"attempt":1,"channel":"email","kind":"notice","message_ref":"abdce4db1436a570f0c3040080c2f167","sha256":"010e71e77b8687707d53abaef2029daced211be9e5448f783ded79a5b893e6ec"}','fbf7cac3a205acdb11afef786a2ae95e8ea9a19cfcecb9e7d1bd377dfcb6b74d','3314c3282fa9a54e7abdd0213f373875315771953acae1cecfc7540bb7c22082');
INSERT INTO "entry" VALUES(12,'2026-11-25T20:21:15.501817Z','outcome','privacy@v2','dc6318eeff551d2ec1e25fc4ec811f55a4883e4e0d6c67a5aaffcf89b739096d','{"attempt":1,"channel":"email","code":250,"enhanced":"2.0.0","kind":"notice","message_ref":"abdce4db1436a570f0c3040080c2f167","queue_id":"2","sha256":"010e71e77b8687707d53abaef2029daced211be9e5448f783ded79a5b893e6ec","state":"sent","text":"2.0.0 Ok: queued as 2"}','3314c3282fa9a54e7abdd0213f373875315771953acae1cecfc7540bb7c22082','fb45e529f76a804ddd9de16c93f8dea7bb1c2715d71662c840ac477e7560f65a');
CREATE TABLE feed (
	site VARCHAR NOT NULL, 
	revision INTEGER NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	published_at DATETIME NOT NULL, 
	CONSTRAINT pk_feed PRIMARY KEY (site)
);
INSERT INTO "feed" VALUES('alpha',2,'466066b08f5e84c802c3a00a2f7961849ba9768136df2966e4803eab8c04dbb1','2026-11-25 20:21:09.289644');
CREATE TABLE message (
	id INTEGER NOT NULL, 
	campaign VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	cohort VARCHAR NOT NULL, 
	locale VARCHAR NOT NULL, 
	notice_days INTEGER NOT NULL, 
	ref VARCHAR NOT NULL, 
	recipient VARCHAR NOT NULL, 
	dated_at DATETIME, 
	sha256 VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_at DATETIME, 
	first_deferred_at DATETIME, 
	owner VARCHAR NOT NULL, 
	fence INTEGER NOT NULL, 
	lease_until DATETIME, 
	intent_at DATETIME, 
	sent_at DATETIME, 
	reply_code INTEGER NOT NULL, 
	reply_text VARCHAR NOT NULL, 
	queue_id VARCHAR NOT NULL, 
	CONSTRAINT pk_message PRIMARY KEY (id), 
	CONSTRAINT ck_message_state CHECK (state IN ('planned', 'claimed', 'sent', 'deferred', 'unknown', 'bounced', 'suppressed', 'held', 'needs_attention')), 
	CONSTRAINT uq_message_campaign_person_id_kind_channel UNIQUE (campaign, person_id, kind, channel), 
	CONSTRAINT uq_message_ref UNIQUE (ref)
);
INSERT INTO "message" VALUES(1,'privacy@v2','p0','notice','email','sent','','fe50df52a1','en',30,'87f2df86316ac9a12b1466fd946ee86a','p0@example.com','2026-11-25 20:21:15.329574','f87c415981ac8b5b8d1e8685e352734ed45349ff450db85b14d08b7ac2471e57',1,NULL,NULL,'',1,NULL,'2026-11-25 20:21:15.458385','2026-11-25 20:21:15.469548',250,'2.0.0 Ok: queued as 1','1');
INSERT INTO "message" VALUES(2,'privacy@v2','p1','notice','email','sent','','fe50df52a1','en',30,'abdce4db1436a570f0c3040080c2f167','p1@example.com','2026-11-25 20:21:15.329574','010e71e77b8687707d53abaef2029daced211be9e5448f783ded79a5b893e6ec',1,NULL,NULL,'',1,NULL,'2026-11-25 20:21:15.482191','2026-11-25 20:21:15.501817',250,'2.0.0 Ok: queued as 2','2');
INSERT INTO "message" VALUES(3,'privacy@v2','p2','notice','email','planned','','fe50df52a1','en',30,'c250ea673f64743ba63fd8a47042fb11','',NULL,'',0,NULL,NULL,'',0,NULL,NULL,NULL,0,'','');
INSERT INTO "message" VALUES(4,'privacy@v2','p3','notice','email','planned','','fe50df52a1','en',30,'c50b3251f5cac35fd9e909c9da07749d','',NULL,'',0,NULL,NULL,'',0,NULL,NULL,NULL,0,'','');
INSERT INTO "message" VALUES(5,'privacy@v2','p4','notice','email','planned','','fe50df52a1','en',30,'c372d66c82b9d75d101db5ccf9f67255','',NULL,'',0,NULL,NULL,'',0,NULL,NULL,NULL,0,'','');
CREATE TABLE note (
	id INTEGER NOT NULL, 
	campaign VARCHAR NOT NULL, 
	change_key VARCHAR NOT NULL, 
	locale VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	actor VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_note PRIMARY KEY (id)
);
CREATE TABLE person (
	person_id VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	locale VARCHAR NOT NULL, 
	timezone VARCHAR NOT NULL, 
	country VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	marketing_opt_out BOOLEAN NOT NULL, 
	role VARCHAR NOT NULL, 
	governed_by VARCHAR NOT NULL, 
	guardian_email VARCHAR NOT NULL, 
	child BOOLEAN NOT NULL, 
	salt VARCHAR NOT NULL, 
	CONSTRAINT pk_person PRIMARY KEY (person_id), 
	CONSTRAINT ck_person_role CHECK (role IN ('customer', 'attendee', 'commenter')), 
	CONSTRAINT ck_person_status CHECK (status IN ('active', 'deactivated', 'deleted', 'erased'))
);
INSERT INTO "person" VALUES('p0','p0@example.com','Person 0','','','','active',0,'customer','','',0,'edac8f5d22abccb5185a8a2632f7c1a4a98cea8ec29dd32b495eeb0b5cbfbb66');
INSERT INTO "person" VALUES('p1','p1@example.com','Person 1','','','','active',0,'customer','','',0,'29231d1c84c1f6e37ae5ac990eb1bd46a5af20818cb1d77447b92c385d59ed8a');
INSERT INTO "person" VALUES('p2','p2@example.com','Person 2','','','','active',0,'customer','','',0,'fb7ecebca739a43bd5ad47bef4cdf2006067a1d5028d18261cd7322376d13288');
INSERT INTO "person" VALUES('p3','p3@example.com','Person 3','','','','active',0,'customer','','',0,'919ef05f5544ad00bc21724d111e0da8de1f0fad48bbe8d0d61b4038924dcc76');
INSERT INTO "person" VALUES('p4','p4@example.com','Person 4','','','','active',0,'customer','','',0,'d96d05c76c4553fed0b6561aedb989eb55649a04cb6762420c437a7a7670e84d');
CREATE TABLE ruling (
	id INTEGER NOT NULL, 
	campaign VARCHAR NOT NULL, 
	change_key VARCHAR NOT NULL, 
	material BOOLEAN NOT NULL, 
	touches_stored BOOLEAN NOT NULL, 
	grounds VARCHAR NOT NULL, 
	categories VARCHAR NOT NULL, 
	sites VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	actor VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_ruling PRIMARY KEY (id)
);
CREATE TABLE skeleton (
	campaign VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	cohort VARCHAR NOT NULL, 
	locale VARCHAR NOT NULL, 
	subject TEXT NOT NULL, 
	text TEXT NOT NULL, 
	html TEXT NOT NULL, 
	CONSTRAINT pk_skeleton PRIMARY KEY (campaign, kind, cohort, locale)
);
INSERT INTO "skeleton" VALUES('privacy@v2','notice','fe50df52a1','en','Privacy Policy changes on 1 June 2099: your choice','if proof*** TEST COPY, sent to a colleague. Nobody''s choice: its link
does nothing. ***

end proof
Privacy Policy changes on 1 June 2099

Helloif name nameend name,
if guardian

You get this letter as the parent or guardian of a child. "You" and
"your information" mean the child''s here.
end guardian

This changes what is said about selling information, ads or profiling.

WHO WE ARE, AND WHY WE WRITE TO YOU

We are Example Meetings, Inc., 1 Example Street, Springfield. We hold
personal information that was collected from you on Alpha under our
Privacy Policy, version v1 (in force from 1 January 2024). A new
version, v2, differs from it in what follows.

WHAT CHANGES FOR YOU

Words taken out are marked [removed: like this], new words [added: like
this].

1. What we use it for

   This changes what is said about selling information, ads or
   profiling.

   We [removed: do not] [added: may] sell your personal information.

WHEN

The new version takes effect at the start of 1 June 2099 (time zone
Europe/Berlin). Nothing changes before.

IF YOU DO NOTHING, AND IF YOU REFUSE

If you do nothing, the terms under which your information was collected
go on applying to it. We do not take silence as consent: what changes
here applies to it only if you accept.

If you refuse, what changes here will not be applied to the information
about you that we already hold: the terms under which it was collected
go on applying to it.

If you accept, the new version applies from 1 June 2099 on to the
information about you that we already hold.

YOUR CHOICE

Accept:
choice
Refuse:
choice

Both lead to the same page. You decide there; opening it decides
nothing, and you can change your mind there later.

You need not use this link: reply to this message (privacy@example.com)
with "I accept" or "I refuse".

READ IT IN FULL

The new text, version v2: http://127.0.0.1:8080/policies/privacy/v2
The old text, version v1: http://127.0.0.1:8080/policies/privacy/v1
All changes from v1 to v2: http://127.0.0.1:8080/changes/privacy/v1/v2

QUESTIONS AND COMPLAINTS

Whom to ask: privacy@example.com

This is a legal notice about your personal information. It goes to
everybody whom it concerns, whatever they chose about our other mail.
','<!DOCTYPE html><html lang="en" dir="ltr"><head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>Privacy Policy changes on 1 June 2099</title>

<style data-css-inline="keep">
  @media (prefers-color-scheme: dark) {
    body, .page { background-color: #101513 !important; }
    .sheet { background-color: #1a211e !important; border-color: #38433e !important; }
    .head, .part, h1, h2, h3, p, li, td { color: #e8eeea !important; }
    .from, .soft { color: #b3c0b9 !important; }
    .redline { background-color: #232c28 !important; color: #e8eeea !important; }
    .change-cell { border-color: #6f8278 !important; }
    ins { background-color: #14402a !important; color: #c4f2d2 !important; }
    del { background-color: #4d1d1c !important; color: #ffd2cc !important; }
    .fate, .fate-cell { border-color: #46534d !important; }
    .choice { background-color: #1a211e !important; border-color: #8fd3b8 !important; }
    .choice a { color: #b9ead6 !important; }
    a { color: #9bdcc3 !important; }
    .line { border-color: #38433e !important; }
    .proof { background-color: #3a2c0c !important; color: #ffe2a3 !important; border-color: #d9a441 !important; }
  }
  @media (max-width: 480px) {
    .gutter { padding: 0 !important; }
    .sheet { border-left: 0 !important; border-right: 0 !important; border-radius: 0 !important; }
    .head { padding: 24px 18px 4px !important; }
    .part, .rule { padding-left: 18px !important; padding-right: 18px !important; }
    h1 { font-size: 25px !important; }
  }
</style>
</head>
<body style="margin: 0;padding: 0;background-color: #eef0ee;">
<table class="page" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="width: 100%;background-color: #eef0ee;"><tbody><tr><td class="gutter" align="center" style="padding: 24px 12px;">
<table class="sheet" role="presentation" width="620" cellpadding="0" cellspacing="0" border="0" style="width: 100%;max-width: 620px;background-color: #ffffff;border: 1px solid #d5dad6;border-radius: 6px;">
<tbody><tr><td class="head" style="padding: 28px 28px 6px;color: #1b2622;font-family: Georgia, ''Times New Roman'', serif;">
if proof<div class="proof" style="margin: 0 0 14px;padding: 10px 14px;border: 2px dashed #8a5a00;color: #5e3d00;background-color: #fff4dc;font-family: Arial, sans-serif;font-size: 15px;font-weight: 600;">TEST COPY, sent to a colleague. Nobody''s choice: its link does nothing.</div>end proof
<p class="from" style="margin: 0 0 10px;color: #4b5a54;font-family: -apple-system, ''Segoe UI'', Roboto, Helvetica, Arial, sans-serif;font-size: 14px;line-height: 1.4;">Example Meetings, Inc.</p>
<h1 style="margin: 0;font-size: 27px;line-height: 1.25;font-weight: normal;text-wrap: balance;">Privacy Policy changes on 1 June 2099</h1>
</td></tr>
<tr><td class="part" style="padding: 22px 28px 0;color: #1b2622;font-family: -apple-system, ''Segoe UI'', Roboto, Helvetica, Arial, sans-serif;font-size: 16px;line-height: 1.55;">
<p style="margin: 0 0 12px;">Helloif name nameend name,if guardian<br><br>You get this letter as the parent or guardian of a child. “You” and “your information” mean the child’s here.end guardian</p>
<p class="lead" style="margin: 0 0 12px;font-size: 18px;line-height: 1.5;">This changes what is said about selling information, ads or profiling.</p>
</td></tr>
<tr><td class="part" style="padding: 22px 28px 0;color: #1b2622;font-family: -apple-system, ''Segoe UI'', Roboto, Helvetica, Arial, sans-serif;font-size: 16px;line-height: 1.55;">
<h2 style="margin: 0 0 8px;font-size: 18px;line-height: 1.35;font-weight: 600;">Who we are, and why we write to you</h2>
<p style="margin: 0 0 12px;">We are Example Meetings, Inc., 1 Example Street, Springfield. We hold personal information that was collected from you on Alpha under our Privacy Policy, version v1 (in force from 1 January 2024). A new version, v2, differs from it in what follows.</p>
</td></tr>
<tr><td class="part" style="padding: 22px 28px 0;color: #1b2622;font-family: -apple-system, ''Segoe UI'', Roboto, Helvetica, Arial, sans-serif;font-size: 16px;line-height: 1.55;">
<h2 style="margin: 0 0 8px;font-size: 18px;line-height: 1.35;font-weight: 600;">What changes for you</h2>
<p class="soft" style="margin: 0 0 12px;color: #4b5a54;font-size: 14px;line-height: 1.5;">Words taken out are marked <del style="background-color: #fbe0dd;color: #6b1410;text-decoration: line-through;">[removed: like this]</del>, new words <ins style="background-color: #d9f0df;color: #0b3d1e;text-decoration: underline;">[added: like this]</ins>.</p>
<table class="change" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="width: 100%;margin: 0 0 18px;"><tbody><tr><td class="change-cell" style="padding: 2px 0 0 16px;border-left: 3px solid #8a9a92;">
<h3 style="margin: 0 0 4px;font-size: 16px;line-height: 1.45;font-weight: 600;">1. What we use it for</h3>
<p style="margin: 0 0 12px;">This changes what is said about selling information, ads or profiling.</p>
<div class="redline" style="padding: 12px 14px;background-color: #f5f7f5;border-radius: 4px;font-family: Georgia, ''Times New Roman'', serif;font-size: 16px;line-height: 1.6;white-space: pre-line;">We <del style="background-color: #fbe0dd;color: #6b1410;text-decoration: line-through;">[removed: do not]</del> <ins style="background-color: #d9f0df;color: #0b3d1e;text-decoration: underline;">[added: may]</ins> sell your personal information.</div>
</td></tr></tbody></table>
</td></tr>
<tr><td class="part" style="padding: 22px 28px 0;color: #1b2622;font-family: -apple-system, ''Segoe UI'', Roboto, Helvetica, Arial, sans-serif;font-size: 16px;line-height: 1.55;">
<h2 style="margin: 0 0 8px;font-size: 18px;line-height: 1.35;font-weight: 600;">When</h2>
<p style="margin: 0 0 12px;">The new version takes effect at the start of <strong>1 June 2099</strong> (time zone Europe/Berlin). Nothing changes before.</p>
</td></tr>
<tr><td class="part" style="padding: 22px 28px 0;color: #1b2622;font-family: -apple-system, ''Segoe UI'', Roboto, Helvetica, Arial, sans-serif;font-size: 16px;line-height: 1.55;">
<h2 style="margin: 0 0 8px;font-size: 18px;line-height: 1.35;font-weight: 600;">If you do nothing, and if you refuse</h2>
<table class="fate" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="width: 100%;border: 1px solid #c5cdc8;border-radius: 4px;">
<tbody><tr><td class="fate-cell fate-first" style="padding: 12px 16px;border-top: 0;">If you do nothing, the terms under which your information was collected go on applying to it. We do not take silence as consent: what changes here applies to it only if you accept.</td></tr>
<tr><td class="fate-cell" style="padding: 12px 16px;border-top: 1px solid #c5cdc8;">If you refuse, what changes here will not be applied to the information about you that we already hold: the terms under which it was collected go on applying to it.</td></tr>
<tr><td class="fate-cell" style="padding: 12px 16px;border-top: 1px solid #c5cdc8;">If you accept, the new version applies from 1 June 2099 on to the information about you that we already hold.</td></tr>
</tbody></table>
</td></tr>
<tr><td class="part" style="padding: 22px 28px 0;color: #1b2622;font-family: -apple-system, ''Segoe UI'', Roboto, Helvetica, Arial, sans-serif;font-size: 16px;line-height: 1.55;">
<h2 style="margin: 0 0 8px;font-size: 18px;line-height: 1.35;font-weight: 600;">Your choice</h2>
<table class="two" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="width: 100%;margin: 0 0 14px;"><tbody><tr>
<td class="choice" style="width: 48%;padding: 0;border: 2px solid #1f5a45;border-radius: 6px;background-color: #ffffff;text-align: center;"><a href="choice" style="display: block;padding: 13px 8px;color: #17493a;font-size: 17px;font-weight: 600;text-decoration: none;">Accept</a></td>
<td class="between" style="width: 4%;font-size: 1px;line-height: 1px;">&nbsp;</td>
<td class="choice" style="width: 48%;padding: 0;border: 2px solid #1f5a45;border-radius: 6px;background-color: #ffffff;text-align: center;"><a href="choice" style="display: block;padding: 13px 8px;color: #17493a;font-size: 17px;font-weight: 600;text-decoration: none;">Refuse</a></td>
</tr></tbody></table>
<p style="margin: 0 0 12px;">Both lead to the same page. You decide there; opening it decides nothing, and you can change your mind there later.</p>
<p style="margin: 0 0 12px;">You need not use this link: reply to this message (privacy@example.com) with “I accept” or “I refuse”.</p>
</td></tr>
<tr><td class="part" style="padding: 22px 28px 0;color: #1b2622;font-family: -apple-system, ''Segoe UI'', Roboto, Helvetica, Arial, sans-serif;font-size: 16px;line-height: 1.55;">
<h2 style="margin: 0 0 8px;font-size: 18px;line-height: 1.35;font-weight: 600;">Read it in full</h2>
<ul class="links" style="margin: 0;padding: 0 0 0 20px;">
<li style="margin: 0 0 8px;">The new text, version v2: <a class="long" href="http://127.0.0.1:8080/policies/privacy/v2" style="color: #17594a;text-decoration: underline;word-break: break-word;overflow-wrap: anywhere;">http://127.0.0.1:8080/policies/privacy/v2</a></li>
<li style="margin: 0 0 8px;">The old text, version v1: <a class="long" href="http://127.0.0.1:8080/policies/privacy/v1" style="color: #17594a;text-decoration: underline;word-break: break-word;overflow-wrap: anywhere;">http://127.0.0.1:8080/policies/privacy/v1</a></li>
<li style="margin: 0 0 8px;">All changes from v1 to v2: <a class="long" href="http://127.0.0.1:8080/changes/privacy/v1/v2" style="color: #17594a;text-decoration: underline;word-break: break-word;overflow-wrap: anywhere;">http://127.0.0.1:8080/changes/privacy/v1/v2</a></li>
</ul>
</td></tr>
<tr><td class="part" style="padding: 22px 28px 0;color: #1b2622;font-family: -apple-system, ''Segoe UI'', Roboto, Helvetica, Arial, sans-serif;font-size: 16px;line-height: 1.55;">
<h2 style="margin: 0 0 8px;font-size: 18px;line-height: 1.35;font-weight: 600;">Questions and complaints</h2>
<p style="margin: 0 0 12px;">Whom to ask: privacy@example.com</p>
</td></tr>
<tr><td class="rule" style="padding: 22px 28px 0;"><div class="line" style="border-top: 1px solid #d5dad6;font-size: 1px;line-height: 1px;">&nbsp;</div></td></tr>
<tr><td class="part last soft" style="padding: 22px 28px 0;color: #4b5a54;font-family: -apple-system, ''Segoe UI'', Roboto, Helvetica, Arial, sans-serif;font-size: 14px;line-height: 1.5;padding-bottom: 28px;">
This is a legal notice about your personal information. It goes to everybody whom it concerns, whatever they chose about our other mail.
</td></tr>
</tbody></table>
</td></tr></tbody></table>

</body></html>');
CREATE TABLE version (
	id INTEGER NOT NULL, 
	policy VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	locale VARCHAR NOT NULL, 
	authoritative BOOLEAN NOT NULL, 
	status VARCHAR NOT NULL, 
	historical BOOLEAN NOT NULL, 
	effective_date VARCHAR NOT NULL, 
	effective_at DATETIME NOT NULL, 
	new_people_at DATETIME, 
	author VARCHAR NOT NULL, 
	committed_at DATETIME NOT NULL, 
	file VARCHAR NOT NULL, 
	markup VARCHAR NOT NULL, 
	raw_sha256 VARCHAR NOT NULL, 
	canonical_sha256 VARCHAR NOT NULL, 
	parser VARCHAR NOT NULL, 
	summary VARCHAR NOT NULL, 
	source_sha256 VARCHAR NOT NULL, 
	CONSTRAINT pk_version PRIMARY KEY (id), 
	CONSTRAINT ck_version_status CHECK (status IN ('draft', 'committed', 'withdrawn')), 
	CONSTRAINT uq_version_policy_version_locale UNIQUE (policy, version, locale)
);
INSERT INTO "version" VALUES(1,'privacy','v1','en',1,'committed',1,'2024-01-01','2023-12-31 23:00:00.000000',NULL,'author','2026-11-25 20:20:52.378626','policies/privacy/v1/en.md','markdown','507f6c221eed4ff3717795e049ed3c40a46510c78e12d7c33b9e9f8f6bb8e5bc','507f6c221eed4ff3717795e049ed3c40a46510c78e12d7c33b9e9f8f6bb8e5bc','notifier-parser/1','','');
INSERT INTO "version" VALUES(2,'privacy','v2','en',1,'committed',0,'2099-06-01','2099-05-31 22:00:00.000000',NULL,'author','2026-11-25 20:20:56.164521','policies/privacy/v2/en.md','markdown','43230075add37027c5480c88e76b54ceab121893e52f5668cbd4143420e39a4e','43230075add37027c5480c88e76b54ceab121893e52f5668cbd4143420e39a4e','notifier-parser/1','','');
CREATE INDEX ix_choice_who ON choice (campaign, person_id);
CREATE INDEX ix_entry_campaign ON entry (campaign);
CREATE INDEX ix_entry_kind ON entry (kind);
CREATE INDEX ix_entry_subject ON entry (subject);
CREATE INDEX ix_message_due ON message (campaign, state, next_at);
CREATE INDEX ix_message_person_id ON message (person_id);
CREATE INDEX ix_note_campaign ON note (campaign);
CREATE INDEX ix_ruling_campaign ON ruling (campaign);
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entry_only_next BEFORE INSERT ON entry WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM entry) OR NEW.prev <> coalesce((SELECT hash FROM entry WHERE seq = NEW.seq - 1), '0000000000000000000000000000000000000000000000000000000000000000') BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
COMMIT;
