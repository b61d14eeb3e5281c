import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

function listen(server: Server, at: number | string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    if (typeof at === 'string') server.listen(at, resolve);
    else server.listen(at, '127.0.0.1', resolve);
  });
}

/** A server that hands every connection on to `target`: a port on this loopback or the path of a socket. */
function relay(target: number | string): Server {
  return createServer((incoming) => {
    const outgoing = typeof target === 'string' ? connect(target) : connect(target, '127.0.0.1');
    incoming.pipe(outgoing).pipe(incoming);
    incoming.on('error', () => outgoing.destroy());
    outgoing.on('error', () => incoming.destroy());
  });
}

function socketPath(folder: string, port: number): string {
  return join(folder, `${port}.sock`);
}

/** Inside the lab's network: opens a port to the machine through a socket file, which no network separates. */
export async function publishInside(folder: string, port: number): Promise<void> {
  await listen(relay(port), socketPath(folder, port));
}

/** On the machine: the same port on loopback, or a free one when it is taken; gives the port. */
export async function publishOutside(folder: string, port: number): Promise<number> {
  const server = relay(socketPath(folder, port));
  await listen(server, port).catch(() => listen(server, 0));
  // The lab decides how long this process lives, not its listeners.
  server.unref();
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
