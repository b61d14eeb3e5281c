import type { MetricTemplate, TemplateUser } from '../../domain/metric-template.ts';

export const unitWords: Readonly<Record<MetricTemplate['unit'], string>> = {
  count: 'A number',
  perSecond: 'Per second',
  share: 'A share from 0 to 1, shown in per cent',
  ms: 'Milliseconds',
  gib: 'GiB',
  gpu: 'GPUs',
  times: 'A multiple',
};

export const stepWords: Readonly<Record<MetricTemplate['stepSeconds'], string>> = {
  60: 'Every minute',
  300: 'Every 5 minutes',
  900: 'Every 15 minutes',
  3600: 'Every hour',
};

export const userWords: Readonly<Record<TemplateUser, string>> = {
  engineer: 'Engineers, operators and admins',
  operator: 'Operators and admins',
  admin: 'Admins',
};
