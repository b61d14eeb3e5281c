'use client';

import type { ReactNode } from 'react';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { CodeBlock } from '../ui/code.tsx';
import { FormActions } from '../ui/form-field.tsx';

type Props = {
  readonly what: string;
  readonly secret: string;
  readonly onDone: () => void;
  /** What to do with it. */
  readonly children?: ReactNode;
};

/** A secret at the only moment at which it can be seen. */
export function SecretOnce({ what, secret, onDone, children }: Props) {
  return (
    <div className="flex flex-col gap-4">
      <Banner tone="warn" title="Copy it now: it is shown this once.">
        Only its hash is stored, so nobody can look it up later.
      </Banner>
      <CodeBlock label={what} text={secret} wrap />
      {children}
      <FormActions>
        <Button variant="primary" onClick={onDone}>
          I have copied it
        </Button>
      </FormActions>
    </div>
  );
}
