import * as z from 'zod';

const envSchema = z.object({
  DATABASE_URL: z.string().min(1).optional(),
  /** Address under which browsers reach the console; http://127.0.0.1:<port> when absent. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  HOST: z.string().default('127.0.0.1'),
  /** Where the built-in database and the worker's keys are kept; `.fairlead` of the checkout when absent. */
  STATE_FOLDER: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** How long intervals of metering are kept beyond the closing of their month, in days. */
  INTERVALS_KEPT_DAYS: z.coerce.number().int().min(62).max(36_500).default(400),
  /** X25519 keys, base64 of the raw 32 bytes; made and kept beside the embedded database when absent. */
  WORKER_PUBLIC_KEY: z.string().optional(),
  WORKER_PRIVATE_KEY: z.string().optional(),
  /** 32 bytes in base64 for secrets that web uses (OIDC client secret); kept like the keys above when none is given. */
  INSTANCE_KEY: z.string().min(1).optional(),
});
export type Env = z.infer<typeof envSchema>;

/** The only reader of the process environment; throws a sentence that names the variable. */
export function readEnv(): Env {
  const parsed = envSchema.safeParse(process.env);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(
    `The environment variable ${issue?.path.join('.') ?? ''} is not valid: ${issue?.message ?? ''}`,
  );
}

/** Next reads this one itself when it builds and serves; children inherit it. */
export function silenceTelemetry(): void {
  process.env.NEXT_TELEMETRY_DISABLED = '1';
}

/** Fontconfig, inside the library that draws pictures, reads this one itself when it first draws a text. */
export function useFonts(configFile: string): void {
  process.env.FONTCONFIG_FILE = configFile;
}
