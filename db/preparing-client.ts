import type { Writable } from 'node:stream';
import pg from 'pg';

/** Statements that one connection keeps prepared; further texts (such as lists of ever other lengths) are planned each time. */
const mostPrepared = 300;

type Config = { readonly text: string; readonly values?: readonly unknown[]; readonly name?: string };

function isUnnamed(config: unknown): config is Config {
  return typeof config === 'object' && config !== null && 'text' in config && !('submit' in config)
    ? ((config as Config).name ?? '') === ''
    : false;
}

/** "cached plan must not change result type": a migration changed a column that the statement reads. */
const changedUnderneath = '0A000';

/**
 * Names a statement once it comes a second time on its connection, so that PostgreSQL parses and plans it no more: most
 * of what a short one costs. PostgreSQL itself goes on planning where the values matter. A statement whose columns were
 * changed by a migration fails once on a connection and is planned each time from then on.
 */
export class PreparingClient extends pg.Client {
  /** Which of this connection's statements a text is, from its first time on; null when it may not be prepared. */
  readonly #places = new Map<string, number | null>();
  #isHeld = false;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    const named = (config: unknown, ...rest: unknown[]) => {
      this.#holdBack();
      if (!isUnnamed(config)) return query(config, ...rest);
      const answer = query(this.#named(config), ...rest);
      if (answer instanceof Promise)
        answer.catch((error: { code?: string }) => {
          if (error.code === changedUnderneath) this.#places.set(config.text, null);
        });
      return answer;
    };
    this.query = named as typeof this.query;
  }

  /** What is asked together goes out in one write, instead of one system call and one waking of the server for each. */
  #holdBack(): void {
    const { stream } = (this as unknown as { readonly connection: { readonly stream: Writable } }).connection;
    if (this.#isHeld) return;
    this.#isHeld = true;
    stream.cork();
    process.nextTick(() => {
      this.#isHeld = false;
      stream.uncork();
    });
  }

  #named(config: Config): Config {
    const { text } = config;
    const place = this.#places.get(text);
    if (place === undefined && this.#places.size < mostPrepared) this.#places.set(text, this.#places.size);
    return place === undefined || place === null ? config : { ...config, name: `fairlead_${place}` };
  }
}
