CREATE TABLE "service_alert" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"severity" text NOT NULL,
	"sentence" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"calm_since" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"figures" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "metric_hour" (
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"hour_end" timestamp (3) with time zone NOT NULL,
	"covered_ms" integer NOT NULL,
	"requests" bigint NOT NULL,
	"errors" bigint NOT NULL,
	"bounds" jsonb NOT NULL,
	CONSTRAINT "metric_hour_service_id_hour_end_pk" PRIMARY KEY("service_id","hour_end")
);
--> statement-breakpoint
ALTER TABLE "rollout" ADD COLUMN "full_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "rollout" ADD COLUMN "bake_outcome" jsonb;--> statement-breakpoint
ALTER TABLE "service" ADD COLUMN "objectives" jsonb;--> statement-breakpoint
ALTER TABLE "service_alert" ADD CONSTRAINT "service_alert_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "metric_hour" ADD CONSTRAINT "metric_hour_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "service_alert_open" ON "service_alert" USING btree ("service_id","kind","key") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "service_alert_project" ON "service_alert" USING btree ("project_id","ended_at");--> statement-breakpoint
CREATE INDEX "service_alert_service" ON "service_alert" USING btree ("service_id","started_at");--> statement-breakpoint
CREATE INDEX "rollout_service" ON "rollout" USING btree ("service_id","ended_at");