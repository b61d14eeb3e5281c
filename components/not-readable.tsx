import { PlugZap } from 'lucide-react';
import { errorSentence, refusalOf } from './refusal-of.ts';
import { Button } from './ui/button.tsx';
import { EmptyState } from './ui/empty-state.tsx';

type Props = { readonly title: string; readonly error: unknown; readonly onAgain: () => unknown };

/** Stands where something could not be read, in the server's own sentence; what was refused is refused again. */
export function NotReadable({ title, error, onAgain }: Props) {
  return (
    <EmptyState
      icon={PlugZap}
      title={title}
      action={refusalOf(error) === null && <Button onClick={() => onAgain()}>Try again</Button>}
    >
      {errorSentence(error)}
    </EmptyState>
  );
}
