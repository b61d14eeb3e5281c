CREATE TABLE "share" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"content" jsonb NOT NULL,
	"labels" jsonb NOT NULL,
	"range" jsonb NOT NULL,
	"allow_time_range" boolean NOT NULL,
	"allow_export" text[] NOT NULL,
	"frame_ancestors" text[] NOT NULL,
	"theme" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"status" text NOT NULL,
	"revoked_before" timestamp (3) with time zone,
	"secret_hash" text,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "share_has_secret" CHECK (("share"."kind" = 'signed') = ("share"."secret_hash" is null))
);
--> statement-breakpoint
CREATE TABLE "share_opening" (
	"share_id" uuid NOT NULL,
	"day" date NOT NULL,
	"host_origin" text NOT NULL,
	"viewer" text NOT NULL,
	"count" integer NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "share_opening_share_id_day_host_origin_viewer_pk" PRIMARY KEY("share_id","day","host_origin","viewer")
);
--> statement-breakpoint
CREATE TABLE "share_secret" (
	"share_id" uuid NOT NULL,
	"kid" integer NOT NULL,
	"sealed" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"retired_at" timestamp (3) with time zone,
	CONSTRAINT "share_secret_share_id_kid_pk" PRIMARY KEY("share_id","kid")
);
--> statement-breakpoint
ALTER TABLE "share" ADD CONSTRAINT "share_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share" ADD CONSTRAINT "share_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_opening" ADD CONSTRAINT "share_opening_share_id_share_id_fk" FOREIGN KEY ("share_id") REFERENCES "public"."share"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_secret" ADD CONSTRAINT "share_secret_share_id_share_id_fk" FOREIGN KEY ("share_id") REFERENCES "public"."share"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "share_project" ON "share" USING btree ("project_id","created_at");