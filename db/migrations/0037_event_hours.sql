CREATE TABLE "ingest_event_hour" (
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"hour_start" timestamp (3) with time zone NOT NULL,
	"requests" bigint NOT NULL,
	"responses" bigint NOT NULL,
	CONSTRAINT "ingest_event_hour_service_id_hour_start_pk" PRIMARY KEY("service_id","hour_start")
);
--> statement-breakpoint
ALTER TABLE "ingest_event_hour" ADD CONSTRAINT "ingest_event_hour_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;