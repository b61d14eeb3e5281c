CREATE TABLE "health_interval" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"health" text NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"to_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "service" ADD COLUMN "looked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "health_interval" ADD CONSTRAINT "health_interval_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "health_interval_open" ON "health_interval" USING btree ("service_id") WHERE to_at is null;--> statement-breakpoint
CREATE INDEX "health_interval_service" ON "health_interval" USING btree ("service_id","from_at");