import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import next from 'next';

export type PageHandler = {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  close(): Promise<void>;
};

/** Next as a request handler inside our own server; the only file that imports next. */
export async function openPages(options: { dev: boolean; host: string; port: number }): Promise<PageHandler> {
  const dir = fileURLToPath(new URL('../..', import.meta.url));
  const app = next({ dev: options.dev, dir, hostname: options.host, port: options.port });
  await app.prepare();
  const handle = app.getRequestHandler();
  return { handle: (req, res) => handle(req, res), close: () => app.close() };
}
