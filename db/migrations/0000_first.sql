CREATE SCHEMA "sandbox";
--> statement-breakpoint
CREATE TABLE "audit_chain" (
	"chain" text PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"hash" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_detail" (
	"chain" text NOT NULL,
	"seq" bigint NOT NULL,
	"salt" text NOT NULL,
	"actor_name" text NOT NULL,
	"object_name" text NOT NULL,
	"sentence" text NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"comment" text,
	"related" text[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "audit_detail_chain_seq_pk" PRIMARY KEY("chain","seq")
);
--> statement-breakpoint
CREATE TABLE "audit_entry" (
	"chain" text NOT NULL,
	"seq" bigint NOT NULL,
	"format" integer NOT NULL,
	"prev_hash" text NOT NULL,
	"hash" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_id" uuid NOT NULL,
	"action" text NOT NULL,
	"object_kind" text NOT NULL,
	"object_id" text NOT NULL,
	"before_digest" text,
	"after_digest" text,
	"detail_digest" text NOT NULL,
	"origin" text NOT NULL,
	CONSTRAINT "audit_entry_chain_seq_pk" PRIMARY KEY("chain","seq")
);
--> statement-breakpoint
CREATE TABLE "cluster" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"credential" text NOT NULL,
	"server_url" text,
	"ca_pem" text,
	"sealed_token" text,
	"capabilities" jsonb,
	"probed_at" timestamp (3) with time zone,
	"generation" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "cluster_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "cluster_lease" (
	"cluster_id" uuid PRIMARY KEY NOT NULL,
	"holder" text,
	"epoch" bigint NOT NULL,
	"lease_until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cluster_request" (
	"id" uuid PRIMARY KEY NOT NULL,
	"cluster_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"payload" jsonb NOT NULL,
	"answer" jsonb,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"answered_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "environment" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"name" text NOT NULL,
	"group_name" text,
	"position" integer NOT NULL,
	"production" boolean NOT NULL,
	"cluster_id" uuid NOT NULL,
	"namespace" text NOT NULL,
	"gateway" jsonb NOT NULL,
	"hostnames" text[] DEFAULT '{}' NOT NULL,
	"metrics_source" jsonb NOT NULL,
	"policy_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "environment_name" UNIQUE("project_id","name"),
	CONSTRAINT "environment_scope" UNIQUE("project_id","id"),
	CONSTRAINT "environment_namespace" UNIQUE("cluster_id","namespace")
);
--> statement-breakpoint
CREATE TABLE "policy" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"name" text NOT NULL,
	"current_revision_id" uuid NOT NULL,
	CONSTRAINT "policy_name" UNIQUE("project_id","name"),
	CONSTRAINT "policy_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "policy_revision" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"policy_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"rules" jsonb NOT NULL,
	"digest" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid NOT NULL,
	CONSTRAINT "policy_revision_number" UNIQUE("policy_id","number"),
	CONSTRAINT "policy_revision_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "account" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"password_hash" text,
	"instance_roles" text[] DEFAULT '{}' NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "account_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "api_token" (
	"principal_id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"name" text NOT NULL,
	"secret_hash" text NOT NULL,
	"prefix" text NOT NULL,
	"roles" text[] NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "api_token_secret_hash_unique" UNIQUE("secret_hash"),
	CONSTRAINT "api_token_name" UNIQUE("project_id","name")
);
--> statement-breakpoint
CREATE TABLE "idempotency" (
	"principal_id" uuid NOT NULL,
	"permission" text NOT NULL,
	"key" text NOT NULL,
	"input_hash" text NOT NULL,
	"response" text,
	"secret" boolean DEFAULT false NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_principal_id_permission_key_pk" PRIMARY KEY("principal_id","permission","key")
);
--> statement-breakpoint
CREATE TABLE "membership" (
	"project_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"roles" text[] NOT NULL,
	CONSTRAINT "membership_project_id_user_id_pk" PRIMARY KEY("project_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "principal" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"owner_user_id" uuid,
	"name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "project" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"slug" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "project_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "rate_window" (
	"key" text NOT NULL,
	"window_start" timestamp (3) with time zone NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "rate_window_key_window_start_pk" PRIMARY KEY("key","window_start")
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id_hash" text PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_in_link" (
	"secret_hash" text PRIMARY KEY NOT NULL,
	"user_id" uuid,
	"purpose" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "evidence" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"model_version_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"report" jsonb NOT NULL,
	"verdict" text NOT NULL,
	"digest" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"next_number" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid NOT NULL,
	CONSTRAINT "model_name" UNIQUE("project_id","name"),
	CONSTRAINT "model_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "model_version" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"source_uri" text NOT NULL,
	"artefact_digest" text,
	"serving_image" text,
	"framework" text,
	"metrics" jsonb NOT NULL,
	"lineage" jsonb NOT NULL,
	"run_id" text,
	"run_link" text,
	"status" text DEFAULT 'READY' NOT NULL,
	"status_message" text,
	"signature" jsonb,
	"tags" jsonb NOT NULL,
	"card" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid NOT NULL,
	CONSTRAINT "model_version_number" UNIQUE("model_id","number"),
	CONSTRAINT "model_version_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "approval" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"action_id" uuid NOT NULL,
	"principal_id" uuid NOT NULL,
	"owner_user_id" uuid NOT NULL,
	"decision" text NOT NULL,
	"comment" text NOT NULL,
	"subject_digest" text NOT NULL,
	"decided_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "approval_once" UNIQUE("action_id","owner_user_id")
);
--> statement-breakpoint
CREATE TABLE "guarded_action" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject" jsonb NOT NULL,
	"subject_digest" text NOT NULL,
	"policy_revision_id" uuid NOT NULL,
	"requested_by" uuid NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "guarded_action_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "promotion" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"action_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"to_revision_id" uuid NOT NULL,
	"from_revision_id" uuid,
	"plan" jsonb NOT NULL,
	"plan_digest" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"state" text NOT NULL,
	"outcome" jsonb,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "promotion_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "analysis_interval" (
	"project_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"check_id" text NOT NULL,
	"interval_end" timestamp (3) with time zone NOT NULL,
	"step_index" integer NOT NULL,
	"n_canary" integer NOT NULL,
	"n_stable" integer NOT NULL,
	"x_canary" integer NOT NULL,
	"x_stable" integer NOT NULL,
	"canary_pod_count" integer NOT NULL,
	"log_e" double precision[] NOT NULL,
	CONSTRAINT "analysis_interval_rollout_id_check_id_interval_end_pk" PRIMARY KEY("rollout_id","check_id","interval_end")
);
--> statement-breakpoint
CREATE TABLE "check_result" (
	"project_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"step" integer NOT NULL,
	"check_id" text NOT NULL,
	"verdict" text NOT NULL,
	"evidence" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "check_result_rollout_id_step_check_id_at_pk" PRIMARY KEY("rollout_id","step","check_id","at")
);
--> statement-breakpoint
CREATE TABLE "rollout" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"promotion_id" uuid,
	"from_revision_id" uuid,
	"to_revision_id" uuid NOT NULL,
	"plan" jsonb NOT NULL,
	"plan_digest" text NOT NULL,
	"phi" double precision NOT NULL,
	"phi_backed_by_history" boolean NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"started_by" uuid NOT NULL,
	"generation" integer DEFAULT 1 NOT NULL,
	"goal" text DEFAULT 'complete' NOT NULL,
	"paused_at" timestamp (3) with time zone,
	"promoted_at" timestamp (3) with time zone,
	"continued_step" integer,
	"phase" text NOT NULL,
	"step_index" integer DEFAULT 0 NOT NULL,
	"step_started_at" timestamp (3) with time zone NOT NULL,
	"accepted_at" timestamp (3) with time zone,
	"effective_at" timestamp (3) with time zone,
	"held_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"failure" jsonb,
	"status" jsonb,
	"status_at" timestamp (3) with time zone,
	CONSTRAINT "rollout_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "sandbox"."cluster" (
	"cluster_id" uuid PRIMARY KEY NOT NULL,
	"seed" integer NOT NULL,
	"clock_offset_ms" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sandbox"."fault" (
	"cluster_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"behaviour" jsonb NOT NULL,
	CONSTRAINT "fault_cluster_id_subject_from_at_pk" PRIMARY KEY("cluster_id","subject","from_at")
);
--> statement-breakpoint
CREATE TABLE "sandbox"."object" (
	"cluster_id" uuid NOT NULL,
	"namespace" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"uid" uuid NOT NULL,
	"resource_version" bigint NOT NULL,
	"epoch" bigint NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"body" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "object_cluster_id_namespace_kind_name_pk" PRIMARY KEY("cluster_id","namespace","kind","name")
);
--> statement-breakpoint
CREATE TABLE "sandbox"."split" (
	"cluster_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"split" jsonb NOT NULL,
	CONSTRAINT "split_cluster_id_service_id_from_at_pk" PRIMARY KEY("cluster_id","service_id","from_at")
);
--> statement-breakpoint
CREATE TABLE "metric_interval" (
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"revision_number" integer NOT NULL,
	"interval_end" timestamp (3) with time zone NOT NULL,
	"interval_ms" integer NOT NULL,
	"requests" integer NOT NULL,
	"errors" integer NOT NULL,
	"buckets" jsonb NOT NULL,
	"pod_count" integer NOT NULL,
	CONSTRAINT "metric_interval_service_id_interval_end_revision_number_pk" PRIMARY KEY("service_id","interval_end","revision_number")
);
--> statement-breakpoint
CREATE TABLE "role_interval" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"revision_id" uuid NOT NULL,
	"rollout_id" uuid,
	"role" text NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"effective_at" timestamp (3) with time zone,
	"to_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "service" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"environment_id" uuid NOT NULL,
	"name" text NOT NULL,
	"mode" text NOT NULL,
	"spec" jsonb NOT NULL,
	"scaling" jsonb NOT NULL,
	"route" jsonb NOT NULL,
	"default_plan" jsonb NOT NULL,
	"owner_user_id" uuid,
	"runbook_url" text,
	"stable_revision_id" uuid,
	"next_revision_number" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid NOT NULL,
	"generation" integer DEFAULT 1 NOT NULL,
	"observed_generation" integer DEFAULT 0 NOT NULL,
	"next_reconcile_at" timestamp (3) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"status" jsonb,
	"status_at" timestamp (3) with time zone,
	CONSTRAINT "service_name" UNIQUE("environment_id","name"),
	CONSTRAINT "service_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "service_revision" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"model_version_id" uuid NOT NULL,
	"spec" jsonb NOT NULL,
	"spec_digest" text NOT NULL,
	"image_digest" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid NOT NULL,
	CONSTRAINT "service_revision_number" UNIQUE("service_id","number"),
	CONSTRAINT "service_revision_scope" UNIQUE("project_id","id")
);
--> statement-breakpoint
ALTER TABLE "cluster_lease" ADD CONSTRAINT "cluster_lease_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cluster_request" ADD CONSTRAINT "cluster_request_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "environment" ADD CONSTRAINT "environment_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "environment" ADD CONSTRAINT "environment_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "environment" ADD CONSTRAINT "environment_project_id_policy_id_policy_project_id_id_fk" FOREIGN KEY ("project_id","policy_id") REFERENCES "public"."policy"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policy_revision" ADD CONSTRAINT "policy_revision_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policy_revision" ADD CONSTRAINT "policy_revision_project_id_policy_id_policy_project_id_id_fk" FOREIGN KEY ("project_id","policy_id") REFERENCES "public"."policy"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_principal_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_principal_id_principal_id_fk" FOREIGN KEY ("principal_id") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "membership" ADD CONSTRAINT "membership_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "membership" ADD CONSTRAINT "membership_user_id_principal_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_principal_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in_link" ADD CONSTRAINT "sign_in_link_user_id_principal_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_project_id_model_version_id_model_version_project_id_id_fk" FOREIGN KEY ("project_id","model_version_id") REFERENCES "public"."model_version"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model" ADD CONSTRAINT "model_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model" ADD CONSTRAINT "model_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_project_id_model_id_model_project_id_id_fk" FOREIGN KEY ("project_id","model_id") REFERENCES "public"."model"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval" ADD CONSTRAINT "approval_principal_id_principal_id_fk" FOREIGN KEY ("principal_id") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval" ADD CONSTRAINT "approval_project_id_action_id_guarded_action_project_id_id_fk" FOREIGN KEY ("project_id","action_id") REFERENCES "public"."guarded_action"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guarded_action" ADD CONSTRAINT "guarded_action_requested_by_principal_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guarded_action" ADD CONSTRAINT "guarded_action_project_id_policy_revision_id_policy_revision_project_id_id_fk" FOREIGN KEY ("project_id","policy_revision_id") REFERENCES "public"."policy_revision"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "promotion" ADD CONSTRAINT "promotion_project_id_action_id_guarded_action_project_id_id_fk" FOREIGN KEY ("project_id","action_id") REFERENCES "public"."guarded_action"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "promotion" ADD CONSTRAINT "promotion_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "promotion" ADD CONSTRAINT "promotion_project_id_to_revision_id_service_revision_project_id_id_fk" FOREIGN KEY ("project_id","to_revision_id") REFERENCES "public"."service_revision"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "analysis_interval" ADD CONSTRAINT "analysis_interval_project_id_rollout_id_rollout_project_id_id_fk" FOREIGN KEY ("project_id","rollout_id") REFERENCES "public"."rollout"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "check_result" ADD CONSTRAINT "check_result_project_id_rollout_id_rollout_project_id_id_fk" FOREIGN KEY ("project_id","rollout_id") REFERENCES "public"."rollout"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout" ADD CONSTRAINT "rollout_started_by_principal_id_fk" FOREIGN KEY ("started_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout" ADD CONSTRAINT "rollout_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout" ADD CONSTRAINT "rollout_project_id_promotion_id_promotion_project_id_id_fk" FOREIGN KEY ("project_id","promotion_id") REFERENCES "public"."promotion"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout" ADD CONSTRAINT "rollout_project_id_to_revision_id_service_revision_project_id_id_fk" FOREIGN KEY ("project_id","to_revision_id") REFERENCES "public"."service_revision"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "metric_interval" ADD CONSTRAINT "metric_interval_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_interval" ADD CONSTRAINT "role_interval_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service" ADD CONSTRAINT "service_owner_user_id_principal_id_fk" FOREIGN KEY ("owner_user_id") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service" ADD CONSTRAINT "service_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service" ADD CONSTRAINT "service_project_id_environment_id_environment_project_id_id_fk" FOREIGN KEY ("project_id","environment_id") REFERENCES "public"."environment"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_revision" ADD CONSTRAINT "service_revision_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_revision" ADD CONSTRAINT "service_revision_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_revision" ADD CONSTRAINT "service_revision_project_id_model_version_id_model_version_project_id_id_fk" FOREIGN KEY ("project_id","model_version_id") REFERENCES "public"."model_version"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_detail_related" ON "audit_detail" USING gin ("related");--> statement-breakpoint
CREATE INDEX "audit_entry_object" ON "audit_entry" USING btree ("chain","object_kind","object_id","seq");--> statement-breakpoint
CREATE INDEX "audit_entry_actor" ON "audit_entry" USING btree ("chain","actor_id","seq");--> statement-breakpoint
CREATE INDEX "audit_entry_at" ON "audit_entry" USING btree ("chain","at");--> statement-breakpoint
CREATE INDEX "cluster_request_open" ON "cluster_request" USING btree ("cluster_id","answered_at");--> statement-breakpoint
CREATE INDEX "membership_user" ON "membership" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "session_user" ON "session" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "evidence_version" ON "evidence" USING btree ("model_version_id");--> statement-breakpoint
CREATE INDEX "model_version_created" ON "model_version" USING btree ("project_id","created_at");--> statement-breakpoint
CREATE INDEX "promotion_state" ON "promotion" USING btree ("project_id","state","requested_at");--> statement-breakpoint
CREATE INDEX "promotion_service" ON "promotion" USING btree ("service_id","requested_at");--> statement-breakpoint
CREATE UNIQUE INDEX "rollout_active" ON "rollout" USING btree ("service_id") WHERE ended_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "rollout_promotion" ON "rollout" USING btree ("promotion_id");--> statement-breakpoint
CREATE INDEX "rollout_started" ON "rollout" USING btree ("project_id","started_at");--> statement-breakpoint
CREATE UNIQUE INDEX "role_interval_open" ON "role_interval" USING btree ("service_id","revision_id") WHERE to_at is null;--> statement-breakpoint
CREATE INDEX "role_interval_service" ON "role_interval" USING btree ("service_id","from_at");--> statement-breakpoint
CREATE INDEX "service_due" ON "service" USING btree ("next_reconcile_at");--> statement-breakpoint
CREATE INDEX "service_revision_model_version" ON "service_revision" USING btree ("model_version_id");