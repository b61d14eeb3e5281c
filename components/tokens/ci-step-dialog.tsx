'use client';

import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CiStepLines } from './ci-step-lines.tsx';

type Props = { readonly token: { readonly name: string } };

/** The lines for a token that was made before; its secret is not among them. */
export function CiStepDialog({ token }: Props) {
  return (
    <Dialog
      title={`${token.name} in a pipeline`}
      description="The secret was shown when the token was made; without it, make another token."
      size="large"
      trigger={
        <Button size="small" variant="ghost" aria-label={`Use in CI: ${token.name}`}>
          Use in CI
        </Button>
      }
    >
      <CiStepLines />
    </Dialog>
  );
}
