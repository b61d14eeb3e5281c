CREATE TABLE "egress_allowance" (
	"id" uuid PRIMARY KEY NOT NULL,
	"target" text NOT NULL,
	"purpose" text NOT NULL,
	"added_by" uuid,
	"added_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "egress_allowance_target_unique" UNIQUE("target")
);
--> statement-breakpoint
CREATE TABLE "metrics_credential" (
	"environment_id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"sealed" text NOT NULL,
	"replaced_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "egress_allowance" ADD CONSTRAINT "egress_allowance_added_by_principal_id_fk" FOREIGN KEY ("added_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "metrics_credential" ADD CONSTRAINT "metrics_credential_project_id_environment_id_environment_project_id_id_fk" FOREIGN KEY ("project_id","environment_id") REFERENCES "public"."environment"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- Sources that were stored before the list could be anywhere; exactly their hosts stay allowed, in sight and revocable.
INSERT INTO "egress_allowance" ("id", "target", "purpose", "added_by", "added_at")
SELECT gen_random_uuid(), "host", 'Metrics source in use before this list existed', NULL, now()
FROM (
	SELECT DISTINCT lower(rtrim(coalesce(
		substring("metrics_source" ->> 'url' from '://\[([^]]+)\]'),
		substring("metrics_source" ->> 'url' from '://([^/:?#]+)')
	), '.')) AS "host"
	FROM "environment"
	WHERE "metrics_source" ->> 'kind' = 'prometheus'
) AS "sources"
WHERE "host" IS NOT NULL
ON CONFLICT ("target") DO NOTHING;
