CREATE TABLE "link_template" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"environment_id" uuid,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "link_template_name" UNIQUE("project_id","name")
);
--> statement-breakpoint
CREATE UNLOGGED TABLE "log_chunk" (
	"stream_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"text" text NOT NULL,
	CONSTRAINT "log_chunk_stream_id_number_pk" PRIMARY KEY("stream_id","number")
);
--> statement-breakpoint
CREATE TABLE "log_stream" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"cluster_id" uuid NOT NULL,
	"principal_id" uuid NOT NULL,
	"question" jsonb NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	"read_at" timestamp (3) with time zone NOT NULL,
	"read_to" integer DEFAULT 0 NOT NULL,
	"started_at" timestamp (3) with time zone,
	"alive_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"ending" jsonb
);
--> statement-breakpoint
ALTER TABLE "link_template" ADD CONSTRAINT "link_template_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link_template" ADD CONSTRAINT "link_template_project_id_environment_id_environment_project_id_id_fk" FOREIGN KEY ("project_id","environment_id") REFERENCES "public"."environment"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "log_chunk" ADD CONSTRAINT "log_chunk_stream_id_log_stream_id_fk" FOREIGN KEY ("stream_id") REFERENCES "public"."log_stream"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "log_stream" ADD CONSTRAINT "log_stream_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "log_stream" ADD CONSTRAINT "log_stream_principal_id_principal_id_fk" FOREIGN KEY ("principal_id") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "log_stream" ADD CONSTRAINT "log_stream_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "log_stream_open" ON "log_stream" USING btree ("cluster_id","ended_at");--> statement-breakpoint
CREATE INDEX "log_stream_reader" ON "log_stream" USING btree ("principal_id","ended_at");