import { pino } from 'pino';

/** Structured log on standard output; secrets are never passed to it, the paths below are a second fence. */
export const log = pino({
  level: 'info',
  redact: {
    paths: ['*.password', '*.token', '*.secret', '*.authorization', '*.cookie'],
    censor: '[redacted]',
  },
});
