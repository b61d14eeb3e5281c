import type { ReactNode } from 'react';
import { BrandMark } from './brand-mark.tsx';

type AuthCardProps = { title: string; description?: ReactNode | undefined; children: ReactNode };

/** The page before the console: sign-in and set-up. */
export function AuthCard({ title, description, children }: AuthCardProps) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 px-4 py-10">
      <div className="flex items-center gap-2.5 font-semibold text-lg tracking-tight">
        <BrandMark className="size-8" />
        Fairlead
      </div>
      <div className="flex w-full max-w-sm flex-col gap-5 rounded-xl border border-line bg-surface p-6 shadow-panel">
        <div className="flex flex-col gap-1">
          <h1 className="font-semibold text-lg">{title}</h1>
          {description !== undefined && <p className="text-ink-muted">{description}</p>}
        </div>
        {children}
      </div>
    </main>
  );
}
