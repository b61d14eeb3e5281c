'use client';

import { PlugZap } from 'lucide-react';
import { errorSentence } from '../../components/refusal-of.ts';
import { Button } from '../../components/ui/button.tsx';
import { EmptyState } from '../../components/ui/empty-state.tsx';
import { Page } from '../../components/ui/page.tsx';
import { PageHeader } from '../../components/ui/page-header.tsx';

type Props = { error: Error & { digest?: string }; reset: () => void };

/** What could not be read, in the server's own sentence. */
export default function ConsoleError({ error, reset }: Props) {
  return (
    <Page>
      <PageHeader title="Not readable" />
      <EmptyState
        icon={PlugZap}
        title="This page could not be read"
        action={
          <Button variant="primary" onClick={reset}>
            Try again
          </Button>
        }
      >
        {errorSentence(error)}
      </EmptyState>
    </Page>
  );
}
