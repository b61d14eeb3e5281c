CREATE TABLE "channel" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"target" jsonb NOT NULL,
	"sealed_secret" text,
	"rules" jsonb NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid NOT NULL,
	"removed_at" timestamp (3) with time zone,
	CONSTRAINT "channel_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "delivery" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"notice_id" uuid NOT NULL,
	"channel_id" uuid NOT NULL,
	"recipient" text DEFAULT '' NOT NULL,
	"part" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"claim_until" timestamp (3) with time zone,
	"quiet" boolean DEFAULT false NOT NULL,
	"batch_id" uuid,
	"maybe_repeated" boolean DEFAULT false NOT NULL,
	"answer" jsonb,
	"answered_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "delivery_once" UNIQUE("notice_id","channel_id","recipient","part")
);
--> statement-breakpoint
CREATE TABLE "heartbeat" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"host" text NOT NULL,
	"sealed_url" text NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"called_at" timestamp (3) with time zone,
	"answer" jsonb,
	"failing_since" timestamp (3) with time zone,
	"changed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notice" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"severity" text NOT NULL,
	"params" jsonb NOT NULL,
	"object_kind" text NOT NULL,
	"object_id" text NOT NULL,
	"service_id" uuid,
	"dedup_key" text NOT NULL,
	"open_key" text,
	"began_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"acknowledged_at" timestamp (3) with time zone,
	"acknowledged_by" uuid,
	"origin" text NOT NULL,
	"route_at" timestamp (3) with time zone,
	"routed_at" timestamp (3) with time zone,
	"end_routed_at" timestamp (3) with time zone,
	CONSTRAINT "notice_scope" UNIQUE("project_id","id"),
	CONSTRAINT "notice_open" UNIQUE("project_id","open_key")
);
--> statement-breakpoint
ALTER TABLE "channel" ADD CONSTRAINT "channel_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel" ADD CONSTRAINT "channel_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_project_id_notice_id_notice_project_id_id_fk" FOREIGN KEY ("project_id","notice_id") REFERENCES "public"."notice"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_project_id_channel_id_channel_project_id_id_fk" FOREIGN KEY ("project_id","channel_id") REFERENCES "public"."channel"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice" ADD CONSTRAINT "notice_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice" ADD CONSTRAINT "notice_acknowledged_by_principal_id_fk" FOREIGN KEY ("acknowledged_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "delivery_due" ON "delivery" USING btree ("due_at") WHERE state in ('waiting', 'sending');--> statement-breakpoint
CREATE INDEX "delivery_channel" ON "delivery" USING btree ("channel_id","created_at");--> statement-breakpoint
CREATE INDEX "delivery_batch" ON "delivery" USING btree ("batch_id");--> statement-breakpoint
CREATE INDEX "notice_route" ON "notice" USING btree ("route_at") WHERE route_at is not null;--> statement-breakpoint
CREATE INDEX "notice_list" ON "notice" USING btree ("project_id","began_at","id");--> statement-breakpoint
CREATE INDEX "notice_service" ON "notice" USING btree ("service_id","began_at");