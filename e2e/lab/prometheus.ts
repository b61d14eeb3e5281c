import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { LabBinaries } from './build.ts';
import type { LabFolder } from './folders.ts';
import type { ProcessPlan } from './processes.ts';

export const prometheusUrl = 'http://127.0.0.1:9090';

/** Where kube-state-metrics answers, and its own health. */
export const stateMetricsUrl = 'http://127.0.0.1:8100';

/** The port that the model server answers on for every pod. */
export const modelPort = 9000;

/** Where the model server tells of GPUs as dcgm-exporter would. */
export const gpuExporterPath = '/dcgm';

function scrapeConfig(kubeconfig: string): Record<string, unknown> {
  const meta = '__meta_kubernetes_pod';
  return {
    global: { scrape_interval: '2s', scrape_timeout: '1500ms', evaluation_interval: '2s' },
    scrape_configs: [
      {
        job_name: 'pods',
        kubernetes_sd_configs: [{ role: 'pod', kubeconfig_file: kubeconfig }],
        relabel_configs: [
          { source_labels: [`${meta}_phase`], regex: 'Running', action: 'keep' },
          { source_labels: [`${meta}_labelpresent_fairlead_dev_service`], regex: 'true', action: 'keep' },
          {
            source_labels: [`${meta}_ip`],
            regex: '(.+)',
            target_label: '__address__',
            replacement: `$1:${modelPort}`,
          },
          // fairlead.dev/model-version becomes fairlead_model_version, and so do service, revision and project.
          { regex: `${meta}_label_fairlead_dev_(.+)`, action: 'labelmap', replacement: 'fairlead_$1' },
          { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
          { source_labels: [`${meta}_name`], target_label: 'pod' },
        ],
      },
      {
        job_name: 'dcgm-exporter',
        // Its series name the pods that hold the GPUs.
        honor_labels: true,
        metrics_path: gpuExporterPath,
        static_configs: [{ targets: [`127.0.0.1:${modelPort}`] }],
      },
      {
        job_name: 'kube-state-metrics',
        // Its series speak of other pods than itself.
        honor_labels: true,
        static_configs: [{ targets: [new URL(stateMetricsUrl).host] }],
      },
    ],
  };
}

/** kube-state-metrics of what back-fill and the check list ask for. */
export function stateMetricsPlan(binaries: LabBinaries, kubeconfig: string): ProcessPlan {
  return {
    name: 'kube-state-metrics',
    command: binaries.path('kube-state-metrics'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      '--host=127.0.0.1',
      '--port=8100',
      '--telemetry-host=127.0.0.1',
      '--telemetry-port=8101',
      '--resources=nodes,pods,resourcequotas,deployments',
    ],
  };
}

/** Prometheus 3 that finds every pod with a `fairlead.dev/service` label by itself. */
export function prometheusPlan(binaries: LabBinaries, folder: LabFolder, kubeconfig: string): ProcessPlan {
  const config = join(folder.data, 'prometheus.yaml');
  writeFileSync(config, stringify(scrapeConfig(kubeconfig)));
  return {
    name: 'prometheus',
    command: binaries.path('prometheus'),
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder.data, 'prometheus')}`,
      '--storage.tsdb.retention.time=1d',
      '--web.listen-address=127.0.0.1:9090',
      '--log.level=warn',
    ],
  };
}
