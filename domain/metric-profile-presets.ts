import { type MetricProfile, metricProfileSchema } from './metric-profile.ts';

export type MetricPreset = {
  readonly id: string;
  readonly title: string;
  /** What it needs, and what it cannot do. */
  readonly note: string;
  readonly profile: MetricProfile;
};

type Given = Parameters<typeof metricProfileSchema.parse>[0];
const profileOf = (given: Given): MetricProfile => metricProfileSchema.parse(given);

/** Labels that a scrape by pod copies from the pod: Fairlead stamps service and revision on each. */
const stamped = {
  podLabel: 'pod',
  namespaceLabel: 'namespace',
  serviceLabel: 'fairlead_service',
  revisionLabel: 'fairlead_revision',
};

/** Counters by pod as the model servers of the lab expose them, with the pod labels that Fairlead stamps. */
export const defaultMetricProfile = profileOf({
  requestsMetric: 'model_requests_total',
  errorLabel: 'code',
  errorPattern: '5..',
  durationMetric: 'model_request_duration_seconds',
  ...stamped,
});

/**
 * Istio's standard metrics, counted by the sidecar of the pod that answers (`reporter="destination"`); workloads are
 * Fairlead's Deployments `<service>-r<number>`. Source: istio.io, reference/config/metrics ("Istio Standard Metrics").
 */
const istio = profileOf({
  requestsMetric: 'istio_requests_total',
  errorLabel: 'response_code',
  errorPattern: '5..',
  durationMetric: 'istio_request_duration_milliseconds',
  durationUnit: 'milliseconds',
  podLabel: 'pod',
  namespaceLabel: 'destination_workload_namespace',
  serviceLabel: '',
  revisionLabel: 'destination_workload',
  revisionPattern: '$service-r$revision',
  onlyLabel: 'reporter',
  onlyValue: 'destination',
  workloadLabel: 'destination_workload',
  workloadPattern: '$workload',
});

/**
 * Traefik counts by its own service, one for each backend of a weighted route, whose name holds namespace, Kubernetes
 * Service and port and ends in `@kubernetesgateway`; newer releases put the route's name before `-svc-`. Sources: doc.traefik.io, observability/metrics; traefik/traefik,
 * pkg/provider/kubernetes/gateway/httproute.go.
 */
const traefik = profileOf({
  requestsMetric: 'traefik_service_requests_total',
  errorLabel: 'code',
  errorPattern: '5..',
  durationMetric: 'traefik_service_request_duration_seconds',
  podLabel: 'pod',
  namespaceLabel: '',
  serviceLabel: '',
  revisionLabel: 'service',
  revisionPattern:
    '$namespace-$service-r$revision-*@kubernetesgateway|*-svc-$namespace-$service-r$revision-*@kubernetesgateway',
  workloadLabel: 'service',
  workloadPattern: '$namespace-$workload-*@kubernetesgateway|*-svc-$namespace-$workload-*@kubernetesgateway',
});

/**
 * NGINX Gateway Fabric over NGINX Plus: answers by upstream `<namespace>_<service>_<port>` and range of status; only
 * averages of durations, no histogram. Sources: nginx/documentation, content/ngf/monitoring/prometheus.md;
 * nginx/nginx-gateway-fabric, BackendRef.ServicePortReference.
 */
const nginx = profileOf({
  requestsMetric: 'nginx_http_upstream_peer_responses_total',
  errorLabel: 'nginx_status_range',
  errorPattern: '5xx',
  durationMetric: '',
  podLabel: 'instance',
  namespaceLabel: '',
  serviceLabel: '',
  revisionLabel: 'nginx_upstream_name',
  revisionPattern: '$namespace_$service-r$revision_*',
  workloadLabel: 'nginx_upstream_name',
  workloadPattern: '$namespace_$workload_*',
});

/**
 * Envoy's counters are by Envoy cluster, and Envoy Gateway makes one cluster of all backends of a rule
 * (`httproute/<namespace>/<route>/rule/<n>`), so stable and canary are one series [seen in the lab]. Source:
 * envoyproxy.io, configuration/upstream/cluster_manager/cluster_stats (upstream_rq_xx, upstream_rq_time in ms).
 */
const envoyGateway = profileOf({
  requestsMetric: 'envoy_cluster_upstream_rq_xx',
  errorLabel: 'envoy_response_code_class',
  errorPattern: '5',
  durationMetric: 'envoy_cluster_upstream_rq_time',
  durationUnit: 'milliseconds',
  podLabel: 'instance',
  namespaceLabel: '',
  serviceLabel: 'envoy_cluster_name',
  servicePattern: 'httproute/$namespace/$service/*',
  revisionLabel: '',
  workloadLabel: 'envoy_cluster_name',
  workloadPattern: 'httproute/$namespace/$workload/*',
});

/**
 * The queue-proxy beside every pod of Knative, and so of KServe over Knative; milliseconds. Its revisions have Knative's
 * names, so the pod labels that Fairlead stamps tell them apart. Source: knative.dev, serving/services/service-metrics.
 */
const knative = profileOf({
  requestsMetric: 'revision_request_count',
  errorLabel: 'response_code_class',
  errorPattern: '5xx',
  durationMetric: 'revision_request_latencies',
  durationUnit: 'milliseconds',
  ...stamped,
  podLabel: 'pod_name',
  namespaceLabel: 'namespace_name',
  workloadLabel: 'configuration_name',
  workloadPattern: '$workload',
});

/**
 * vLLM counts finished requests by reason; "abort" and "error" are no answers, and a client that hangs up aborts too. Its
 * prefix cache counts tokens, queried and hit. Sources: docs.vllm.ai, usage/metrics; vllm-project/vllm,
 * docs/design/metrics.md and vllm/v1/metrics/loggers.py.
 */
const vllm = profileOf({
  requestsMetric: 'vllm:request_success_total',
  errorLabel: 'finished_reason',
  errorPattern: 'abort|error',
  durationMetric: 'vllm:e2e_request_latency_seconds',
  ...stamped,
  promptTokensMetric: 'vllm:prompt_tokens_total',
  generatedTokensMetric: 'vllm:generation_tokens_total',
  cachedTokensMetric: 'vllm:prefix_cache_hits_total',
  runningMetric: 'vllm:num_requests_running',
  runningSecondsMetric: 'vllm:request_inference_time_seconds',
  prefillSecondsMetric: 'vllm:request_prefill_time_seconds',
  decodeSecondsMetric: 'vllm:request_decode_time_seconds',
  firstTokenSecondsMetric: 'vllm:time_to_first_token_seconds',
  outputTokenSecondsMetric: 'vllm:request_time_per_output_token_seconds',
  requestTokensMetric: 'vllm:request_prompt_tokens',
  answerTokensMetric: 'vllm:request_generation_tokens',
});

/**
 * SGLang (with --enable-metrics) counts requests without a reason, so there are no errors among them. Cached prompt tokens
 * are by where the cache lies, and are summed; no histogram tells how long a request was under way without its queue.
 * Sources: docs.sglang.io, references/production_metrics; sgl-project/sglang, python/sglang/srt/metrics/collector.py.
 */
const sglang = profileOf({
  requestsMetric: 'sglang:num_requests_total',
  errorLabel: '',
  errorPattern: '',
  durationMetric: 'sglang:e2e_request_latency_seconds',
  ...stamped,
  promptTokensMetric: 'sglang:prompt_tokens_total',
  generatedTokensMetric: 'sglang:generation_tokens_total',
  cachedTokensMetric: 'sglang:cached_tokens_total',
  runningMetric: 'sglang:num_running_reqs',
  firstTokenSecondsMetric: 'sglang:time_to_first_token_seconds',
  outputTokenSecondsMetric: 'sglang:inter_token_latency_seconds',
});

/**
 * Hugging Face's TGI: answered requests; its failures are a counter of their own, which is not among them. Tokens are the
 * sums of two histograms. Source: huggingface.co, docs/text-generation-inference/reference/metrics.
 */
const tgi = profileOf({
  requestsMetric: 'tgi_request_count',
  errorLabel: '',
  errorPattern: '',
  durationMetric: 'tgi_request_duration',
  ...stamped,
  promptTokensMetric: 'tgi_request_input_length_sum',
  generatedTokensMetric: 'tgi_request_generated_tokens_sum',
  runningMetric: 'tgi_batch_current_size',
  runningSecondsMetric: 'tgi_request_inference_duration',
  outputTokenSecondsMetric: 'tgi_request_mean_time_per_token_duration',
  requestTokensMetric: 'tgi_request_input_length',
  answerTokensMetric: 'tgi_request_generated_tokens',
});

const scrapedLabels =
  'Prometheus must copy the pod labels fairlead.dev/service and fairlead.dev/revision onto the series.';

/** The profiles that can be chosen by name; a custom one starts from any of them. */
export const metricPresets: readonly MetricPreset[] = [
  {
    id: 'podCounters',
    title: 'Counters by pod',
    note: `What the pods count themselves. ${scrapedLabels}`,
    profile: defaultMetricProfile,
  },
  {
    id: 'istio',
    title: 'Istio',
    note: 'Counted by the sidecar of the answering pod; the workload name tells revisions apart.',
    profile: istio,
  },
  {
    id: 'traefik',
    title: 'Traefik',
    note: 'Counted by the proxy for each backend. Where the scrape itself sets "service", the label is "exported_service".',
    profile: traefik,
  },
  {
    id: 'nginx',
    title: 'NGINX Gateway Fabric (NGINX Plus)',
    note: 'Answers by backend, without a histogram of durations. Open-source NGINX counts the whole gateway only: use the counters by pod.',
    profile: nginx,
  },
  {
    id: 'knative',
    title: 'KServe and Knative',
    note: `Counted by the queue-proxy up to Knative 1.18; newer ones export OpenTelemetry names, which a custom profile can hold. ${scrapedLabels}`,
    profile: knative,
  },
  {
    id: 'vllm',
    title: 'vLLM',
    note: `Requests that finished, by reason; a client that hangs up counts as an error. Tokens and the prefix cache are read for costs. ${scrapedLabels}`,
    profile: vllm,
  },
  {
    id: 'sglang',
    title: 'SGLang',
    note: `Requests without their errors: add a guard rail of your own for these. Tokens and the prefix cache are read for costs, not costs at equal load. ${scrapedLabels}`,
    profile: sglang,
  },
  {
    id: 'tgi',
    title: 'Text Generation Inference',
    note: `Requests without their errors: add a guard rail of your own for these. Tokens are read for costs; the prefix cache is not counted. ${scrapedLabels}`,
    profile: tgi,
  },
  {
    id: 'envoyGateway',
    title: 'Envoy Gateway',
    note: 'Cannot compare: Envoy counts all backends of a rule as one. It serves guard rails and request rates; take the counters by pod to compare.',
    profile: envoyGateway,
  },
];

/** The preset that the profile is, field by field; null for a custom one. */
export function presetOf(profile: MetricProfile): MetricPreset | null {
  const keys = Object.keys(defaultMetricProfile) as (keyof MetricProfile)[];
  return metricPresets.find((preset) => keys.every((key) => preset.profile[key] === profile[key])) ?? null;
}
