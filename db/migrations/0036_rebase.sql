CREATE TABLE "drift_rebase" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"action_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"name" text NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"to_at" timestamp (3) with time zone NOT NULL,
	"window_length" text NOT NULL,
	"reason" text NOT NULL,
	"state" text NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"activates_at" timestamp (3) with time zone,
	"reference_id" uuid
);
--> statement-breakpoint
ALTER TABLE "drift_rebase" ADD CONSTRAINT "drift_rebase_project_id_action_id_guarded_action_project_id_id_fk" FOREIGN KEY ("project_id","action_id") REFERENCES "public"."guarded_action"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_rebase" ADD CONSTRAINT "drift_rebase_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "drift_rebase_living" ON "drift_rebase" USING btree ("service_id") WHERE state in ('open', 'approved');--> statement-breakpoint
CREATE INDEX "drift_rebase_service" ON "drift_rebase" USING btree ("service_id","requested_at");