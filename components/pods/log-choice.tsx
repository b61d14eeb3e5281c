'use client';

import type { Pod } from '../../domain/pod.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { ServiceDetail } from '../services/service-answers.ts';
import { CheckboxField } from '../ui/checkbox-field.tsx';
import { NativeSelect } from '../ui/native-select.tsx';
import type { LogTarget } from './log-reader.ts';
import { hasPrevious } from './pod-words.ts';
import { mainContainer } from './revision-pods.tsx';

type Props = {
  readonly service: ServiceDetail;
  readonly pods: readonly Pod[];
  readonly target: LogTarget | null;
  readonly onTarget: (target: LogTarget) => void;
  readonly refusal: Refusal | null;
};

/** Which pod, which container, and which of its runs. */
export function LogChoice({ service, pods, target, onTarget, refusal }: Props) {
  if (refusal !== null) return null;
  const pod = pods.find(({ name }) => name === target?.pod);
  const container = pod?.containers.find(({ name }) => name === target?.container);
  const to = (chosen: Pick<LogTarget, 'pod' | 'container' | 'previous'>) =>
    onTarget({ serviceId: service.id, ...chosen });
  const choosePod = (name: string) => {
    const chosen = pods.find((one) => one.name === name);
    if (chosen !== undefined) to({ pod: name, container: mainContainer(chosen), previous: false });
  };
  const gone =
    target !== null && pod === undefined ? [{ value: target.pod, label: `${target.pod} (gone)` }] : [];
  return (
    <>
      <div className="w-full sm:w-64">
        <NativeSelect
          aria-label="Pod"
          placeholder="Choose a pod"
          value={target?.pod ?? ''}
          options={[...gone, ...pods.map(({ name }) => ({ value: name, label: name }))]}
          onChange={(event) => choosePod(event.currentTarget.value)}
        />
      </div>
      {target !== null && pod !== undefined && (
        <div className="w-full sm:w-40">
          <NativeSelect
            aria-label="Container"
            value={target.container}
            options={pod.containers.map(({ name, init }) => ({
              value: name,
              label: init ? `${name} (init)` : name,
            }))}
            onChange={(event) =>
              to({ pod: target.pod, container: event.currentTarget.value, previous: false })
            }
          />
        </div>
      )}
      {target !== null && container !== undefined && (hasPrevious(container) || target.previous) && (
        <CheckboxField
          label="Previous run"
          checked={target.previous}
          onChange={(event) => to({ ...target, previous: event.currentTarget.checked })}
        />
      )}
    </>
  );
}
