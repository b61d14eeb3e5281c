-- A version is registered after its training run: the sealed hours of that run are looked at again, so that they count for it.
CREATE FUNCTION model_version_run_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_mark_stale(array_agg(cluster_id), array_agg(day_at), array_agg(day_at + interval '1 day'))
  FROM (SELECT DISTINCT cluster_id, day_at FROM ledger_day_sum
        WHERE project_id = NEW.project_id AND run_id = NEW.run_id AND model_version_id IS NULL) AS days;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER model_version_run_known AFTER INSERT ON model_version FOR EACH ROW WHEN (NEW.run_id IS NOT NULL)
EXECUTE FUNCTION model_version_run_known();
