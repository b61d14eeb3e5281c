ALTER TABLE "metric_interval" ADD COLUMN "prompt_tokens" bigint;--> statement-breakpoint
ALTER TABLE "metric_interval" ADD COLUMN "generated_tokens" bigint;--> statement-breakpoint
ALTER TABLE "metric_interval" ADD COLUMN "cached_tokens" bigint;--> statement-breakpoint
ALTER TABLE "metric_interval" ADD COLUMN "running_ms" bigint;--> statement-breakpoint
ALTER TABLE "metric_interval" ADD COLUMN "prefill_ms" bigint;--> statement-breakpoint
ALTER TABLE "metric_interval" ADD COLUMN "decode_ms" bigint;--> statement-breakpoint
ALTER TABLE "metric_interval" ADD COLUMN "running_requests" integer;--> statement-breakpoint
ALTER TABLE "metric_interval" ADD COLUMN "busy_pods" integer;
--> statement-breakpoint
-- Environments that chose the vLLM profile get what it names now, and so does its preset stay theirs.
UPDATE "environment" SET "metrics_source" = jsonb_set("metrics_source", '{profile}', ("metrics_source"->'profile') || '{
  "promptTokensMetric": "vllm:prompt_tokens_total",
  "generatedTokensMetric": "vllm:generation_tokens_total",
  "cachedTokensMetric": "vllm:prefix_cache_hits_total",
  "runningMetric": "vllm:num_requests_running",
  "runningSecondsMetric": "vllm:request_inference_time_seconds",
  "prefillSecondsMetric": "vllm:request_prefill_time_seconds",
  "decodeSecondsMetric": "vllm:request_decode_time_seconds"
}'::jsonb)
WHERE "metrics_source"->'profile'->>'requestsMetric' = 'vllm:request_success_total';
