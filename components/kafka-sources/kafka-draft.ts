import type { KafkaFields } from '../../domain/kafka-source.ts';
import type { KafkaSource } from './kafka-answers.ts';

/** A source as its form holds it; the password is empty until it is typed in anew. */
export type Draft = {
  readonly brokers: string;
  readonly topic: string;
  readonly format: KafkaFields['format'];
  readonly startAt: KafkaFields['startAt'];
  readonly tls: boolean;
  readonly caPem: string;
  readonly mechanism: 'none' | 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly username: string;
  readonly password: string;
};

export const emptyDraft: Draft = {
  brokers: '',
  topic: '',
  format: 'batch',
  startAt: 'latest',
  tls: true,
  caPem: '',
  mechanism: 'none',
  username: '',
  password: '',
};

export function draftOf({ brokers, topic, format, startAt, access }: KafkaSource): Draft {
  const { tls, caPem, sasl } = access;
  return {
    topic,
    format,
    startAt,
    tls,
    password: '',
    brokers: brokers.join(', '),
    caPem: caPem ?? '',
    mechanism: sasl?.mechanism ?? 'none',
    username: sasl?.username ?? '',
  };
}

/** What is sent to the server; a password that was not typed in keeps the stored one. */
export function fieldsOf(draft: Draft): KafkaFields & { password: string | null } {
  const { topic, format, startAt, tls, mechanism, password } = draft;
  const caPem = draft.caPem.trim();
  const username = draft.username.trim();
  return {
    topic: topic.trim(),
    format,
    startAt,
    brokers: draft.brokers.split(/[\s,;]+/).filter((broker) => broker !== ''),
    access: {
      tls,
      caPem: tls && caPem !== '' ? caPem : null,
      sasl: mechanism === 'none' ? null : { mechanism, username },
    },
    password: mechanism === 'none' || password === '' ? null : password,
  };
}

/** Why it cannot be saved yet, or undefined; the server judges the rest. */
export function missingPart(draft: Draft): string | undefined {
  if (draft.brokers.trim() === '') return 'Name a broker.';
  if (draft.topic.trim() === '') return 'Name the topic.';
  return draft.mechanism !== 'none' && draft.username.trim() === '' ? 'Name the user.' : undefined;
}
