'use client';

import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { longestPictureDays, usualExpiryDays } from '../../domain/share/share-expiry.ts';
import { SecretOnce } from '../settings/secret-once.tsx';
import { Banner } from '../ui/banner.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import type { SharedRow } from './share-standing.ts';
import type { ShareOwner } from './shared-charts.ts';
import { useShareCommands } from './use-share-commands.ts';

type Asking = 'revoke' | 'rotate' | 'endOld' | null;

/** Pause, resume, extend, a new secret, revoke. */
export function ShareActions({ share, owner }: { share: SharedRow; owner: ShareOwner }) {
  const [asking, setAsking] = useState<Asking>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => setAsking(null);
  const { pause, resume, update, revoke, rotate } = useShareCommands(owner, {
    onRevoked: close,
    onRotated: (done) => {
      close();
      setSecret(done.secret);
    },
  });
  const shareId = share.id;
  const days = share.kind === 'picture' ? longestPictureDays : usualExpiryDays;
  const error = pause.error ?? resume.error ?? update.error;
  return (
    <>
      {error !== null && <Banner tone="bad" title={error} />}
      <Menu
        label={`Actions of ${share.title}`}
        trigger={<IconButton label={`Actions of ${share.title}`} icon={Ellipsis} size="small" />}
      >
        {share.status === 'paused' ? (
          <MenuItem onSelect={() => resume.run({ shareId })}>Resume</MenuItem>
        ) : (
          <MenuItem onSelect={() => pause.run({ shareId })}>Pause</MenuItem>
        )}
        <MenuItem onSelect={() => update.run({ shareId, expiresInDays: days })}>
          End in {days} days from now
        </MenuItem>
        <MenuItem onSelect={() => setAsking('rotate')}>New secret …</MenuItem>
        {share.kind === 'signed' && (
          <MenuItem danger onSelect={() => setAsking('endOld')}>
            New secret, end the old …
          </MenuItem>
        )}
        <MenuItem danger onSelect={() => setAsking('revoke')}>
          Revoke …
        </MenuItem>
      </Menu>
      <ConfirmDialog
        title={`Revoke ${share.title}?`}
        description="It closes at once for everybody who has it. This cannot be taken back."
        confirmLabel="Revoke"
        danger
        open={asking === 'revoke'}
        onOpenChange={(open) => (open ? undefined : close())}
        busy={revoke.busy}
        error={revoke.error ?? undefined}
        onConfirm={() => revoke.run({ shareId })}
      />
      <RotateDialogs
        share={share}
        asking={asking}
        onClose={close}
        busy={rotate.busy}
        error={rotate.error ?? undefined}
        onConfirm={(endOld) => rotate.run({ shareId, endOld })}
      />
      <NewSecret share={share} secret={secret} onDone={() => setSecret(null)} />
    </>
  );
}

type RotateProps = {
  readonly share: SharedRow;
  readonly asking: Asking;
  readonly onClose: () => void;
  readonly busy: boolean;
  readonly error: string | undefined;
  readonly onConfirm: (endOld: boolean) => void;
};

function RotateDialogs({ share, asking, onClose, busy, error, onConfirm }: RotateProps) {
  const common = { busy, error, onOpenChange: (open: boolean) => (open ? undefined : onClose()) };
  return (
    <>
      <ConfirmDialog
        title={`Give ${share.title} a new secret?`}
        description={
          share.kind === 'signed'
            ? 'The secret of now stays good until the next new one, so that your server can change over.'
            : 'What people have of it stops working at once; they need the new one.'
        }
        confirmLabel="New secret"
        open={asking === 'rotate'}
        onConfirm={() => onConfirm(false)}
        {...common}
      />
      <ConfirmDialog
        title={`Give ${share.title} a new secret and end the old?`}
        description="Every secret of now and every token that it signed ends at once. Pages show nothing until your server signs with the new one; use it when a secret may be known."
        confirmLabel="New secret, end the old"
        danger
        open={asking === 'endOld'}
        onConfirm={() => onConfirm(true)}
        {...common}
      />
    </>
  );
}

type NewSecretProps = {
  readonly share: SharedRow;
  readonly secret: string | null;
  readonly onDone: () => void;
};

function NewSecret({ share, secret, onDone }: NewSecretProps) {
  return (
    <Dialog
      title={`New secret of ${share.title}`}
      open={secret !== null}
      onOpenChange={(open) => (open ? undefined : onDone())}
    >
      <SecretOnce what={secretWords(share)} secret={secretText(share, secret)} onDone={onDone} />
    </Dialog>
  );
}

const secretWords = ({ kind }: SharedRow) =>
  kind === 'signed' ? 'Secret to sign with' : kind === 'share' ? 'Link' : 'End of the address';

function secretText({ kind, id }: SharedRow, secret: string | null): string {
  if (secret === null || kind === 'signed') return secret ?? '';
  return kind === 'share' ? `${window.location.origin}/share/${id}#${secret}` : `?sig=${secret}`;
}
