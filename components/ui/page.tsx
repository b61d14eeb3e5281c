import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

const widths = { narrow: 'max-w-3xl', normal: 'max-w-7xl', wide: 'max-w-none' };

type PageProps = { width?: keyof typeof widths | undefined; children: ReactNode };

export function Page({ width = 'normal', children }: PageProps) {
  return (
    <div
      className={classNames('mx-auto flex w-full flex-col gap-5 px-4 py-5 sm:px-6 sm:py-6', widths[width])}
    >
      {children}
    </div>
  );
}

/** Main matter beside an aside; on a narrow screen the aside follows below. */
export function Columns({ main, aside }: { main: ReactNode; aside: ReactNode }) {
  return (
    <div className="grid grid-cols-1 gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex min-w-0 flex-col gap-5">{main}</div>
      <aside className="flex min-w-0 flex-col gap-5">{aside}</aside>
    </div>
  );
}
