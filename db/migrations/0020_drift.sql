CREATE TABLE "drift_alert" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"revision_id" uuid,
	"reference_id" uuid,
	"facts" jsonb NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"cleared_at" timestamp (3) with time zone,
	"expected_until" timestamp (3) with time zone,
	"snoozed_until" timestamp (3) with time zone,
	"state_at" timestamp (3) with time zone NOT NULL,
	"state_by" uuid,
	"comment" text,
	CONSTRAINT "drift_alert_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "drift_binning" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"features" jsonb NOT NULL,
	"digest" text NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid,
	CONSTRAINT "drift_binning_number" UNIQUE("service_id","number"),
	CONSTRAINT "drift_binning_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "drift_day" (
	"series_id" bigint NOT NULL,
	"window_start" timestamp (3) with time zone NOT NULL,
	"counts" bigint[] NOT NULL,
	"sums" bigint[] NOT NULL,
	"apart" bigint[] NOT NULL,
	CONSTRAINT "drift_day_series_id_window_start_pk" PRIMARY KEY("series_id","window_start")
);
--> statement-breakpoint
CREATE TABLE "drift_feature" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"state" text NOT NULL,
	"why" text,
	"aliases" text[] DEFAULT '{}' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "drift_feature_name" UNIQUE("service_id","name"),
	CONSTRAINT "drift_feature_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "drift_five_minutes" (
	"series_id" bigint NOT NULL,
	"window_start" timestamp (3) with time zone NOT NULL,
	"counts" bigint[] NOT NULL,
	"sums" bigint[] NOT NULL,
	"apart" bigint[] NOT NULL,
	CONSTRAINT "drift_five_minutes_series_id_window_start_pk" PRIMARY KEY("series_id","window_start")
) PARTITION BY RANGE ("window_start");
--> statement-breakpoint
CREATE TABLE "drift_hour" (
	"series_id" bigint NOT NULL,
	"window_start" timestamp (3) with time zone NOT NULL,
	"counts" bigint[] NOT NULL,
	"sums" bigint[] NOT NULL,
	"apart" bigint[] NOT NULL,
	CONSTRAINT "drift_hour_series_id_window_start_pk" PRIMARY KEY("series_id","window_start")
);
--> statement-breakpoint
CREATE TABLE "drift_monitor" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"window_length" text NOT NULL,
	"reference_kind" text NOT NULL,
	"settings" jsonb NOT NULL,
	"alerts_from" timestamp (3) with time zone,
	"generation" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid,
	"judged_until" timestamp (3) with time zone,
	CONSTRAINT "drift_monitor_service" UNIQUE("service_id"),
	CONSTRAINT "drift_monitor_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "drift_reference" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"binning_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"model_version_id" uuid,
	"from_at" timestamp (3) with time zone,
	"to_at" timestamp (3) with time zone,
	"counters" jsonb,
	"rows" bigint,
	"source_digest" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid,
	"replaced_at" timestamp (3) with time zone,
	CONSTRAINT "drift_reference_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "drift_reservoir" (
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"slot" integer NOT NULL,
	"row" jsonb NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "drift_reservoir_service_id_slot_pk" PRIMARY KEY("service_id","slot")
);
--> statement-breakpoint
CREATE TABLE "drift_series" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "drift_series_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"revision_id" uuid NOT NULL,
	"binning_id" uuid NOT NULL,
	"feature_id" uuid NOT NULL,
	"segment" text DEFAULT '' NOT NULL,
	CONSTRAINT "drift_series_key" UNIQUE("service_id","revision_id","binning_id","feature_id","segment")
);
--> statement-breakpoint
CREATE TABLE "drift_window" (
	"project_id" uuid NOT NULL,
	"monitor_id" uuid NOT NULL,
	"window_start" timestamp (3) with time zone NOT NULL,
	"window_end" timestamp (3) with time zone NOT NULL,
	"reference_id" uuid,
	"revision" integer NOT NULL,
	"rows" bigint NOT NULL,
	"verdicts" jsonb NOT NULL,
	"why_none" text,
	"input_digest" text NOT NULL,
	"judged_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "drift_window_monitor_id_window_start_pk" PRIMARY KEY("monitor_id","window_start")
);
--> statement-breakpoint
CREATE TABLE "ingest_batch" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"source" text NOT NULL,
	"batch_id" text NOT NULL,
	"sha256" text NOT NULL,
	"contribution" "bytea",
	"rows" integer NOT NULL,
	"rejected" integer NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"folded_at" timestamp (3) with time zone,
	"undone_at" timestamp (3) with time zone,
	CONSTRAINT "ingest_batch_key" UNIQUE("service_id","source","batch_id")
);
--> statement-breakpoint
ALTER TABLE "drift_alert" ADD CONSTRAINT "drift_alert_state_by_principal_id_fk" FOREIGN KEY ("state_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_alert" ADD CONSTRAINT "drift_alert_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_binning" ADD CONSTRAINT "drift_binning_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_binning" ADD CONSTRAINT "drift_binning_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_feature" ADD CONSTRAINT "drift_feature_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_monitor" ADD CONSTRAINT "drift_monitor_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_monitor" ADD CONSTRAINT "drift_monitor_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_reference" ADD CONSTRAINT "drift_reference_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_reference" ADD CONSTRAINT "drift_reference_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_reference" ADD CONSTRAINT "drift_reference_project_id_binning_id_drift_binning_project_id_id_fk" FOREIGN KEY ("project_id","binning_id") REFERENCES "public"."drift_binning"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_reference" ADD CONSTRAINT "drift_reference_project_id_model_version_id_model_version_project_id_id_fk" FOREIGN KEY ("project_id","model_version_id") REFERENCES "public"."model_version"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_reservoir" ADD CONSTRAINT "drift_reservoir_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_series" ADD CONSTRAINT "drift_series_project_id_revision_id_service_revision_project_id_id_fk" FOREIGN KEY ("project_id","revision_id") REFERENCES "public"."service_revision"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_series" ADD CONSTRAINT "drift_series_project_id_binning_id_drift_binning_project_id_id_fk" FOREIGN KEY ("project_id","binning_id") REFERENCES "public"."drift_binning"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_series" ADD CONSTRAINT "drift_series_project_id_feature_id_drift_feature_project_id_id_fk" FOREIGN KEY ("project_id","feature_id") REFERENCES "public"."drift_feature"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_window" ADD CONSTRAINT "drift_window_project_id_monitor_id_drift_monitor_project_id_id_fk" FOREIGN KEY ("project_id","monitor_id") REFERENCES "public"."drift_monitor"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ingest_batch" ADD CONSTRAINT "ingest_batch_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "drift_alert_service" ON "drift_alert" USING btree ("service_id","opened_at");--> statement-breakpoint
CREATE UNIQUE INDEX "drift_alert_open" ON "drift_alert" USING btree ("service_id","kind") WHERE cleared_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "drift_binning_active" ON "drift_binning" USING btree ("service_id") WHERE state = 'active';--> statement-breakpoint
CREATE UNIQUE INDEX "drift_reference_current" ON "drift_reference" USING btree ("service_id","kind") WHERE replaced_at is null;--> statement-breakpoint
CREATE INDEX "ingest_batch_unfolded" ON "ingest_batch" USING btree ("service_id","received_at") WHERE folded_at is null;--> statement-breakpoint
CREATE INDEX "ingest_batch_received" ON "ingest_batch" USING btree ("received_at");