import type { PodQuestion } from '../../domain/pod.ts';
import type { ServiceRecord } from '../rows/service-record.ts';

/** Whose pods are a service's: those that Fairlead runs for it, and those of the workload that it watches or was taken over from. */
export function podQuestionOf({ row, environment, adoption }: ServiceRecord): PodQuestion {
  const { projectId, id: serviceId, name: serviceName } = row;
  const own = { projectId, serviceId, serviceName, namespace: environment.namespace };
  if (adoption === null) return own;
  const { kind, name } = adoption.workload;
  return { ...own, found: { kind, name, selector: adoption.selector } };
}
