import * as z from 'zod';

const statusSchema = z.looseObject({
  kind: z.literal('Status'),
  message: z.string().optional(),
  reason: z.string().optional(),
  details: z
    .looseObject({
      causes: z
        .array(
          z.looseObject({
            reason: z.string().optional(),
            message: z.string().optional(),
            field: z.string().optional(),
          }),
        )
        .optional(),
    })
    .optional(),
});

export type Cause = { readonly reason: string; readonly message: string; readonly field: string };

/** The API server answered, and the answer was no; `words` are its own, verbatim. */
export class KubernetesApiError extends Error {
  readonly status: number;
  readonly words: string;
  readonly reason: string;
  readonly causes: readonly Cause[];
  /** Seconds it asked to wait, or null. */
  readonly retryAfterSeconds: number | null;
  /** The clock of the API server when it answered, or null. */
  readonly serverTime: Date | null;

  constructor(status: number, body: string, headers: Readonly<Record<string, string>> = {}) {
    const parsed = parsedStatus(body);
    const words = parsed?.message ?? body.slice(0, 2_000);
    super(`The API server answered ${status}: ${words}`);
    this.name = 'KubernetesApiError';
    this.status = status;
    this.words = words;
    this.reason = parsed?.reason ?? '';
    this.causes = (parsed?.details?.causes ?? []).map((cause) => ({
      reason: cause.reason ?? '',
      message: cause.message ?? '',
      field: cause.field ?? '',
    }));
    const seconds = Number(headers['retry-after'] ?? Number.NaN);
    const time = new Date(headers.date ?? Number.NaN);
    this.serverTime = Number.isNaN(time.getTime()) ? null : time;
    this.retryAfterSeconds = Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 120) : null;
  }

  /** The API server's clock beside ours; taken for equal when its answer had no date. */
  clocks(own: Date): { readonly server: Date; readonly own: Date } {
    return { server: this.serverTime ?? own, own };
  }
}

function parsedStatus(body: string): z.infer<typeof statusSchema> | null {
  try {
    return statusSchema.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}
