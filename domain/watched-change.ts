import type { Adoption } from './adoption.ts';
import { type FieldChange, fieldChanges, fieldsOf } from './field-change.ts';
import { type ForeignChange, foreignChanges } from './foreign-change.ts';
import type { ServiceSpec } from './service-spec.ts';
import type { Workload } from './workload.ts';
import { managerText } from './workload-manager.ts';

/** Those that scale by load do so all day; a person's or a tool's change of the count is news. */
const scalers = /^(kube-controller-manager|keda.*|.*autoscaler.*)$/;

type Before = {
  /** The spec that was seen last. */
  readonly spec: ServiceSpec;
  /** Null before the first look. */
  readonly desiredReplicas: number | null;
};

function replicaChange(before: number | null, after: number): FieldChange[] {
  if (before === null || before === after) return [];
  return [{ field: 'spec.replicas', change: 'CHANGED', before: String(before), after: String(after) }];
}

/** What others changed of a workload since it was last seen, by who changed it; empty when nothing, or only the count by an autoscaler. */
export function changesByOthers(before: Before, workload: Workload): ForeignChange[] {
  const fields = [
    ...(workload.podTemplate === null
      ? []
      : fieldChanges(
          fieldsOf(before.spec.podTemplate, 'spec.template'),
          fieldsOf(workload.podTemplate, 'spec.template'),
        )),
    ...replicaChange(before.desiredReplicas, workload.desiredReplicas),
  ];
  return foreignChanges(fields, workload.owners).filter(
    ({ manager, fields: touched }) =>
      !(scalers.test(manager ?? '') && touched.every(({ field }) => field === 'spec.replicas')),
  );
}

/** What the service looks at, as it is now; route and Services stay as they were known while they cannot be read. */
export function adoptionNow(adoption: Adoption, workload: Workload, routesRead: boolean): Adoption {
  const { ref, container, selector, manager, services, route, routeSentence } = workload;
  return {
    ...adoption,
    workload: ref,
    container: container ?? adoption.container,
    selector,
    manager,
    ...(routesRead ? { services, route, routeSentence } : {}),
  };
}

/** A tool that would bring back what it wants; a person with kubectl is none, and is told with each change. */
function keeperOf({ manager }: Adoption): string | null {
  return manager.kind === 'kubectl' || manager.kind === 'none' ? null : managerText(manager);
}

/** What is different about what a service looks at, in sentences; empty when nothing that matters is. */
export function adoptionChanges(before: Adoption, after: Adoption): string[] {
  const said: string[] = [];
  if (before.workload.uid !== after.workload.uid)
    said.push(`${after.workload.kind} ${after.workload.name} was deleted and made again`);
  if (keeperOf(before) !== keeperOf(after))
    said.push(`it is now kept by ${keeperOf(after) ?? 'no tool that is known'}`);
  if (before.route?.name !== after.route?.name)
    said.push(
      after.route === null
        ? 'no route leads to it any more'
        : `the route ${after.route.name} now leads to it`,
    );
  return said;
}
