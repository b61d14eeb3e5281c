'use client';

import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { CodeBlock } from '../ui/code.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import { linkCode, signedCode, signingCode } from './embed-code.ts';
import type { ShareDraft } from './share-draft.ts';

type Made = { readonly shareId: string; readonly secret: string; readonly expiresAt: Date };
type Props = { readonly draft: ShareDraft; readonly made: Made; readonly onDone: () => void };

/** What was made, at the only moment at which its secret can be seen. */
export function ShareMade({ draft, made, onDone }: Props) {
  const { origin } = window.location;
  const link = `${origin}/share/${made.shareId}#${made.secret}`;
  return (
    <div className="flex flex-col gap-4">
      <Banner tone="warn" title="Copy it now: it is shown this once.">
        It ends <ExactTime at={made.expiresAt} />. Settings → Shared outside pauses or revokes it at any time.
      </Banner>
      {draft.kind === 'share' && (
        <>
          <CodeBlock label="Link" text={link} wrap />
          {draft.origins.length > 0 && <CodeBlock label="Embed code" text={linkCode(origin, link)} wrap />}
        </>
      )}
      {draft.kind === 'signed' && (
        <>
          <CodeBlock label="Secret to sign with" text={made.secret} wrap />
          <CodeBlock label="Embed code" text={signedCode(origin, made.shareId)} wrap />
          <CodeBlock label="Signing on your server" text={signingCode(made.shareId)} />
        </>
      )}
      {draft.kind === 'picture' && (
        <CodeBlock
          label="Address of the picture"
          text={`${origin}/share/${made.shareId}/picture.${draft.format}?sig=${made.secret}`}
          wrap
        />
      )}
      <FormActions>
        <Button variant="primary" onClick={onDone}>
          I have copied it
        </Button>
      </FormActions>
    </div>
  );
}
