CREATE TABLE "bill_file" (
	"id" uuid PRIMARY KEY NOT NULL,
	"month_at" timestamp (3) with time zone NOT NULL,
	"file_name" text NOT NULL,
	"lines" jsonb NOT NULL,
	"rows" integer NOT NULL,
	"outside" integer NOT NULL,
	"imported_at" timestamp (3) with time zone NOT NULL,
	"imported_by" uuid NOT NULL,
	CONSTRAINT "bill_file_name" UNIQUE("month_at","file_name")
);
--> statement-breakpoint
ALTER TABLE "bill_file" ADD CONSTRAINT "bill_file_imported_by_principal_id_fk" FOREIGN KEY ("imported_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;