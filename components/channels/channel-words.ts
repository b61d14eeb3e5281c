import type { ChannelTarget } from '../../domain/channel.ts';

export const channelKindWords: Record<ChannelTarget['kind'], string> = {
  slack: 'Slack',
  webhook: 'Webhook',
  smtp: 'E-mail',
};

export const formatWords = {
  own: 'Fairlead',
  pagerduty: 'PagerDuty',
  opsgenie: 'Opsgenie',
  alertmanager: 'Alertmanager',
} as const;

/** Where it leads, in a few words; never its secret. */
export function whereText(target: ChannelTarget): string {
  switch (target.kind) {
    case 'slack':
      return target.host;
    case 'webhook': {
      const host = URL.canParse(target.url) ? new URL(target.url).host : target.url;
      return target.format === 'own' ? host : `${host}, ${formatWords[target.format]}`;
    }
    case 'smtp':
      return target.to.length === 0 ? `${target.host}:${target.port}` : target.to.join(', ');
  }
}
