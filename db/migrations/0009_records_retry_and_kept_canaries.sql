CREATE TABLE "rollout_record" (
	"rollout_id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"record" jsonb NOT NULL,
	"digest" text NOT NULL,
	"frozen_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
DROP INDEX "rollout_promotion";--> statement-breakpoint
ALTER TABLE "promotion" ADD COLUMN "retry" jsonb;--> statement-breakpoint
ALTER TABLE "rollout" ADD COLUMN "retry_of_id" uuid;--> statement-breakpoint
ALTER TABLE "rollout" ADD COLUMN "first_step_index" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rollout" ADD COLUMN "keep_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "rollout" ADD COLUMN "weight_off_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "rollout" ADD COLUMN "passed_steps" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rollout" ADD COLUMN "kept_ended_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "rollout_record" ADD CONSTRAINT "rollout_record_project_id_rollout_id_rollout_project_id_id_fk" FOREIGN KEY ("project_id","rollout_id") REFERENCES "public"."rollout"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout" ADD CONSTRAINT "rollout_project_id_retry_of_id_rollout_project_id_id_fk" FOREIGN KEY ("project_id","retry_of_id") REFERENCES "public"."rollout"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "rollout_retry" ON "rollout" USING btree ("retry_of_id");--> statement-breakpoint
CREATE INDEX "rollout_kept" ON "rollout" USING btree ("service_id") WHERE keep_until is not null and kept_ended_at is null;--> statement-breakpoint
CREATE INDEX "rollout_promotion" ON "rollout" USING btree ("promotion_id");--> statement-breakpoint
CREATE TRIGGER rollout_record_immutable BEFORE UPDATE OR DELETE ON rollout_record FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER rollout_record_no_truncate BEFORE TRUNCATE ON rollout_record FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
