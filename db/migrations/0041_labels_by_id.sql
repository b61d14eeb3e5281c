CREATE TABLE "prediction_key" (
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"key" uuid NOT NULL,
	"revision_id" uuid NOT NULL,
	"window_start" timestamp (3) with time zone NOT NULL,
	"places" jsonb NOT NULL,
	"sent_in" uuid NOT NULL,
	"labelled_in" uuid,
	"ends_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "prediction_key_service_id_key_pk" PRIMARY KEY("service_id","key")
);
--> statement-breakpoint
CREATE TABLE "prediction_key_hour" (
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"keys" bigint NOT NULL,
	CONSTRAINT "prediction_key_hour_service_id_ends_at_pk" PRIMARY KEY("service_id","ends_at")
);
--> statement-breakpoint
ALTER TABLE "prediction_key" ADD CONSTRAINT "prediction_key_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "prediction_key_hour" ADD CONSTRAINT "prediction_key_hour_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "prediction_key_end" ON "prediction_key" USING btree ("ends_at");