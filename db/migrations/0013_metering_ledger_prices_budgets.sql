-- Equality of texts inside an exclusion constraint; a trusted extension that every supported PostgreSQL ships.
CREATE EXTENSION IF NOT EXISTS btree_gist;
--> statement-breakpoint
CREATE TABLE "budget" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid,
	"name" text NOT NULL,
	"parent_id" uuid,
	"scope" jsonb NOT NULL,
	"unit" text NOT NULL,
	"period" jsonb NOT NULL,
	"settings" jsonb NOT NULL,
	"level" integer DEFAULT 1 NOT NULL,
	"generation" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"status" jsonb,
	"status_at" timestamp (3) with time zone,
	CONSTRAINT "budget_name" UNIQUE NULLS NOT DISTINCT("project_id","name")
);
--> statement-breakpoint
CREATE TABLE "budget_movement" (
	"id" uuid PRIMARY KEY NOT NULL,
	"budget_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"amount" numeric(38, 0) NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"to_at" timestamp (3) with time zone,
	"guarded_action_id" uuid,
	"reason" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "budget_reservation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"budget_id" uuid,
	"held" numeric(38, 0) NOT NULL,
	"envelope" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "ledger_day_sum" (
	"id" uuid PRIMARY KEY NOT NULL,
	"day_at" timestamp (3) with time zone NOT NULL,
	"posted_month" timestamp (3) with time zone NOT NULL,
	"cluster_id" uuid NOT NULL,
	"node_uid" text NOT NULL,
	"bucket" text NOT NULL,
	"line" text NOT NULL,
	"project_id" uuid,
	"environment_id" uuid,
	"service_id" uuid,
	"revision_id" uuid,
	"model_id" uuid,
	"model_version_id" uuid,
	"role" text,
	"run_id" text,
	"gpu_product" text,
	"capacity_type" text NOT NULL,
	"quantity" numeric(38, 0) NOT NULL,
	"loaded_nano" numeric(38, 0) NOT NULL,
	"open_cost_nano" numeric(38, 0) NOT NULL,
	"unpriced" numeric(38, 0) NOT NULL,
	"estimated_quantity" numeric(38, 0) NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger_entry" (
	"id" uuid NOT NULL,
	"hour_at" timestamp (3) with time zone NOT NULL,
	"cluster_id" uuid NOT NULL,
	"node_uid" text NOT NULL,
	"pod_uid" text,
	"bucket" text NOT NULL,
	"line" text NOT NULL,
	"project_id" uuid,
	"environment_id" uuid,
	"service_id" uuid,
	"revision_id" uuid,
	"model_id" uuid,
	"model_version_id" uuid,
	"role" text,
	"run_id" text,
	"gpu_product" text,
	"capacity_type" text NOT NULL,
	"quantity" bigint NOT NULL,
	"loaded_nano" bigint,
	"open_cost_nano" bigint,
	"price_entry_id" uuid,
	"estimated" boolean NOT NULL,
	"input_digest" text NOT NULL,
	"sealed_at" timestamp (3) with time zone NOT NULL,
	"posted_month" timestamp (3) with time zone NOT NULL,
	"reverses_id" uuid,
	CONSTRAINT "ledger_entry_hour_at_id_pk" PRIMARY KEY("hour_at","id")
) PARTITION BY RANGE ("hour_at");
--> statement-breakpoint
CREATE TABLE "ledger_hour" (
	"cluster_id" uuid NOT NULL,
	"hour_at" timestamp (3) with time zone NOT NULL,
	"node_uid" text NOT NULL,
	"input_digest" text NOT NULL,
	"sealed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ledger_hour_cluster_id_hour_at_node_uid_pk" PRIMARY KEY("cluster_id","hour_at","node_uid")
);
--> statement-breakpoint
CREATE TABLE "ledger_hour_sum" (
	"id" uuid PRIMARY KEY NOT NULL,
	"hour_at" timestamp (3) with time zone NOT NULL,
	"posted_month" timestamp (3) with time zone NOT NULL,
	"cluster_id" uuid NOT NULL,
	"bucket" text NOT NULL,
	"line" text NOT NULL,
	"project_id" uuid,
	"environment_id" uuid,
	"service_id" uuid,
	"revision_id" uuid,
	"model_id" uuid,
	"model_version_id" uuid,
	"role" text,
	"run_id" text,
	"gpu_product" text,
	"capacity_type" text NOT NULL,
	"quantity" numeric(38, 0) NOT NULL,
	"loaded_nano" numeric(38, 0) NOT NULL,
	"open_cost_nano" numeric(38, 0) NOT NULL,
	"unpriced" numeric(38, 0) NOT NULL,
	"estimated_quantity" numeric(38, 0) NOT NULL
);
--> statement-breakpoint
CREATE TABLE "node_interval" (
	"cluster_id" uuid NOT NULL,
	"node_uid" text NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"to_at" timestamp (3) with time zone,
	"facts" jsonb NOT NULL,
	"source" text NOT NULL,
	"estimated" boolean NOT NULL,
	CONSTRAINT "node_interval_cluster_id_node_uid_from_at_pk" PRIMARY KEY("cluster_id","node_uid","from_at")
);
--> statement-breakpoint
CREATE TABLE "pod_interval" (
	"cluster_id" uuid NOT NULL,
	"pod_uid" text NOT NULL,
	"node_uid" text NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"to_at" timestamp (3) with time zone,
	"bucket" text NOT NULL,
	"facts" jsonb NOT NULL,
	"source" text NOT NULL,
	"estimated" boolean NOT NULL,
	CONSTRAINT "pod_interval_cluster_id_pod_uid_from_at_pk" PRIMARY KEY("cluster_id","pod_uid","from_at")
);
--> statement-breakpoint
CREATE TABLE "watch_interval" (
	"cluster_id" uuid NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"seen_until" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "watch_interval_cluster_id_from_at_pk" PRIMARY KEY("cluster_id","from_at")
);
--> statement-breakpoint
CREATE TABLE "instance_currency" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"currency" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "price_entry" (
	"id" uuid PRIMARY KEY NOT NULL,
	"instance_type" text DEFAULT '*' NOT NULL,
	"region" text DEFAULT '*' NOT NULL,
	"gpu_product" text DEFAULT '*' NOT NULL,
	"capacity_type" text NOT NULL,
	"unit" text NOT NULL,
	"amount_nano" numeric(38, 0) NOT NULL,
	"source" text NOT NULL,
	"source_note" text NOT NULL,
	"source_date" timestamp (3) with time zone,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid NOT NULL
);
--> statement-breakpoint
ALTER TABLE "budget" ADD CONSTRAINT "budget_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget" ADD CONSTRAINT "budget_parent_id_budget_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."budget"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget" ADD CONSTRAINT "budget_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget_movement" ADD CONSTRAINT "budget_movement_budget_id_budget_id_fk" FOREIGN KEY ("budget_id") REFERENCES "public"."budget"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget_movement" ADD CONSTRAINT "budget_movement_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget_reservation" ADD CONSTRAINT "budget_reservation_budget_id_budget_id_fk" FOREIGN KEY ("budget_id") REFERENCES "public"."budget"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget_reservation" ADD CONSTRAINT "budget_reservation_project_id_rollout_id_rollout_project_id_id_fk" FOREIGN KEY ("project_id","rollout_id") REFERENCES "public"."rollout"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_hour" ADD CONSTRAINT "ledger_hour_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "node_interval" ADD CONSTRAINT "node_interval_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pod_interval" ADD CONSTRAINT "pod_interval_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "watch_interval" ADD CONSTRAINT "watch_interval_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "price_entry" ADD CONSTRAINT "price_entry_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "budget_parent" ON "budget" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "budget_movement_budget" ON "budget_movement" USING btree ("budget_id","from_at");--> statement-breakpoint
CREATE UNIQUE INDEX "budget_reservation_rollout" ON "budget_reservation" USING btree ("rollout_id","budget_id") WHERE budget_id is not null;--> statement-breakpoint
CREATE INDEX "budget_reservation_open" ON "budget_reservation" USING btree ("budget_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "ledger_day_sum_day" ON "ledger_day_sum" USING btree ("day_at");--> statement-breakpoint
CREATE INDEX "ledger_day_sum_project" ON "ledger_day_sum" USING btree ("project_id","day_at");--> statement-breakpoint
CREATE INDEX "ledger_entry_node" ON "ledger_entry" USING btree ("cluster_id","hour_at","node_uid");--> statement-breakpoint
CREATE INDEX "ledger_entry_project" ON "ledger_entry" USING btree ("project_id","hour_at") WHERE project_id is not null;--> statement-breakpoint
CREATE INDEX "ledger_hour_sum_hour" ON "ledger_hour_sum" USING btree ("hour_at");--> statement-breakpoint
CREATE INDEX "ledger_hour_sum_project" ON "ledger_hour_sum" USING btree ("project_id","hour_at");--> statement-breakpoint
CREATE INDEX "node_interval_time" ON "node_interval" USING btree ("cluster_id","to_at","from_at");--> statement-breakpoint
CREATE INDEX "pod_interval_time" ON "pod_interval" USING btree ("cluster_id","to_at","from_at");--> statement-breakpoint
CREATE INDEX "pod_interval_node" ON "pod_interval" USING btree ("cluster_id","node_uid","from_at");--> statement-breakpoint
CREATE INDEX "price_entry_match" ON "price_entry" USING btree ("instance_type","gpu_product","valid_from");--> statement-breakpoint
ALTER TABLE "price_entry" ADD CONSTRAINT "price_entry_validity" CHECK ("valid_to" IS NULL OR "valid_to" > "valid_from");--> statement-breakpoint
ALTER TABLE "price_entry" ADD CONSTRAINT "price_entry_amount" CHECK ("amount_nano" >= 0);--> statement-breakpoint
-- Match columns are never null ("*" for any), because a null equals nothing and would let overlaps pass.
ALTER TABLE "price_entry" ADD CONSTRAINT "price_entry_overlap" EXCLUDE USING gist (
	"instance_type" WITH =, "region" WITH =, "gpu_product" WITH =, "capacity_type" WITH =, "unit" WITH =, "source" WITH =,
	tstzrange("valid_from", "valid_to") WITH &&
);
