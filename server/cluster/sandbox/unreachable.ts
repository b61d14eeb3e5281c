/** The refusal of a sandbox whose API server was told not to answer. */
export function unreachable() {
  return {
    code: 'clusterUnreachable',
    message: 'The sandbox cluster does not answer: it was told to be unreachable.',
    fix: 'Switch the simulated fault off.',
  } as const;
}
