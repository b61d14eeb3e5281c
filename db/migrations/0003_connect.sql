CREATE TABLE "instance" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "namespace_claim" (
	"cluster_id" uuid NOT NULL,
	"namespace" text NOT NULL,
	"wanted" boolean DEFAULT true NOT NULL,
	"take_from" text,
	"holder" text,
	"renewed_at" timestamp (3) with time zone,
	"seen_at" timestamp (3) with time zone,
	CONSTRAINT "namespace_claim_cluster_id_namespace_pk" PRIMARY KEY("cluster_id","namespace")
);
--> statement-breakpoint
ALTER TABLE "cluster_request" ALTER COLUMN "cluster_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "cluster" ADD COLUMN "namespaces" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "cluster" ADD COLUMN "token_expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "cluster" ADD COLUMN "token_problem" jsonb;--> statement-breakpoint
ALTER TABLE "cluster" ADD COLUMN "uid" text;--> statement-breakpoint
ALTER TABLE "cluster" ADD COLUMN "replaced_by_uid" text;--> statement-breakpoint
ALTER TABLE "namespace_claim" ADD CONSTRAINT "namespace_claim_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;