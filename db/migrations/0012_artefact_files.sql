CREATE TABLE "model_version_file" (
	"project_id" uuid NOT NULL,
	"model_version_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"path" text NOT NULL,
	"size" bigint NOT NULL,
	"sha256" text NOT NULL,
	CONSTRAINT "model_version_file_model_version_id_position_pk" PRIMARY KEY("model_version_id","position")
);
--> statement-breakpoint
ALTER TABLE "model_version_file" ADD CONSTRAINT "model_version_file_project_id_model_version_id_model_version_project_id_id_fk" FOREIGN KEY ("project_id","model_version_id") REFERENCES "public"."model_version"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "model_version_digest" ON "model_version" USING btree ("model_id","artefact_digest");
--> statement-breakpoint
CREATE TRIGGER model_version_file_immutable BEFORE UPDATE OR DELETE ON model_version_file FOR EACH ROW EXECUTE FUNCTION refuse_change();
