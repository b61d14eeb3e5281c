import { join } from 'node:path';

/** The checkout's ignored folder that holds one folder per running lab. */
export const labRoot = join(import.meta.dirname, '../../.lab');

/** Names the variables by which a lab hands itself on to the processes inside it. */
export const networkVariable = 'FAIRLEAD_LAB_NETWORK';
export const stateVariable = 'FAIRLEAD_LAB_STATE';

/** The files of one lab. */
export interface LabFolder {
  path: string;
  logs: string;
  data: string;
  certificates: string;
  models: string;
  state: string;
  kubeconfig: string;
  adminToken: string;
  auditLog: string;
}

/** Where the lab called `name` keeps everything; removed with it, apart from the logs of a failed run. */
export function labFolder(name: string): LabFolder {
  const path = join(labRoot, name);
  return {
    path,
    logs: join(path, 'logs'),
    data: join(path, 'data'),
    certificates: join(path, 'certificates'),
    models: join(path, 'models'),
    state: join(path, 'state.json'),
    kubeconfig: join(path, 'kubeconfig.yaml'),
    adminToken: join(path, 'admin-token'),
    auditLog: join(path, 'logs/audit.jsonl'),
  };
}
