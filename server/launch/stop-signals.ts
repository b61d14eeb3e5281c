const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
// Ctrl-C reaches a script under npm twice, from the terminal and from npm.
const sameKeystrokeMs = 2_000;

/** Calls `stop` at the first signal and `force` at one that comes clearly later. */
export function onStopSignal(stop: () => void, force: () => void): void {
  let firstAt: number | undefined;
  for (const signal of signals) {
    process.on(signal, () => {
      if (firstAt === undefined) {
        firstAt = Date.now();
        stop();
      } else if (Date.now() - firstAt > sameKeystrokeMs) {
        force();
      }
    });
  }
}
