import type { LogEnding } from '../../domain/log-stream.ts';
import { type LogLine, logLines } from './log-text.ts';
import type { LogPart, OpenLogInput } from './pod-answers.ts';

export type LogTarget = Pick<OpenLogInput, 'serviceId' | 'pod' | 'container'> & {
  readonly previous: boolean;
};

export type LogState = {
  /** idle: nothing was asked for yet. opening: the worker has not begun. */
  readonly phase: 'idle' | 'opening' | 'reading' | 'ended' | 'refused';
  readonly target: LogTarget | null;
  readonly lines: readonly LogLine[];
  /** Older lines that this page has let go of. */
  readonly droppedCount: number;
  readonly ending: LogEnding | null;
  /** Why it could not be opened or read on; null when nothing is wrong. */
  readonly refusal: string | null;
};

export type LogSource = {
  readonly open: (input: OpenLogInput) => Promise<{ streamId: string }>;
  readonly follow: (input: { streamId: string; cursor: number }) => Promise<LogPart>;
  /** The sentence of a failed call. */
  readonly sentence: (error: unknown) => string;
};

/** What a browser keeps; the whole log is in the cluster. */
const mostLines = 20_000;
const soonMs = 200;
const laterMs = 1_000;
/** Failed calls in a row before the page says that it cannot go on. */
const mostFailures = 5;

const idle: LogState = {
  phase: 'idle',
  target: null,
  lines: [],
  droppedCount: 0,
  ending: null,
  refusal: null,
};

/** Reads one log at a time for a page: opens it, comes for its lines, and lets go when it is told to. */
export class LogReader {
  readonly #source: LogSource;
  readonly #listeners = new Set<() => void>();
  #state = idle;
  #stream: { readonly id: string; cursor: number } | null = null;
  /** Counts what was opened; an answer to an earlier one is of no use any more. */
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #failures = 0;
  /** What is not newer is known already from before it went on. */
  #knownTo = '';

  constructor(source: LogSource) {
    this.#source = source;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): LogState => this.#state;

  /** Begins anew with the last lines of a container. */
  open(target: LogTarget): void {
    this.#set({ ...idle, phase: 'opening', target });
    this.#knownTo = '';
    void this.#begin(target, {});
  }

  /** Goes on where an ended reading stopped. */
  goOn(): void {
    const { target, lines } = this.#state;
    if (target === null) return;
    const last = lines.findLast(({ at }) => at !== '')?.at;
    this.#set({ ...this.#state, phase: 'opening', ending: null, refusal: null });
    this.#knownTo = last ?? '';
    void this.#begin(target, last === undefined ? {} : { sinceTime: last, tailLines: 5_000 });
  }

  /** Comes no more; the worker then ends by itself. */
  close(): void {
    this.#turn += 1;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #begin(target: LogTarget, more: Partial<OpenLogInput>): Promise<void> {
    this.close();
    const turn = this.#turn;
    const replaces = this.#stream?.id;
    try {
      const { streamId } = await this.#source.open({
        ...target,
        ...more,
        ...(replaces === undefined ? {} : { replaces }),
      });
      if (turn !== this.#turn) return;
      this.#stream = { id: streamId, cursor: 0 };
      this.#failures = 0;
      this.#again(turn, soonMs);
    } catch (error) {
      if (turn === this.#turn)
        this.#set({ ...this.#state, phase: 'refused', refusal: this.#source.sentence(error) });
    }
  }

  #again(turn: number, afterMs: number): void {
    this.#timer = setTimeout(() => void this.#come(turn), afterMs);
  }

  async #come(turn: number): Promise<void> {
    const stream = this.#stream;
    if (stream === null || turn !== this.#turn) return;
    try {
      const part = await this.#source.follow({ streamId: stream.id, cursor: stream.cursor });
      if (turn !== this.#turn) return;
      this.#failures = 0;
      stream.cursor = part.cursor;
      this.#take(part);
      if (part.ending === null) this.#again(turn, part.text === '' ? laterMs : soonMs);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#failures += 1;
      if (this.#failures < mostFailures) return this.#again(turn, laterMs * this.#failures);
      this.#set({ ...this.#state, phase: 'refused', refusal: this.#source.sentence(error) });
    }
  }

  #take({ text, started, ending }: LogPart): void {
    const { lines, droppedCount } = this.#state;
    const next = (lines.at(-1)?.number ?? 0) + 1;
    const fresh = logLines(text, next).filter(({ at }) => at === '' || at > this.#knownTo);
    const all = fresh.length === 0 ? lines : [...lines, ...fresh];
    const excess = Math.max(0, all.length - mostLines);
    const phase = ending !== null ? 'ended' : started ? 'reading' : 'opening';
    this.#set({
      ...this.#state,
      phase,
      ending,
      lines: excess === 0 ? all : all.slice(excess),
      droppedCount: droppedCount + excess,
    });
  }

  #set(state: LogState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
