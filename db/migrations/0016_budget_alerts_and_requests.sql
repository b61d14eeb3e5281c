CREATE TABLE "budget_alert" (
	"budget_id" uuid NOT NULL,
	"period_at" timestamp (3) with time zone NOT NULL,
	"threshold_key" text NOT NULL,
	"fired_at" timestamp (3) with time zone NOT NULL,
	"times_fired" integer DEFAULT 1 NOT NULL,
	"below_since" timestamp (3) with time zone,
	"figures" jsonb NOT NULL,
	CONSTRAINT "budget_alert_budget_id_period_at_threshold_key_pk" PRIMARY KEY("budget_id","period_at","threshold_key")
);
--> statement-breakpoint
CREATE TABLE "budget_request" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"action_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"budget_id" uuid NOT NULL,
	"to_budget_id" uuid,
	"amount" numeric(38, 0) NOT NULL,
	"until_at" timestamp (3) with time zone NOT NULL,
	"promotion_id" uuid,
	"reason" text NOT NULL,
	"state" text NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "budget_alert" ADD CONSTRAINT "budget_alert_budget_id_budget_id_fk" FOREIGN KEY ("budget_id") REFERENCES "public"."budget"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget_request" ADD CONSTRAINT "budget_request_budget_id_budget_id_fk" FOREIGN KEY ("budget_id") REFERENCES "public"."budget"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget_request" ADD CONSTRAINT "budget_request_to_budget_id_budget_id_fk" FOREIGN KEY ("to_budget_id") REFERENCES "public"."budget"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget_request" ADD CONSTRAINT "budget_request_project_id_action_id_guarded_action_project_id_id_fk" FOREIGN KEY ("project_id","action_id") REFERENCES "public"."guarded_action"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "budget_request_budget" ON "budget_request" USING btree ("budget_id","requested_at");--> statement-breakpoint
CREATE INDEX "budget_request_receiver" ON "budget_request" USING btree ("to_budget_id") WHERE to_budget_id is not null;--> statement-breakpoint
CREATE INDEX "budget_request_open" ON "budget_request" USING btree ("project_id") WHERE state = 'open';