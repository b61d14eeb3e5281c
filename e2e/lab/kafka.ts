import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildLab } from './build.ts';
import type { Lab } from './lab.ts';
import { killProcess, type LabProcess, type ProcessPlan, startProcess, waitForPart } from './processes.ts';

const port = 29_092;
const controllerPort = 29_093;
const broker = `127.0.0.1:${port}`;

/** A real broker of one node, which is its own controller, on loopback addresses of the lab's network. */
export interface KafkaBroker {
  /** `host:port`. */
  readonly address: string;
  /** SIGKILL: clients see their connections break. */
  kill(): Promise<void>;
  /** Starts it again on the same data and waits until it takes connections. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

function properties(data: string): string {
  const lines = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://${broker},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${broker}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': data,
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'auto.create.topics.enable': 'false',
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

const answers = () =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });

/** Formats a new log and starts a broker on it. */
export async function startKafka(lab: Lab): Promise<KafkaBroker> {
  const binaries = await buildLab();
  const place = join(lab.folder.data, 'kafka');
  const config = join(place, 'server.properties');
  mkdirSync(place, { recursive: true });
  writeFileSync(config, properties(join(place, 'log')));
  const java = ['-Xmx384m', '-cp', join(binaries.path('kafka-jars'), '*')];
  const runJava = promisify(execFile);
  const { stdout: clusterId } = await runJava('java', [...java, 'kafka.tools.StorageTool', 'random-uuid']);
  const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId.trim(), '-c', config];
  await runJava('java', [...java, ...format]);
  const plan: ProcessPlan = { name: 'kafka', command: 'java', args: [...java, 'kafka.Kafka', config] };
  let running: LabProcess;
  const start = async () => {
    running = startProcess(lab.folder, plan);
    await waitForPart(running, 60_000, answers);
  };
  await start();
  const kill = () => killProcess(running, 'SIGKILL');
  return {
    address: broker,
    kill,
    start,
    stop: async () => {
      await kill();
      rmSync(place, { recursive: true, force: true });
    },
  };
}
