import { EgressError } from '../../egress/egress-error.ts';
import { createEgressClient } from '../../egress/request.ts';

/**
 * Whether the console's address is one that others can fetch pictures from: https, a name that leads to public addresses
 * only, whatever the instance allows, and an answer there. False, never an error, for every other one.
 */
export async function answersOutside(publicUrl: string): Promise<boolean> {
  const client = createEgressClient({ egressClass: 'user', allowances: [], schemes: ['https'] });
  try {
    const { status } = await client.send({
      url: `${publicUrl}/healthz`,
      method: 'GET',
      headers: {},
      timeoutMs: 5_000,
      maxBytes: 10_000,
    });
    return status === 200;
  } catch (error) {
    if (error instanceof EgressError) return false;
    throw error;
  } finally {
    await client.close();
  }
}
