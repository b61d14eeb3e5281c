'use client';

import { Dialog } from '../ui/dialog.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { navItems, settingsItem } from './nav-items.ts';

const general: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['Ctrl', 'K'], 'Find anything, go anywhere (⌘ K on a Mac)'],
  [['/'], 'Search this list'],
  [['j'], 'Next row'],
  [['k'], 'Previous row'],
  [['Enter'], 'Open the row'],
  [['Esc'], 'Close what is open'],
  [['?'], 'These keys'],
];

const goTo = [...navItems, settingsItem].map((item) => [['g', item.goKey], item.label] as const);

export function KeysHelp({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog
      title="Keys"
      description="Single keys are off while you type. Nothing that changes traffic has a key of its own."
      open={open}
      onOpenChange={onOpenChange}
    >
      <div className="grid gap-x-10 gap-y-4 sm:grid-cols-2">
        <KeyList title="Everywhere" keys={general} />
        <KeyList title="Go to" keys={goTo} />
      </div>
    </Dialog>
  );
}

type KeyListProps = { title: string; keys: readonly (readonly [readonly string[], string])[] };

function KeyList({ title, keys }: KeyListProps) {
  return (
    <section>
      <h3 className="mb-1 text-ink-muted text-xs">{title}</h3>
      <dl>
        {keys.map(([combination, what]) => (
          <div
            key={what}
            className="flex min-h-8 items-center justify-between gap-4 border-line border-b py-1 last:border-b-0"
          >
            <dt>{what}</dt>
            <dd className="flex shrink-0 gap-1">
              {combination.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
