import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export type HostPage = { readonly origin: string; close(): Promise<void> };

/** A site of somebody else on a port of its own: its page is `body`; `token` answers /token, when it signs. */
export async function openHost(
  name: 'localhost' | '127.0.0.1',
  { body, token }: { body: () => string; token?: () => Promise<string> },
): Promise<HostPage> {
  const answer: RequestListener = (req, res) => {
    if (req.url === '/token' && token !== undefined) {
      void token().then((text) => res.setHeader('content-type', 'text/plain').end(text));
      return;
    }
    // A host that isolates itself takes only what agrees to be shown.
    res.setHeader('cross-origin-embedder-policy', 'require-corp');
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.end(
      `<!doctype html><html lang="en"><title>Somebody else's page</title><body>${body()}</body></html>`,
    );
  };
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    origin: `http://${name}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
