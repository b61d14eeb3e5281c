CREATE TABLE "prometheus_source" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"feature" text NOT NULL,
	"fields" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid NOT NULL,
	"removed_at" timestamp (3) with time zone,
	"due_at" timestamp (3) with time zone NOT NULL,
	"through" timestamp (3) with time zone NOT NULL,
	"looks" jsonb,
	"state" text DEFAULT 'new' NOT NULL,
	"why" text,
	"state_at" timestamp (3) with time zone,
	"pods" integer DEFAULT 0 NOT NULL,
	"rows" bigint DEFAULT 0 NOT NULL,
	"last_rows_at" timestamp (3) with time zone,
	"gap_at" timestamp (3) with time zone,
	CONSTRAINT "prometheus_source_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
ALTER TABLE "prometheus_source" ADD CONSTRAINT "prometheus_source_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "prometheus_source" ADD CONSTRAINT "prometheus_source_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "prometheus_source_feature" ON "prometheus_source" USING btree ("service_id","feature") WHERE removed_at is null;