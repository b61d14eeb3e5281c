import { Plus, Server } from 'lucide-react';
import { ButtonLink } from '../ui/button-link.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { TextLink } from '../ui/link.tsx';

/** What to do where no service is shown. */
export function NoServices({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return (
      <EmptyState icon={Server} title="No service matches">
        Change the search or the environment, or look at <TextLink href="/services">all services</TextLink>.
      </EmptyState>
    );
  return (
    <EmptyState
      icon={Server}
      title="No service yet"
      action={
        <ButtonLink href="/services/new" variant="primary" icon={Plus}>
          Create the first service
        </ButtonLink>
      }
    >
      A service is the endpoint that your users call: a pod template, a route and a rollout plan. Fill in a
      form or paste the YAML of a Deployment that you have. What runs already can be{' '}
      <TextLink href="/services/discover">discovered</TextLink> and watched first.
    </EmptyState>
  );
}
