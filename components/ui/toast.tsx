'use client';

import { X } from 'lucide-react';
import { Toast as RadixToast } from 'radix-ui';
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { classNames } from './class-names.ts';
import { type Tone, toneClasses } from './tone.ts';
import { toneIcon } from './tone-icon.ts';

export type ToastMessage = { tone: Tone; title: string; body?: string | undefined };
type Shown = ToastMessage & { id: number };

const ToastContext = createContext<(message: ToastMessage) => void>(() => {});

/** Shows a short word about what just happened; what must not be missed belongs on the page. */
export function useToast(): (message: ToastMessage) => void {
  return useContext(ToastContext);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const show = useCallback(
    (message: ToastMessage) =>
      setShown((list) => [...list.slice(-3), { ...message, id: (list.at(-1)?.id ?? 0) + 1 }]),
    [],
  );
  const drop = (id: number) => setShown((list) => list.filter((each) => each.id !== id));
  return (
    <ToastContext value={show}>
      <RadixToast.Provider duration={6_000} swipeDirection="right">
        {children}
        {shown.map((toast) => (
          <ToastCard key={toast.id} toast={toast} onClose={() => drop(toast.id)} />
        ))}
        <RadixToast.Viewport className="fixed right-0 bottom-0 z-60 flex w-full max-w-sm flex-col gap-2 p-4 outline-none" />
      </RadixToast.Provider>
    </ToastContext>
  );
}

function ToastCard({ toast, onClose }: { toast: Shown; onClose: () => void }) {
  const Shape = toneIcon[toast.tone];
  return (
    <RadixToast.Root
      type={toast.tone === 'bad' ? 'foreground' : 'background'}
      onOpenChange={(open) => !open && onClose()}
      className="flex animate-appear items-start gap-2.5 rounded-lg bg-raised p-3 shadow-raised"
    >
      <Shape aria-hidden className={classNames('mt-0.5 size-4 shrink-0', toneClasses[toast.tone].text)} />
      <div className="min-w-0 flex-1">
        <RadixToast.Title className="font-medium">{toast.title}</RadixToast.Title>
        {toast.body !== undefined && (
          <RadixToast.Description className="text-ink-muted">{toast.body}</RadixToast.Description>
        )}
      </div>
      <RadixToast.Close aria-label="Dismiss" className="rounded-sm p-0.5 text-ink-faint hover:text-ink">
        <X aria-hidden className="size-4" />
      </RadixToast.Close>
    </RadixToast.Root>
  );
}
