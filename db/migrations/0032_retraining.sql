CREATE TABLE "query_pattern" (
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"hour_start" timestamp (3) with time zone NOT NULL,
	"key" text NOT NULL,
	"rows" bigint NOT NULL,
	"compared" bigint NOT NULL,
	"repeated" bigint NOT NULL,
	CONSTRAINT "query_pattern_service_id_hour_start_key_pk" PRIMARY KEY("service_id","hour_start","key")
);
--> statement-breakpoint
CREATE TABLE "validation_result" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"suite" text NOT NULL,
	"run_key" text NOT NULL,
	"sha256" text NOT NULL,
	"ran_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"evaluated" integer NOT NULL,
	"failed" integer NOT NULL,
	"failing" jsonb NOT NULL,
	"followed_at" timestamp (3) with time zone,
	CONSTRAINT "validation_result_run" UNIQUE("service_id","suite","run_key")
);
--> statement-breakpoint
CREATE TABLE "retrain_hold" (
	"request_id" uuid NOT NULL,
	"budget_id" uuid NOT NULL,
	"wanted" numeric(38, 0) NOT NULL,
	"held" numeric(38, 0) NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "retrain_hold_request_id_budget_id_pk" PRIMARY KEY("request_id","budget_id")
);
--> statement-breakpoint
CREATE TABLE "retrain_request" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"alert_id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"model_version_id" uuid NOT NULL,
	"policy" text NOT NULL,
	"action" jsonb NOT NULL,
	"payload" jsonb NOT NULL,
	"action_id" uuid,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"opened_by" uuid NOT NULL,
	"state" text NOT NULL,
	"state_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"new_version_id" uuid,
	"outcome" jsonb,
	"work" jsonb,
	"notice_id" uuid,
	"started_at" timestamp (3) with time zone,
	CONSTRAINT "retrain_request_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "retrain_setting" (
	"service_id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"settings" jsonb NOT NULL,
	"generation" integer DEFAULT 1 NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	"changed_by" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "retrain_template" (
	"id" uuid PRIMARY KEY NOT NULL,
	"cluster_id" uuid NOT NULL,
	"name" text NOT NULL,
	"yaml" text NOT NULL,
	"object" jsonb NOT NULL,
	"digest" text NOT NULL,
	"added_at" timestamp (3) with time zone NOT NULL,
	"added_by" uuid NOT NULL,
	"removed_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "query_pattern" ADD CONSTRAINT "query_pattern_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "validation_result" ADD CONSTRAINT "validation_result_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrain_hold" ADD CONSTRAINT "retrain_hold_request_id_retrain_request_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."retrain_request"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrain_hold" ADD CONSTRAINT "retrain_hold_budget_id_budget_id_fk" FOREIGN KEY ("budget_id") REFERENCES "public"."budget"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrain_request" ADD CONSTRAINT "retrain_request_opened_by_principal_id_fk" FOREIGN KEY ("opened_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrain_request" ADD CONSTRAINT "retrain_request_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrain_request" ADD CONSTRAINT "retrain_request_project_id_alert_id_drift_alert_project_id_id_fk" FOREIGN KEY ("project_id","alert_id") REFERENCES "public"."drift_alert"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrain_request" ADD CONSTRAINT "retrain_request_project_id_model_version_id_model_version_project_id_id_fk" FOREIGN KEY ("project_id","model_version_id") REFERENCES "public"."model_version"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrain_request" ADD CONSTRAINT "retrain_request_project_id_new_version_id_model_version_project_id_id_fk" FOREIGN KEY ("project_id","new_version_id") REFERENCES "public"."model_version"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrain_request" ADD CONSTRAINT "retrain_request_project_id_action_id_guarded_action_project_id_id_fk" FOREIGN KEY ("project_id","action_id") REFERENCES "public"."guarded_action"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrain_setting" ADD CONSTRAINT "retrain_setting_changed_by_principal_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrain_setting" ADD CONSTRAINT "retrain_setting_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrain_template" ADD CONSTRAINT "retrain_template_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrain_template" ADD CONSTRAINT "retrain_template_added_by_principal_id_fk" FOREIGN KEY ("added_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "validation_result_due" ON "validation_result" USING btree ("service_id","ran_at") WHERE followed_at is null;--> statement-breakpoint
CREATE INDEX "retrain_hold_open" ON "retrain_hold" USING btree ("budget_id") WHERE ended_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "retrain_request_living" ON "retrain_request" USING btree ("service_id") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "retrain_request_service" ON "retrain_request" USING btree ("service_id","opened_at");--> statement-breakpoint
CREATE INDEX "retrain_request_alert" ON "retrain_request" USING btree ("alert_id");--> statement-breakpoint
CREATE UNIQUE INDEX "retrain_template_name" ON "retrain_template" USING btree ("cluster_id","name") WHERE removed_at is null;