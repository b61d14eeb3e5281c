CREATE TABLE "attribution_rule" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" integer NOT NULL,
	"replaces_id" uuid,
	"cluster_id" uuid,
	"namespace" text NOT NULL,
	"owner_kind" text NOT NULL,
	"owner_name" text NOT NULL,
	"project_id" uuid NOT NULL,
	"role" text,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid NOT NULL,
	CONSTRAINT "attribution_rule_number_unique" UNIQUE("number")
);
--> statement-breakpoint
CREATE TABLE "ledger_month" (
	"month" timestamp (3) with time zone PRIMARY KEY NOT NULL,
	"closed_at" timestamp (3) with time zone NOT NULL,
	"closed_by" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger_progress" (
	"cluster_id" uuid PRIMARY KEY NOT NULL,
	"sealed_until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger_stale" (
	"cluster_id" uuid NOT NULL,
	"hour_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ledger_stale_cluster_id_hour_at_pk" PRIMARY KEY("cluster_id","hour_at")
);
--> statement-breakpoint
CREATE TABLE "ledger_statement" (
	"id" uuid PRIMARY KEY NOT NULL,
	"month" timestamp (3) with time zone NOT NULL,
	"project_id" uuid NOT NULL,
	"statement" jsonb NOT NULL,
	"digest" text NOT NULL,
	CONSTRAINT "ledger_statement_project" UNIQUE("project_id","month")
);
--> statement-breakpoint
ALTER TABLE "attribution_rule" ADD CONSTRAINT "attribution_rule_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attribution_rule" ADD CONSTRAINT "attribution_rule_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attribution_rule" ADD CONSTRAINT "attribution_rule_created_by_principal_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_month" ADD CONSTRAINT "ledger_month_closed_by_principal_id_fk" FOREIGN KEY ("closed_by") REFERENCES "public"."principal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_progress" ADD CONSTRAINT "ledger_progress_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_stale" ADD CONSTRAINT "ledger_stale_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_statement" ADD CONSTRAINT "ledger_statement_month_ledger_month_month_fk" FOREIGN KEY ("month") REFERENCES "public"."ledger_month"("month") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_statement" ADD CONSTRAINT "ledger_statement_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- Of a partitioned table: rows of every partition are guarded by the parent's row trigger, TRUNCATE by one of each.
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER ledger_statement_append_only BEFORE UPDATE OR DELETE ON ledger_statement FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- Makes the partition of a month before anything is inserted into it. Runs as the owner: the application's role may not create tables.
CREATE FUNCTION ledger_month_partition(month timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  first timestamptz := date_trunc('month', month, 'UTC');
  name text := 'ledger_entry_' || to_char(first AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
  IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('fairlead ledger partition'));
  IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE %I PARTITION OF ledger_entry FOR VALUES FROM (%L) TO (%L)',
    name, first, (first AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC');
  EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
    name || '_no_truncate', name);
END $$;
--> statement-breakpoint
-- Marks the sealed hours of [lowers[i], uppers[i]) of clusters[i]. Waits for a seal under way, so that it either saw the change or is followed by another.
CREATE FUNCTION ledger_mark_stale(clusters uuid[], lowers timestamptz[], uppers timestamptz[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO ledger_stale (cluster_id, hour_at)
  SELECT DISTINCT changed.cluster_id, hour
  FROM unnest(clusters, lowers, uppers) AS changed (cluster_id, lower, upper)
  JOIN (SELECT cluster_id, sealed_until FROM ledger_progress WHERE cluster_id = ANY (clusters) FOR SHARE) AS progress
    ON progress.cluster_id = changed.cluster_id AND changed.lower < progress.sealed_until
  CROSS JOIN LATERAL generate_series(date_trunc('hour', changed.lower, 'UTC'),
    least(changed.upper, progress.sealed_until) - interval '1 millisecond', interval '1 hour') AS hour
  ON CONFLICT DO NOTHING
$$;
--> statement-breakpoint
DO $$
DECLARE
  kind record;
BEGIN
  FOR kind IN SELECT * FROM (VALUES
    ('node_interval', 'node_uid', 'to_at', 'prior.facts IS DISTINCT FROM fresh.facts OR prior.estimated <> fresh.estimated'),
    ('pod_interval', 'pod_uid', 'to_at', 'prior.facts IS DISTINCT FROM fresh.facts OR prior.estimated <> fresh.estimated OR prior.bucket <> fresh.bucket OR prior.node_uid <> fresh.node_uid'),
    ('watch_interval', 'from_at', 'seen_until', 'false')) AS kinds (name, uid, upper, other)
  LOOP
    -- Of an interval that only ends earlier or later, only the hours between the two ends change.
    EXECUTE format($function$
      CREATE FUNCTION %1$s_changed() RETURNS trigger LANGUAGE plpgsql AS $body$
      DECLARE
        clusters uuid[]; lowers timestamptz[]; uppers timestamptz[];
      BEGIN
        IF TG_OP = 'INSERT' THEN
          SELECT array_agg(cluster_id), array_agg(from_at), array_agg(coalesce(%3$s, 'infinity'))
          INTO clusters, lowers, uppers FROM new_rows;
        ELSIF TG_OP = 'DELETE' THEN
          SELECT array_agg(cluster_id), array_agg(from_at), array_agg(coalesce(%3$s, 'infinity'))
          INTO clusters, lowers, uppers FROM old_rows;
        ELSE
          SELECT array_agg(cluster_id), array_agg(lower), array_agg(upper) INTO clusters, lowers, uppers
          FROM (SELECT coalesce(fresh.cluster_id, prior.cluster_id) AS cluster_id,
                  CASE WHEN fresh.cluster_id IS NULL OR prior.cluster_id IS NULL OR %4$s THEN coalesce(fresh.from_at, prior.from_at)
                    ELSE least(coalesce(prior.%3$s, 'infinity'), coalesce(fresh.%3$s, 'infinity')) END AS lower,
                  greatest(coalesce(prior.%3$s, 'infinity'), coalesce(fresh.%3$s, 'infinity')) AS upper
                FROM new_rows AS fresh FULL JOIN old_rows AS prior
                  ON prior.cluster_id = fresh.cluster_id AND prior.%2$s = fresh.%2$s AND prior.from_at = fresh.from_at) AS pairs
          WHERE lower < upper;
        END IF;
        IF clusters IS NOT NULL THEN PERFORM ledger_mark_stale(clusters, lowers, uppers); END IF;
        RETURN NULL;
      END $body$ $function$, kind.name, kind.uid, kind.upper, kind.other);
    EXECUTE format('CREATE TRIGGER %1$s_inserted AFTER INSERT ON %1$s REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %1$s_changed()', kind.name);
    EXECUTE format('CREATE TRIGGER %1$s_updated AFTER UPDATE ON %1$s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %1$s_changed()', kind.name);
    EXECUTE format('CREATE TRIGGER %1$s_deleted AFTER DELETE ON %1$s REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION %1$s_changed()', kind.name);
  END LOOP;
END $$;
--> statement-breakpoint
-- A price, a rule: valid from the past on, it changes every cluster's hours from there; its end only those after it.
CREATE FUNCTION ledger_validity_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lower timestamptz := NEW.valid_from;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    lower := least(coalesce(OLD.valid_to, 'infinity'), coalesce(NEW.valid_to, 'infinity'));
  END IF;
  PERFORM ledger_mark_stale(array_agg(cluster_id), array_agg(greatest(lower, since)), array_agg('infinity'::timestamptz))
  FROM (SELECT cluster_id, min(from_at) AS since FROM node_interval GROUP BY cluster_id) AS known;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER price_entry_changed AFTER INSERT OR UPDATE ON price_entry FOR EACH ROW EXECUTE FUNCTION ledger_validity_changed();
--> statement-breakpoint
CREATE TRIGGER attribution_rule_changed AFTER INSERT OR UPDATE ON attribution_rule FOR EACH ROW EXECUTE FUNCTION ledger_validity_changed();
--> statement-breakpoint
CREATE FUNCTION role_interval_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lower timestamptz := NEW.from_at;
  upper timestamptz := coalesce(NEW.to_at, 'infinity');
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.from_at = NEW.from_at AND OLD.role = NEW.role AND OLD.revision_id = NEW.revision_id THEN
    lower := least(coalesce(OLD.to_at, 'infinity'), upper);
    upper := greatest(coalesce(OLD.to_at, 'infinity'), upper);
  END IF;
  PERFORM ledger_mark_stale(array[environment.cluster_id], array[lower], array[upper])
  FROM service JOIN environment ON environment.id = service.environment_id
  WHERE service.id = NEW.service_id AND lower < upper;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER role_interval_changed AFTER INSERT OR UPDATE ON role_interval FOR EACH ROW EXECUTE FUNCTION role_interval_changed();
