CREATE TABLE "chart_sample" (
	"template_chart_id" uuid NOT NULL,
	"series" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"value" double precision NOT NULL,
	CONSTRAINT "chart_sample_template_chart_id_series_at_pk" PRIMARY KEY("template_chart_id","series","at")
);
--> statement-breakpoint
CREATE TABLE "chart_sample_hour" (
	"template_chart_id" uuid NOT NULL,
	"series" text NOT NULL,
	"hour_end" timestamp (3) with time zone NOT NULL,
	"count" integer NOT NULL,
	"sum" double precision NOT NULL,
	CONSTRAINT "chart_sample_hour_template_chart_id_series_hour_end_pk" PRIMARY KEY("template_chart_id","series","hour_end")
);
--> statement-breakpoint
CREATE TABLE "metric_template" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"environment_id" uuid NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"unit" text NOT NULL,
	"step_seconds" integer NOT NULL,
	"labels" jsonb NOT NULL,
	"used_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"removed_at" timestamp (3) with time zone,
	CONSTRAINT "metric_template_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "template_chart" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"template_id" uuid NOT NULL,
	"values" jsonb NOT NULL,
	"wanted_at" timestamp (3) with time zone NOT NULL,
	"next_ask_at" timestamp (3) with time zone NOT NULL,
	"asked_at" timestamp (3) with time zone,
	"problem" jsonb,
	CONSTRAINT "template_chart_values" UNIQUE("template_id","values")
);
--> statement-breakpoint
ALTER TABLE "chart_sample" ADD CONSTRAINT "chart_sample_template_chart_id_template_chart_id_fk" FOREIGN KEY ("template_chart_id") REFERENCES "public"."template_chart"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chart_sample_hour" ADD CONSTRAINT "chart_sample_hour_template_chart_id_template_chart_id_fk" FOREIGN KEY ("template_chart_id") REFERENCES "public"."template_chart"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "metric_template" ADD CONSTRAINT "metric_template_project_id_environment_id_environment_project_id_id_fk" FOREIGN KEY ("project_id","environment_id") REFERENCES "public"."environment"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "template_chart" ADD CONSTRAINT "template_chart_project_id_template_id_metric_template_project_id_id_fk" FOREIGN KEY ("project_id","template_id") REFERENCES "public"."metric_template"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "chart_sample_at" ON "chart_sample" USING btree ("at");--> statement-breakpoint
CREATE INDEX "chart_sample_hour_end" ON "chart_sample_hour" USING btree ("hour_end");--> statement-breakpoint
CREATE UNIQUE INDEX "metric_template_name" ON "metric_template" USING btree ("project_id","name") WHERE removed_at is null;