import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export type Received = {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** performance.now() when the whole request was there. */
  readonly atMs: number;
};

/** What a receiver does with a request; it answers 200 when nothing else is said. */
type Reaction = (response: ServerResponse, socket: Socket) => void;

export const reactions = {
  status:
    (status: number, headers: Record<string, string> = {}): Reaction =>
    (response) =>
      void response.writeHead(status, headers).end(status === 200 ? 'ok' : 'not now'),
  /** Takes the request and then the line breaks. */
  reset: (): Reaction => (_, socket) => void socket.destroy(),
  /** Takes the request and never answers. */
  hang: (): Reaction => () => undefined,
} as const;

/** A real HTTP server that fails, throttles, hangs, resets and comes back as it is told. */
export class HttpReceiver {
  readonly received: Received[] = [];
  /** For the next requests, in order; afterwards everything is taken. */
  readonly next: Reaction[] = [];
  readonly #server: Server;
  readonly #waiting = new Set<() => void>();

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  static async open(port = 0): Promise<HttpReceiver> {
    const receiver = new HttpReceiver();
    await new Promise<void>((done) => receiver.#server.listen(port, '127.0.0.1', done));
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path = '/hook'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { headers, url = '' } = request;
    this.received.push({ path: url, headers, body, atMs: performance.now() });
    const react = this.next.shift() ?? reactions.status(200);
    react(response, request.socket);
    for (const tell of this.#waiting) tell();
  }

  /** Resolves once so many requests have come. */
  async count(least: number): Promise<void> {
    while (this.received.length < least)
      await new Promise<void>((done) => {
        const tell = () => {
          this.#waiting.delete(tell);
          done();
        };
        this.#waiting.add(tell);
      });
  }

  json(index: number): Record<string, unknown> {
    return JSON.parse(this.received[index]?.body ?? 'null') as Record<string, unknown>;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

export type Mail = { readonly to: readonly string[]; readonly text: string };

/** A real SMTP server that keeps what it takes; `options` let it ask for a sign-in or refuse. */
export class MailReceiver {
  readonly mails: Mail[] = [];
  /** Called instead of taking the next mails, in order. */
  readonly next: ((socket: { close(): void }, callback: (error?: Error) => void) => void)[] = [];
  readonly #server: SMTPServer;

  private constructor(options: SMTPServerOptions) {
    const connections = new Set<Socket>();
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      ...options,
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          const react = this.next.shift();
          this.mails.push({ to, text: Buffer.concat(chunks).toString() });
          if (react === undefined) callback();
          else react({ close: () => connections.forEach((socket) => socket.destroy()) }, callback);
        });
      },
    });
    this.#server.server.on('connection', (socket: Socket) => {
      connections.add(socket);
      socket.on('close', () => connections.delete(socket));
    });
    this.#server.on('error', () => undefined);
  }

  static async open(options: SMTPServerOptions = {}): Promise<MailReceiver> {
    const receiver = new MailReceiver(options);
    await new Promise<void>((done) => receiver.#server.listen(0, '127.0.0.1', () => done()));
    return receiver;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await new Promise<void>((done) => this.#server.close(() => done()));
  }
}
