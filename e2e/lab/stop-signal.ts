/** Resolves at Ctrl-C, at SIGTERM, or when the process that started this one is gone. */
export function untilAskedToStop(): Promise<void> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    const orphaned = setInterval(() => {
      if (process.ppid !== parent) done();
    }, 500);
    const done = (): void => {
      clearInterval(orphaned);
      resolve();
    };
    // Not `once`: Ctrl-C in a terminal arrives here twice, and the second must not end the stopping.
    process.on('SIGINT', done);
    process.on('SIGTERM', done);
  });
}
