import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a measured server tells when it listens. */
type Listening = { readonly port: number };

export type MeasuredChild = {
  readonly url: string;
  /** CPU microseconds (user and system, all threads) that it has used so far. */
  cpuMicroseconds(): Promise<number>;
  stop(): Promise<void>;
};

const answerWithinMs = 20_000;

/** Starts one of the servers beside this file; throws when it does not answer in time or ends. */
export async function startMeasuredChild(file: string, databaseUrl: string): Promise<MeasuredChild> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { ...process.env, BENCH_DATABASE_URL: databaseUrl },
  });
  const { port } = await nextMessage<Listening>(child, file);
  return {
    url: `http://127.0.0.1:${port}`,
    async cpuMicroseconds() {
      child.send('cpu');
      const { user, system } = await nextMessage<NodeJS.CpuUsage>(child, file);
      return user + system;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The measured side of `startMeasuredChild`: says the port and answers for its CPU. */
export function tellParent(port: number): void {
  process.on('message', () => process.send?.(process.cpuUsage()));
  process.on('disconnect', () => process.exit(0));
  process.send?.({ port } satisfies Listening);
}

function nextMessage<Message>(child: ChildProcess, file: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const end = (run: () => void) => {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      run();
    };
    const onMessage = (message: unknown) => end(() => resolve(message as Message));
    const onExit = (code: number | null) =>
      end(() => reject(new Error(`${file} ended with ${String(code)}.`)));
    const timer = setTimeout(
      () => end(() => reject(new Error(`${file} did not answer within ${answerWithinMs / 1_000} s.`))),
      answerWithinMs,
    );
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
}
