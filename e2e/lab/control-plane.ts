import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { LabBinaries } from './build.ts';
import type { Certificates } from './certificates.ts';
import type { LabFolder } from './folders.ts';
import type { ProcessPlan } from './processes.ts';

const etcdUrl = 'http://127.0.0.1:2379';
const peerUrl = 'http://127.0.0.1:2380';
const serverUrl = 'https://127.0.0.1:6443';

/** Every client has a name of its own, so that the audit log tells who wrote. */
const clients = [
  'admin',
  'kwok',
  'envoy-gateway',
  'prometheus',
  'kube-state-metrics',
  'model-server',
] as const;
const controllers = ['kube-controller-manager', 'kube-scheduler'] as const;
type LabClient = (typeof clients)[number] | (typeof controllers)[number];

/** Kubeconfig path by client, and the administrator's bare token. */
export interface LabCredentials {
  kubeconfig: Record<LabClient, string>;
  adminToken: string;
  tokenFile: string;
}

function kubeconfigOf(token: string, caPem: string): string {
  const authority = Buffer.from(caPem).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server: serverUrl, 'certificate-authority-data': authority } }],
    users: [{ name: 'lab', user: { token } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
    'current-context': 'lab',
  });
}

/** Writes the token file and a kubeconfig per client; only the lab's own tools are in system:masters. */
export function createCredentials(folder: LabFolder, caPem: string): LabCredentials {
  const rows: string[] = [];
  const kubeconfig: Partial<Record<LabClient, string>> = {};
  const place = join(folder.data, 'credentials');
  mkdirSync(place, { recursive: true, mode: 0o700 });
  let adminToken = '';
  for (const name of [...clients, ...controllers]) {
    const token = randomBytes(24).toString('hex');
    const isController = name === 'kube-controller-manager' || name === 'kube-scheduler';
    rows.push(
      isController ? `${token},system:${name},${name}` : `${token},lab:${name},${name},system:masters`,
    );
    const path = name === 'admin' ? folder.kubeconfig : join(place, `${name}.yaml`);
    writeFileSync(path, kubeconfigOf(token, caPem), { mode: 0o600 });
    kubeconfig[name] = path;
    if (name === 'admin') adminToken = token;
  }
  writeFileSync(folder.adminToken, adminToken, { mode: 0o600 });
  const tokenFile = join(place, 'tokens.csv');
  writeFileSync(tokenFile, `${rows.join('\n')}\n`, { mode: 0o600 });
  return { kubeconfig: kubeconfig as Record<LabClient, string>, adminToken, tokenFile };
}

export function etcdPlan(binaries: LabBinaries, folder: LabFolder): ProcessPlan {
  return {
    name: 'etcd',
    command: binaries.path('etcd'),
    args: [
      `--data-dir=${join(folder.data, 'etcd')}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
  };
}

export function apiServerPlan(
  binaries: LabBinaries,
  folder: LabFolder,
  { certificates, tokenFile }: { certificates: Certificates; tokenFile: string },
): ProcessPlan {
  return {
    name: 'kube-apiserver',
    command: binaries.path('kube-apiserver'),
    args: [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=10.88.0.1',
      '--secure-port=6443',
      `--tls-cert-file=${certificates.serverCertificate}`,
      `--tls-private-key-file=${certificates.serverKey}`,
      `--client-ca-file=${certificates.ca}`,
      `--token-auth-file=${tokenFile}`,
      '--authorization-mode=Node,RBAC',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${certificates.serviceAccountKey}`,
      `--service-account-signing-key-file=${certificates.serviceAccountKey}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      // Nothing in the lab calls the API server by its service, so its address need not be published.
      '--endpoint-reconciler-type=none',
      '--allow-privileged=true',
      // A node's name cannot be resolved; KWOK answers at its address.
      '--kubelet-preferred-address-types=InternalIP',
      `--audit-log-path=${folder.auditLog}`,
      `--audit-policy-file=${join(import.meta.dirname, 'settings/audit-policy.yaml')}`,
    ],
  };
}

export function controllerPlans(
  binaries: LabBinaries,
  certificates: Certificates,
  credentials: LabCredentials,
): ProcessPlan[] {
  // Clients default to 20 requests per second, at which hundreds of objects crawl.
  const shared = (name: LabClient): string[] => [
    `--kubeconfig=${credentials.kubeconfig[name]}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ];
  return [
    {
      name: 'kube-controller-manager',
      command: binaries.path('kube-controller-manager'),
      args: [
        ...shared('kube-controller-manager'),
        `--service-account-private-key-file=${certificates.serviceAccountKey}`,
        `--root-ca-file=${certificates.ca}`,
        '--use-service-account-credentials=true',
      ],
    },
    { name: 'kube-scheduler', command: binaries.path('kube-scheduler'), args: shared('kube-scheduler') },
  ];
}
