ALTER TABLE "drift_rebase" ALTER COLUMN "from_at" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "drift_rebase" ALTER COLUMN "to_at" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "drift_rebase" ADD COLUMN "new_bins_days" integer;--> statement-breakpoint
ALTER TABLE "drift_rebase" ADD COLUMN "next_binning_id" uuid;