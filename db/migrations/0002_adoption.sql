ALTER TABLE "model_version" ADD COLUMN "adopted_image_digest" text;--> statement-breakpoint
ALTER TABLE "service" ADD COLUMN "adoption" jsonb;--> statement-breakpoint
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_adopted" UNIQUE("model_id","adopted_image_digest");