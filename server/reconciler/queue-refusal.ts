import { eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { peakExtraOf } from '../../domain/envelope/envelope.ts';
import { mayOvertake, type Taking } from '../../domain/preflight/room-fit.ts';
import { type Blocker, blocker } from '../../domain/refusal.ts';
import { type Preflight, type PreflightAsk, preflight } from '../rows/preflight.ts';
import { roomQuestion } from '../rows/room-question.ts';
import { sharedRoom } from '../rows/room-queue.ts';
import { askOfRequest, goesFirst, type WaitingRequest, waitingRequests } from '../rows/waiting-requests.ts';

type Starting = { readonly promotionId: string; readonly ask: PreflightAsk; readonly found: Preflight };

const gpusOf = (amounts: Readonly<Record<string, number>>): number =>
  Math.ceil(Object.values(amounts).reduce((sum, amount) => sum + amount, 0) / 1_000);

/**
 * Why a request that fits has to wait all the same: somebody waits before it for the same room, and that one's date would
 * move. Null when it may go.
 */
export async function queueRefusal(
  tx: Transaction,
  { promotionId, ask, found }: Starting,
): Promise<Blocker | null> {
  const { environment } = ask.record;
  const waiting = await waitingRequests(tx, { clusterId: environment.clusterId, except: promotionId });
  const [own] = await tx
    .select({ since: promotion.requestedAt })
    .from(promotion)
    .where(eq(promotion.id, promotionId));
  const mine = { promotionId, production: environment.production, since: own?.since ?? ask.now };
  const longest = new Date(ask.now.getTime() + found.envelope.longestMs);
  const taking: Taking = {
    gpus: gpusOf(peakExtraOf(found.envelope)),
    namespace: environment.namespace,
    holds: new Map(found.holds.map(({ budgetId, amount }) => [budgetId, amount])),
    until: longest,
    givesBack: gpusOf(found.envelope.before) - gpusOf(found.envelope.after),
  };
  for (const head of waiting.filter((other) => goesFirst(other, mine))) {
    const asked = await askOfRequest(tx, head.promotionId, ask.now);
    const judged = await preflight(tx, asked);
    if (sharedRoom(judged, found).length === 0) continue;
    if (!mayOvertake(await roomQuestion(tx, judged, asked), taking))
      return behind(head, ask.record.row.projectId);
  }
  return null;
}

function behind(head: WaitingRequest, projectId: string): Blocker {
  const own = head.projectId === projectId;
  const who = own ? `${head.serviceName} in ${head.environmentName}` : 'a request of another project';
  return blocker({
    code: 'queued',
    message: `It would fit, but ${who} waits before it for the same room and would start later if this one went first.`,
    params: own ? { promotionId: head.promotionId } : {},
    owner: "the cluster's owner",
    fix: 'It starts by itself when that one has started, is withdrawn, or is not delayed by it.',
  });
}
