import { readFile } from 'node:fs/promises';
import { KubeConfig, type RequestContext } from '@kubernetes/client-node';
import type { Dispatcher } from 'undici';
import { createEgressDispatcher } from '../egress/dispatcher.ts';
import { EgressError } from '../egress/egress-error.ts';
import { checkedUrl } from '../egress/url-rules.ts';

/** How to reach a cluster and who we are there; never a kubeconfig, which can run programs and read files. */
export type Credential =
  | { readonly kind: 'token'; readonly serverUrl: string; readonly caPem: string; readonly token: string }
  | { readonly kind: 'inCluster' };

const rules = { egressClass: 'registered', schemes: ['https'] } as const;
/** A list of everything in a large namespace; one object is at most 1.5 MB. */
const maxAnswerBytes = 256 * 1024 * 1024;

function tokenConfig(credential: Extract<Credential, { kind: 'token' }>) {
  const cluster = {
    name: 'cluster',
    server: credential.serverUrl.replace(/\/+$/, ''),
    caData: Buffer.from(credential.caPem).toString('base64'),
    skipTLSVerify: false,
  };
  return { cluster, user: { name: 'fairlead', token: credential.token } };
}

/**
 * client-node's configuration with one dispatcher for all calls: by itself client-node 2.0.1 opens a TLS connection per
 * call. The dispatcher is bound to the registered server, so the token cannot leave for another one.
 */
export class ClusterConnection extends KubeConfig {
  readonly #caPem: string | null;
  #used: { readonly caPem: string; readonly dispatcher: Dispatcher } | null = null;
  #closed = false;

  /** Throws EgressError for a URL that is not https or may not be called. */
  constructor(credential: Credential) {
    super();
    if (credential.kind === 'token') {
      const { cluster, user } = tokenConfig(credential);
      this.loadFromClusterAndUser(cluster, user);
      this.#caPem = credential.caPem;
    } else {
      this.loadFromCluster();
      this.#caPem = null;
    }
    checkedUrl(this.serverUrl, rules);
  }

  get serverUrl(): string {
    return this.getCurrentCluster()?.server ?? '';
  }

  /** What is sent as bearer token now; a mounted one is read anew, because it is rotated under a running pod. */
  async token(): Promise<string> {
    const { token, authProvider } = this.getCurrentUser() ?? {};
    const file: unknown = authProvider?.config?.tokenFile;
    return typeof file === 'string' ? (await readFile(file, 'utf8')).trim() : (token ?? '');
  }

  /** Later calls carry this token; watches that are open stay open. Does nothing for a mounted token. */
  useToken(token: string): void {
    const cluster = this.getCurrentCluster();
    if (cluster === null || this.#caPem === null) return;
    this.loadFromClusterAndUser(cluster, { name: 'fairlead', token });
  }

  /** Instead of client-node's, which makes a dispatcher of its own for each call: more work than the call itself. */
  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    const [token, dispatcher] = await Promise.all([this.token(), this.#dispatcher()]);
    if (token !== '') context.setHeaderParam('Authorization', `Bearer ${token}`);
    context.setDispatcher(dispatcher);
  }

  async #dispatcher(): Promise<Dispatcher> {
    // A service account's CA file is rotated under a running pod.
    const caFile = this.getCurrentCluster()?.caFile;
    const caPem = this.#caPem ?? (caFile === undefined ? '' : await readFile(caFile, 'utf8'));
    if (this.#closed) throw new EgressError('unreachable', 'The connection to this cluster was closed.');
    if (this.#used?.caPem === caPem) return this.#used.dispatcher;
    const previous = this.#used?.dispatcher;
    const dispatcher = createEgressDispatcher({
      ...rules,
      origin: this.serverUrl,
      caPem,
      maxResponseBytes: maxAnswerBytes,
    });
    this.#used = { caPem, dispatcher };
    void previous?.close().catch(() => undefined);
    return dispatcher;
  }

  /**
   * Calls over this dispatcher went unanswered, so its open connections may be dead without anybody having said so: the
   * next call opens new ones. What is under way on the old ones ends by its own time-out.
   */
  renew(silent: Dispatcher | undefined): void {
    if (silent === undefined || this.#used?.dispatcher !== silent) return;
    this.#used = null;
    void silent.close().catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#used?.dispatcher.destroy();
  }
}
