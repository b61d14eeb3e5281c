import { List, ListRow } from '../ui/list.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import type { WaitingGpus } from './gpu-answers.ts';
import { othersText, podTitle, quotaText, refusedHref, waitingWords } from './prepare-waiting.ts';

/** Pods without a GPU, why, and who holds what they wait for; nothing where nothing waits. */
export function WaitingPanel({ waiting }: { waiting: WaitingGpus }) {
  const { clusters, refused, quotas } = waiting;
  const others = othersText(clusters);
  const count = clusters.reduce((sum, { pods }) => sum + pods.length, refused.length + quotas.length);
  if (count === 0 && others === null) return null;
  return (
    <Panel
      flush
      title="Waiting for GPUs"
      description="Pods that ask for GPUs and have no node, and quotas that let no more of them in."
    >
      <List label="Waiting for GPUs">
        {refused.map((each) => (
          <ListRow
            key={each.serviceId}
            title={`Pods of ${each.service} in ${each.environment} are refused`}
            href={refusedHref(each)}
            detail={[each.blocker.message, each.blocker.fix].filter(Boolean).join(' ')}
          />
        ))}
        {quotas.map((quota) => (
          <ListRow
            key={`${quota.namespace} ${quota.quota} ${quota.key}`}
            title={`ResourceQuota ${quota.quota} of ${quota.namespace} is used up`}
            detail={
              <>
                {quotaText(quota)} Seen <RelativeTime at={quota.observedAt} />.
              </>
            }
          />
        ))}
        {clusters.flatMap(({ id, name, pods }) =>
          pods.map((pod) => (
            <ListRow
              key={`${id} ${pod.uid}`}
              title={podTitle(pod)}
              detail={
                <>
                  On {name} since <RelativeTime at={pod.createdAt} /> · {waitingWords(pod)}
                </>
              }
            />
          )),
        )}
        {others !== null && <ListRow title={others} detail="Whose they are is for others to tell." />}
      </List>
    </Panel>
  );
}
