CREATE TABLE "budget_freeze" (
	"id" uuid PRIMARY KEY NOT NULL,
	"budget_id" uuid NOT NULL,
	"project_id" uuid NOT NULL,
	"environment_id" uuid NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"state" text DEFAULT 'asked' NOT NULL,
	"state_at" timestamp (3) with time zone NOT NULL,
	"reasons" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"proposal" text,
	"quota_written" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
ALTER TABLE "budget_freeze" ADD CONSTRAINT "budget_freeze_budget_id_budget_id_fk" FOREIGN KEY ("budget_id") REFERENCES "public"."budget"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget_freeze" ADD CONSTRAINT "budget_freeze_project_id_environment_id_environment_project_id_id_fk" FOREIGN KEY ("project_id","environment_id") REFERENCES "public"."environment"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "budget_freeze_open" ON "budget_freeze" USING btree ("budget_id","environment_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "budget_freeze_environment" ON "budget_freeze" USING btree ("environment_id") WHERE ended_at is null or quota_written;