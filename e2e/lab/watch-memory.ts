import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as z from 'zod';
import { type KubernetesObject, kubernetesObjectSchema } from '../../server/cluster/kubernetes-objects.ts';
import { type Trim, watchEvent } from '../../server/cluster/watch-events.ts';
import { WatchStore } from '../../server/cluster/watch-store.ts';
import { trimForeign } from '../../server/cluster/workload-trim.ts';

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round += 1) collect();
  return process.memoryUsage().heapUsed;
}

/** A pod of its own name, uid, version and address, as each line of a watch brings one. */
function line(pod: KubernetesObject, number: number): string {
  const name = `${pod.metadata.name}-${number}`;
  const metadata = {
    ...pod.metadata,
    name,
    uid: `${pod.metadata.uid}-${number}`,
    resourceVersion: `${number + 1}`,
  };
  return JSON.stringify({ type: 'ADDED', object: { ...pod, metadata } });
}

function storeOf(pod: KubernetesObject, count: number, trim: Trim): { store: WatchStore; bytes: number } {
  const before = heapAfterCollection();
  const store = new WatchStore();
  for (let number = 0; number < count; number += 1) {
    const event = watchEvent(line(pod, number), 'Pod', trim);
    if (event.type === 'put') store.put(event.object);
  }
  return { store, bytes: heapAfterCollection() - before };
}

/** Bytes of heap that so many pods like the first of a list take in the watch's store: as they come, and as they are kept. */
export function podMemory(list: unknown, count: number): { whole: number; kept: number } {
  const [pod] = z.object({ items: z.array(kubernetesObjectSchema).min(1) }).parse(list).items;
  if (pod === undefined) throw new Error('There is no pod to measure.');
  const kept = storeOf(pod, count, trimForeign);
  const whole = storeOf(pod, count, (object) => object);
  if (kept.store.all().length !== count || whole.store.all().length !== count)
    throw new Error('The stores do not hold what was put into them.');
  return { whole: whole.bytes, kept: kept.bytes };
}
