import { log } from '../log.ts';

type Repeated = {
  readonly everyMs: number;
  readonly run: () => Promise<unknown>;
  /** What the log says of a round that failed: a sentence. */
  readonly failed: string;
};

/** Runs at once and then every so often until `close`, which waits for the round under way; a round that is due meanwhile is left out. */
export function repeat({ everyMs, run, failed }: Repeated): { close(): Promise<void> } {
  let running = Promise.resolve();
  let busy = false;
  const round = () => {
    if (busy) return;
    busy = true;
    running = run()
      .then(() => undefined)
      .catch((error: unknown) => log.error({ error }, failed))
      .finally(() => {
        busy = false;
      });
  };
  round();
  const timer = setInterval(round, everyMs);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
