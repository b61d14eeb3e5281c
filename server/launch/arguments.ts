import { parseArgs } from 'node:util';

export interface StartArguments {
  readonly role: 'web' | 'worker' | 'all';
  /** Undefined when not given; 0 asks for any free one. */
  readonly port: number | undefined;
  readonly demo: boolean;
  readonly dev: boolean;
}

const usage = 'npm start -- [--role=web|worker|all] [--port=3000] [--no-demo] [--dev]';

/** Throws a sentence about the first argument that it does not understand. */
export function readArguments(args: string[]): StartArguments {
  let values: { role?: string; port?: string; demo?: boolean; dev?: boolean };
  try {
    ({ values } = parseArgs({
      args,
      options: {
        role: { type: 'string' },
        port: { type: 'string' },
        demo: { type: 'boolean', default: true },
        dev: { type: 'boolean', default: false },
      },
      allowNegative: true,
    }));
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)} Usage: ${usage}`, {
      cause: error,
    });
  }
  return {
    role: readRole(values.role ?? 'all'),
    port: readPort(values.port),
    demo: values.demo ?? true,
    dev: values.dev ?? false,
  };
}

function readRole(text: string): StartArguments['role'] {
  if (text === 'web' || text === 'worker' || text === 'all') {
    return text;
  }
  throw new Error(`--role=${text} is none of web, worker and all. Usage: ${usage}`);
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new Error(`--port=${text} is no port number (0 to 65535). Usage: ${usage}`);
  }
  return port;
}
