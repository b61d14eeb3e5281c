import { SearchX } from 'lucide-react';
import { ButtonLink } from '../../components/ui/button-link.tsx';
import { EmptyState } from '../../components/ui/empty-state.tsx';
import { Page } from '../../components/ui/page.tsx';
import { PageHeader } from '../../components/ui/page-header.tsx';

export default function NotFound() {
  return (
    <Page>
      <PageHeader title="Not found" />
      <EmptyState
        icon={SearchX}
        title="There is no such thing, or it is not yours to see"
        action={<ButtonLink href="/">Go to the overview</ButtonLink>}
      >
        The address may be old, or it belongs to a project that you are not a member of. Look at the project
        that the switcher shows.
      </EmptyState>
    </Page>
  );
}
