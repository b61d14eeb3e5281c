import { clusterManifest, serviceAccountName } from '../../domain/cluster-manifest.ts';
import type { Lab } from './lab.ts';

/** Applies the manifest that the product prints for managing one namespace, as an admin would. */
async function applyManifest(lab: Lab, namespace: string, metering: boolean): Promise<void> {
  const namespaces = [{ name: namespace, access: 'manage' as const }];
  const plan = { home: namespace, namespaces, logs: true, metering };
  await lab.kubectl(['apply', '-f', '-'], clusterManifest(plan));
}

/** A token with the rights that the printed manifest gives, and no other: a test runs as the product would. */
export async function printedToken(lab: Lab, namespace: string, metering = false): Promise<string> {
  await applyManifest(lab, namespace, metering);
  const token = await lab.kubectl(['-n', namespace, 'create', 'token', serviceAccountName, '--duration=1h']);
  return token.trim();
}
