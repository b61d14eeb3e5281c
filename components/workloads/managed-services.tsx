import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import type { Discovered } from './workload-answers.ts';

/** Services of the environment that are Fairlead's own and therefore not in the list; nothing when there are none. */
export function ManagedServices({ services }: { services: Discovered['managed'] }) {
  if (services.length === 0) return null;
  return (
    <Panel title="Managed by Fairlead" description="Their objects are not listed above.">
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        {services.map(({ id, name }) => (
          <li key={id}>
            <TextLink href={`/services/${id}`}>{name}</TextLink>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
