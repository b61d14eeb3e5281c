import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export type CliEnd = { readonly exit: number; readonly out: string; readonly err: string };

const tool = join(import.meta.dirname, 'fairlead.mjs');

/** For tests: the tool as a process of its own; `said` resolves once its stderr matches. */
export function startCli(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { FAIRLEAD_URL: _url, FAIRLEAD_TOKEN: _token, GITHUB_RUN_ID: _run, ...own } = process.env;
  const child = spawn(process.execPath, [tool, ...args], {
    env: { ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const end = once(child, 'close').then(([code]): CliEnd => ({ exit: Number(code), out, err }));
  const said = async (pattern: RegExp) => {
    while (!pattern.test(err)) {
      const ended = await Promise.race([once(child.stderr, 'data').then(() => null), end]);
      if (ended !== null && !pattern.test(err)) throw new Error(`It ended with ${ended.exit}: ${err}`);
    }
  };
  return { end, said };
}

/** What the front does with the next requests: forwards, says that it is busy, or forwards and loses the answer. */
type FrontMood = 'forward' | 'busy' | 'broken' | 'loseAnswer' | 'refuse';

/** For tests: a real proxy before the console that misbehaves when told; `seen` counts what came. */
export async function openFront(target: string) {
  const moods: FrontMood[] = [];
  const seen: { method: string; path: string; mood: FrontMood }[] = [];
  const server = createServer((req, res) => {
    const mood = moods.shift() ?? 'forward';
    seen.push({ method: req.method ?? '', path: req.url ?? '', mood });
    if (mood === 'refuse') return void req.socket.destroy();
    if (mood === 'busy') return void res.writeHead(429, { 'retry-after': '0' }).end('later');
    if (mood === 'broken') return void res.writeHead(503, { 'retry-after': '0' }).end('<h1>Bad</h1>');
    const onward = request(
      `${target}${req.url ?? ''}`,
      { method: req.method, headers: { ...req.headers, host: new URL(target).host } },
      (answer) => {
        if (mood === 'loseAnswer') return void answer.resume().on('end', () => res.socket?.destroy());
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
      },
    );
    onward.on('error', () => res.socket?.destroy());
    req.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    moods,
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
