ALTER TABLE "ledger_progress" ADD COLUMN "facts_from" timestamp (3) with time zone;--> statement-breakpoint
-- As before, but never what lies before the facts that are kept: without them a sealed hour cannot be worked out again.
CREATE OR REPLACE FUNCTION ledger_mark_stale(clusters uuid[], lowers timestamptz[], uppers timestamptz[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO ledger_stale (cluster_id, hour_at)
  SELECT DISTINCT changed.cluster_id, hour
  FROM unnest(clusters, lowers, uppers) AS changed (cluster_id, lower, upper)
  JOIN (SELECT cluster_id, sealed_until, facts_from FROM ledger_progress WHERE cluster_id = ANY (clusters) FOR SHARE) AS progress
    ON progress.cluster_id = changed.cluster_id AND changed.lower < progress.sealed_until
  CROSS JOIN LATERAL generate_series(date_trunc('hour', greatest(changed.lower, progress.facts_from), 'UTC'),
    least(changed.upper, progress.sealed_until) - interval '1 millisecond', interval '1 hour') AS hour
  ON CONFLICT DO NOTHING
$$;
