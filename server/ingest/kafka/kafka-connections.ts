import { isIP } from 'node:net';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { Connection, compressionsAlgorithms } from '@platformatic/kafka';
import { brokerAddress, type KafkaAccess } from '../../../domain/kafka-source.ts';
import { resolveAllowed } from '../../egress/dispatcher.ts';
import type { UrlRules } from '../../egress/url-rules.ts';
import { KafkaProblem } from './kafka-log.ts';
import { problemOf } from './kafka-problems.ts';

const connectMs = 5_000;
const answerMs = 15_000;
/** Of one compressed batch of records, after it is inflated. */
const mostInflated = 32 * 1024 * 1024;

// The client inflates without a bound what any producer may have written.
const bound = { maxOutputLength: mostInflated };
const { gzip, zstd } = compressionsAlgorithms;
Object.assign(gzip, { decompressSync: (data: Buffer) => gunzipSync(data, bound) });
Object.assign(zstd, { decompressSync: (data: Buffer) => zstdDecompressSync(data, bound) });

export type KafkaTarget = {
  readonly brokers: readonly string[];
  readonly access: KafkaAccess;
  /** Null when nobody signs in; throws KafkaProblem when it cannot be opened. */
  readonly password: () => string | null;
  /** Read anew for every connection, so that a host that is no longer allowed is not called again. */
  readonly rules: () => Promise<UrlRules>;
};

/** Connections to brokers, each only to an address that egress allows, whoever named the broker. */
export class KafkaConnections {
  readonly #target: KafkaTarget;
  readonly #open = new Map<string, Connection>();

  constructor(target: KafkaTarget) {
    this.#target = target;
  }

  /** Any broker that was given; throws what the last one was refused for. */
  async any(): Promise<Connection> {
    let problem = new KafkaProblem('No broker is given.');
    for (const broker of this.#target.brokers) {
      try {
        return await this.to(brokerAddress(broker));
      } catch (error) {
        problem = problemOf(error, broker);
      }
    }
    throw problem;
  }

  /** The connection to this broker; throws KafkaProblem. */
  async to({ host, port }: { host: string; port: number }): Promise<Connection> {
    const name = `${host}:${port}`;
    const known = this.#open.get(name);
    if (known?.isConnected() === true) return known;
    this.#open.delete(name);
    await known?.close();
    try {
      const [pinned] = await resolveAllowed({ host, port }, await this.#target.rules());
      const connection = new Connection('fairlead', this.#options(host));
      // Each request hears of it by itself; unheard it would end the process.
      connection.on('error', () => undefined);
      await connection.connect(pinned?.address ?? '', port);
      this.#open.set(name, connection);
      return connection;
    } catch (error) {
      throw problemOf(error, name);
    }
  }

  #options(host: string): ConstructorParameters<typeof Connection>[1] {
    const {
      access: { tls, caPem, sasl },
      password,
    } = this.#target;
    const times = { connectTimeout: connectMs, requestTimeout: answerMs };
    // The certificate is for the name, although the connection goes to the address that was checked.
    const secure = tls ? { tls: caPem === null ? {} : { ca: caPem } } : {};
    const named = isIP(host) === 0 ? { tlsServerName: host } : {};
    const signIn = sasl === null ? {} : { sasl: { ...sasl, password: password() ?? '' } };
    return { ...times, ...secure, ...(tls ? named : {}), ...signIn };
  }

  async close(): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(open.map((connection) => connection.close()));
  }
}
