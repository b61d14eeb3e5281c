CREATE TABLE "capacity_reading" (
	"cluster_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"observed_at" timestamp (3) with time zone,
	"reading" jsonb,
	CONSTRAINT "capacity_reading_cluster_id_subject_pk" PRIMARY KEY("cluster_id","subject")
);
--> statement-breakpoint
ALTER TABLE "capacity_reading" ADD CONSTRAINT "capacity_reading_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;