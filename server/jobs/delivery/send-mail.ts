import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SmtpTarget } from '../../../domain/channel.ts';
import type { DeliveryAnswer } from '../../../domain/delivery.ts';
import { resolveAllowed } from '../../egress/dispatcher.ts';
import { EgressError } from '../../egress/egress-error.ts';
import { mailRules } from '../../egress/mail-rules.ts';
import type { UrlRules } from '../../egress/url-rules.ts';
import { type Message, messageText } from './message.ts';
import { type Attempt, keptText } from './send-http.ts';

const connectMs = 5_000;
const silenceMs = 10_000;

/** What a mail shows besides its text: HTML, and the pictures that it names by `cid:`. */
export type RichMail = {
  readonly html: string;
  readonly pictures: readonly { readonly cid: string; readonly filename: string; readonly content: Buffer }[];
};

type Mail = {
  readonly message: Message;
  readonly rich?: RichMail | null;
  readonly recipient: string;
  /** Null when nobody signs in. */
  readonly password: string | null;
};

async function written(target: SmtpTarget, { message, recipient, rich = null }: Mail): Promise<Buffer> {
  const [first] = message.told;
  const subject =
    message.told.length === 1 ? first.sentence : `${message.told.length} notices from the quiet hours`;
  const composer = new MailComposer({
    from: target.from,
    to: recipient,
    subject: subject.length > 150 ? `${subject.slice(0, 149)}…` : subject,
    text: `${messageText(message)}\n`,
    ...(rich === null ? {} : { html: rich.html, attachments: [...rich.pictures] }),
    messageId: `<${message.id}@fairlead.invalid>`,
    headers: {
      'auto-submitted': 'auto-generated',
      ...(message.maybeRepeated ? { 'x-fairlead-possibly-repeated': 'true' } : {}),
    },
  });
  return await composer.compile().build();
}

/** Sends one mail to one address at the address that was checked; every failure is an answer. */
export async function sendMail(target: SmtpTarget, mail: Mail, rules: UrlRules): Promise<Attempt> {
  const startedMs = performance.now();
  const secrets = mail.password === null ? [] : [mail.password];
  const answer = (found: Pick<DeliveryAnswer, 'outcome' | 'status' | 'text'>): Attempt => ({
    answer: {
      schema: 1,
      ...found,
      text: keptText(found.text, secrets),
      tookMs: Math.round(performance.now() - startedMs),
    },
    askedMs: 0,
  });
  try {
    const [pinned] = await resolveAllowed(target, mailRules(rules, target.port));
    const raw = await written(target, mail);
    return answer(await deliver({ target, mail, raw, address: pinned?.address ?? '' }));
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    const refused = error.reason === 'addressRefused' || error.reason === 'portRefused';
    return answer({ outcome: refused ? 'refused' : 'failed', status: null, text: error.message });
  }
}

type Delivering = {
  readonly target: SmtpTarget;
  readonly mail: Mail;
  readonly raw: Buffer;
  readonly address: string;
};

type Said = Pick<DeliveryAnswer, 'outcome' | 'status' | 'text'>;

/** Replies of 4xx are for later, of 5xx for good; without a reply to the whole mail nobody knows whether it was taken. */
function failure(error: Error, arrived: boolean): Said {
  const status =
    'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : null;
  const text = 'response' in error && typeof error.response === 'string' ? error.response : error.message;
  if (status !== null) return { outcome: status >= 500 ? 'refused' : 'failed', status, text };
  const tls = 'code' in error && (error.code === 'ETLS' || String(error.code).startsWith('ERR_TLS'));
  return {
    outcome: arrived ? 'lost' : 'failed',
    status: null,
    text: tls ? `No secure connection: ${text}` : text,
  };
}

function deliver({ target, mail, raw, address }: Delivering): Promise<Said> {
  const { host, port, security, username, from } = target;
  const connection = new SMTPConnection({
    host: address,
    port,
    secure: security === 'tls',
    requireTLS: security === 'startTls',
    ignoreTLS: security === 'none',
    // The certificate is for the name, although the connection goes to the address that was checked.
    ...(isIP(host) === 0 ? { servername: host, tls: { servername: host } } : {}),
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silenceMs,
  });
  // The body is read only once the server has agreed to take it.
  let arrived = false;
  const body = new Readable({
    read() {
      arrived = true;
      this.push(raw);
      this.push(null);
    },
  });
  return new Promise((resolve) => {
    let settled = false;
    const finish = (said: Said) => {
      if (settled) return;
      settled = true;
      connection.close();
      resolve(said);
    };
    const fail = (error: Error) => finish(failure(error, arrived));
    const send = () =>
      connection.send({ from, to: [mail.recipient] }, body, (error, info) => {
        if (error !== null && error !== undefined) return fail(error);
        finish({ outcome: 'accepted', status: 250, text: info.response });
      });
    connection.on('error', fail);
    connection.on('end', () => fail(new Error(`${host} closed the connection.`)));
    connection.connect((error) => {
      if (error !== undefined && error !== null) return fail(error);
      if (username === '' || mail.password === null) return send();
      connection.login({ user: username, pass: mail.password }, (refused) => {
        if (refused !== null && refused !== undefined) fail(refused);
        else send();
      });
    });
  });
}
