CREATE TABLE "kafka_offset" (
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"cluster_id" text NOT NULL,
	"topic_id" text NOT NULL,
	"partition" integer NOT NULL,
	"topic" text NOT NULL,
	"next" bigint NOT NULL,
	"log_end" bigint NOT NULL,
	"gap_records" bigint,
	"gap_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "kafka_offset_service_id_cluster_id_topic_id_partition_pk" PRIMARY KEY("service_id","cluster_id","topic_id","partition")
);
--> statement-breakpoint
CREATE TABLE "kafka_source" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"brokers" text[] NOT NULL,
	"topic" text NOT NULL,
	"format" text NOT NULL,
	"start_at" text NOT NULL,
	"access" jsonb NOT NULL,
	"sealed_secret" text,
	"generation" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid NOT NULL,
	"removed_at" timestamp (3) with time zone,
	"holder" text,
	"lease_until" timestamp (3) with time zone,
	"state" text DEFAULT 'new' NOT NULL,
	"why" text,
	"state_at" timestamp (3) with time zone,
	CONSTRAINT "kafka_source_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
ALTER TABLE "kafka_offset" ADD CONSTRAINT "kafka_offset_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kafka_source" ADD CONSTRAINT "kafka_source_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kafka_source" ADD CONSTRAINT "kafka_source_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "kafka_source_topic" ON "kafka_source" USING btree ("service_id","topic") WHERE removed_at is null;