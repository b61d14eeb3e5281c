CREATE TABLE "ingest_tally" (
	"project_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"rows" bigint NOT NULL,
	"first_at" timestamp (3) with time zone NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	"source" text NOT NULL,
	CONSTRAINT "ingest_tally_service_id_kind_name_pk" PRIMARY KEY("service_id","kind","name")
);
--> statement-breakpoint
ALTER TABLE "api_token" ADD COLUMN "service_id" uuid;--> statement-breakpoint
ALTER TABLE "ingest_tally" ADD CONSTRAINT "ingest_tally_project_id_service_id_service_project_id_id_fk" FOREIGN KEY ("project_id","service_id") REFERENCES "public"."service"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "pod_interval_name" ON "pod_interval" USING btree ("cluster_id",("facts" ->> 'name'));--> statement-breakpoint
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_service" FOREIGN KEY ("project_id","service_id") REFERENCES "service"("project_id","id");--> statement-breakpoint
-- Makes the partition of a day (UTC) before anything is counted into it. Runs as the owner: the application's role may not create tables.
CREATE FUNCTION drift_day_partition(day timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  first timestamptz := date_trunc('day', day, 'UTC');
  name text := 'drift_five_minutes_' || to_char(first AT TIME ZONE 'UTC', 'YYYY_MM_DD');
BEGIN
  IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('fairlead drift partition'));
  IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE %I PARTITION OF drift_five_minutes FOR VALUES FROM (%L) TO (%L)',
    name, first, (first AT TIME ZONE 'UTC' + interval '1 day') AT TIME ZONE 'UTC');
END $$;
--> statement-breakpoint
-- Days (UTC) whose 5-minute rows are there.
CREATE FUNCTION drift_partition_days() RETURNS SETOF timestamptz LANGUAGE sql STABLE AS $$
  SELECT to_date(right(c.relname, 10), 'YYYY_MM_DD')::timestamp AT TIME ZONE 'UTC'
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'drift_five_minutes'::regclass
$$;
--> statement-breakpoint
-- Drops the 5-minute rows of days that ended eight days ago, unless a batch that may name them is not folded yet: one that came
-- later than seven days after the day's end cannot, since older rows are refused. Answers how many days went.
CREATE FUNCTION drift_drop_old_partitions() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  old timestamptz;
  dropped integer := 0;
BEGIN
  FOR old IN SELECT day FROM drift_partition_days() AS day
    WHERE day + interval '9 days' <= clock_timestamp()
      AND NOT EXISTS (SELECT FROM ingest_batch WHERE folded_at IS NULL AND received_at < day + interval '8 days') LOOP
    EXECUTE format('DROP TABLE %I', 'drift_five_minutes_' || to_char(old AT TIME ZONE 'UTC', 'YYYY_MM_DD'));
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;
