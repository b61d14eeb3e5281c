CREATE TABLE "identity" (
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"user_id" uuid NOT NULL,
	"groups" text[] NOT NULL,
	"linked_at" timestamp (3) with time zone NOT NULL,
	"last_sign_in_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "identity_issuer_subject_pk" PRIMARY KEY("issuer","subject"),
	CONSTRAINT "identity_user" UNIQUE("user_id","issuer")
);
--> statement-breakpoint
CREATE TABLE "identity_provider" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"issuer" text NOT NULL,
	"client_id" text NOT NULL,
	"sealed_secret" text,
	"ca_pem" text,
	"scopes" text[] NOT NULL,
	"groups_claim" text NOT NULL,
	"allow_linking" boolean NOT NULL,
	"hide_local_form" boolean NOT NULL,
	"session_hours" integer NOT NULL,
	"contact" text,
	"enabled" boolean NOT NULL,
	"group_rules" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"updated_by" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_in_flow" (
	"id" uuid PRIMARY KEY NOT NULL,
	"state_hash" text NOT NULL,
	"browser_hash" text NOT NULL,
	"provider_id" uuid NOT NULL,
	"nonce" text NOT NULL,
	"code_verifier" text NOT NULL,
	"return_to" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"problem" jsonb,
	CONSTRAINT "sign_in_flow_state_hash_unique" UNIQUE("state_hash")
);
--> statement-breakpoint
ALTER TABLE "account" ADD COLUMN "group_instance_roles" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "account" ADD COLUMN "held_instance_roles" text[] GENERATED ALWAYS AS (instance_roles || group_instance_roles) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "membership" ADD COLUMN "group_roles" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "membership" ADD COLUMN "held_roles" text[] GENERATED ALWAYS AS (roles || group_roles) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "provider_id" uuid;--> statement-breakpoint
ALTER TABLE "identity" ADD CONSTRAINT "identity_user_id_principal_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity_provider" ADD CONSTRAINT "identity_provider_updated_by_principal_id_fk" FOREIGN KEY ("updated_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "identity_provider_one" ON "identity_provider" USING btree ((true));