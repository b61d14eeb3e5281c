import type { Refusal } from '../../domain/refusal.ts';
import { versionPath } from '../models/model-links.ts';

type Link = { readonly href: string; readonly label: string };
type Version = { readonly modelName: string; readonly versionNumber: number };

/** Where what stands in the way can be mended; null when there is no one place for it. */
export function refusalLink({ code, params }: Pick<Refusal, 'code' | 'params'>, to: Version): Link | null {
  switch (code) {
    case 'digestMissing':
    case 'evidenceMissing':
    case 'evidenceFailed':
      return { href: versionPath(to.modelName, to.versionNumber), label: 'Open the version' };
    case 'serviceMissing':
      return { href: '/services', label: 'See the services' };
    case 'policyUnsatisfiable':
      return { href: '/settings/members', label: 'See the members' };
    default:
      break;
  }
  if (code === 'healthyTimeMissing' && typeof params['serviceId'] === 'string')
    return { href: `/services/${params['serviceId']}`, label: 'Open that service' };
  if (typeof params['promotionId'] === 'string')
    return { href: `/promotions/${params['promotionId']}`, label: 'Open that request' };
  if (typeof params['rolloutId'] === 'string')
    return { href: `/rollouts/${params['rolloutId']}`, label: 'Open the rollout' };
  return null;
}
