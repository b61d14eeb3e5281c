ALTER TABLE "drift_monitor" ADD COLUMN "dispersions" jsonb;--> statement-breakpoint
ALTER TABLE "drift_monitor" ADD COLUMN "revised_at" timestamp (3) with time zone;