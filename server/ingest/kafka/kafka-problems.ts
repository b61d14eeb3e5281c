import { EgressError } from '../../egress/egress-error.ts';
import { KafkaProblem } from './kafka-log.ts';

/** Words for what a broker answers, by the name that Kafka's protocol gives it. */
const answers: Readonly<Record<string, (topic: string) => string>> = {
  UNKNOWN_TOPIC_OR_PARTITION: (topic) => `There is no topic ${topic}: make it, or correct its name.`,
  UNKNOWN_TOPIC_ID: (topic) => `The topic ${topic} was removed.`,
  INVALID_TOPIC_EXCEPTION: (topic) => `${topic} is no name of a topic.`,
  TOPIC_AUTHORIZATION_FAILED: (topic) =>
    `The user may not read the topic ${topic}: grant it Read and Describe.`,
  CLUSTER_AUTHORIZATION_FAILED: () => 'The user may not ask this Kafka cluster: grant it Describe.',
  UNSUPPORTED_VERSION: () => 'The brokers are older than Kafka 3.1, which is the oldest that is read.',
  LEADER_NOT_AVAILABLE: (topic) => `The topic ${topic} has no leader now; it is tried again.`,
};

/** Any failure as a sentence that says what to do; what is no failure of Kafka is thrown on. */
export function problemOf(error: unknown, broker: string, topic = ''): KafkaProblem {
  if (error instanceof KafkaProblem) return error;
  if (error instanceof EgressError) return new KafkaProblem(egressSentence(error, broker), { cause: error });
  if (!(error instanceof Error)) throw error;
  const causes = causesOf(error);
  const known = causes.map((one) => answers[textOf(one, 'apiId')]).find((words) => words !== undefined);
  if (known !== undefined) return new KafkaProblem(known(topic), { cause: error });
  const codes = causes.map((one) => textOf(one, 'code'));
  if (codes.includes('ERR_BUFFER_TOO_LARGE'))
    return new KafkaProblem('The topic holds a batch of records that inflates beyond 32 MiB.', {
      cause: error,
    });
  if (!codes.some((code) => code.startsWith('PLT_KFK_'))) throw error;
  return new KafkaProblem(connectionSentence(causes, codes, broker), { cause: error });
}

function egressSentence(error: EgressError, broker: string): string {
  return error.reason === 'nameUnknown'
    ? `The broker ${broker} has no address: correct its name.`
    : `The broker ${broker} may not be called: ${error.message} An admin of the instance allows its host.`;
}

function connectionSentence(causes: readonly Error[], codes: readonly string[], broker: string): string {
  if (codes.includes('PLT_KFK_AUTHENTICATION'))
    return `The broker ${broker} does not let this user in: check user, password and mechanism.`;
  if (codes.includes('PLT_KFK_UNSUPPORTED_COMPRESSION'))
    return 'The topic holds records that are compressed in a way that is not read.';
  if (codes.includes('PLT_KFK_TIMEOUT')) return `The broker ${broker} does not answer; it is tried again.`;
  const words = causes.at(-1)?.message ?? '';
  if (/certificate|TLS|SSL/i.test(words)) return `No secure connection to the broker ${broker}: ${words}.`;
  return codes.some((code) => /^E[A-Z]+$/.test(code))
    ? `The broker ${broker} cannot be reached (${words}); it is tried again.`
    : `The broker ${broker} ended the connection; it is tried again. It may ask for a user or for TLS.`;
}

/** The error and all that it was caused by, the outermost first. */
function causesOf(error: Error): Error[] {
  const inner = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const causes = [...inner, error.cause].filter((one) => one instanceof Error);
  return [error, ...causes.flatMap(causesOf)];
}

const textOf = (error: Error, name: string): string => {
  const value: unknown = (error as unknown as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : '';
};
