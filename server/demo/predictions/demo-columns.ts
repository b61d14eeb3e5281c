import { upperBound } from '../../../domain/drift/binning.ts';
import { normalTail } from '../../../domain/drift/normal.ts';

type Value = number | string | boolean;

/** A column of what a model of the demo is asked or answers: a monotone function of a normal number that wanders with time. */
export type DemoColumn = {
  readonly name: string;
  readonly place: 'input' | 'prediction';
  /** Share of rows without a value. */
  readonly nullShare: number;
  /** By how many standard deviations it moves: over the day (most at 14:00 UTC), at weekends, and when the model drifts. */
  readonly daily: number;
  readonly weekend: number;
  readonly drift: number;
  readonly value: (z: number) => Value;
};

/** A model of the demo whose predictions are sent: every so many requests of the sandbox a row. */
export type DemoPredictions = {
  readonly serviceName: string;
  readonly requestsPerRow: number;
  readonly columns: readonly DemoColumn[];
};

type Ways = Partial<Pick<DemoColumn, 'place' | 'nullShare' | 'daily' | 'weekend' | 'drift'>>;

const still = { place: 'input', nullShare: 0, daily: 0, weekend: 0, drift: 0 } as const;

const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** exp(mean + deviation z), as amounts, ages and waits lie. */
const skewed = (
  name: string,
  [mean, deviation, digits]: readonly [number, number, number],
  ways: Ways = {},
) => ({
  ...still,
  ...ways,
  name,
  value: (z: number) => rounded(Math.exp(mean + deviation * z), digits),
});

/** Between 0 and 1, as scores and risks lie. */
const share = (name: string, [mean, deviation]: readonly [number, number], ways: Ways = {}) => ({
  ...still,
  ...ways,
  name,
  value: (z: number) => rounded(1 / (1 + Math.exp(-mean - deviation * z)), 4),
});

const whole = (
  name: string,
  [mean, deviation, most]: readonly [number, number, number],
  ways: Ways = {},
) => ({
  ...still,
  ...ways,
  name,
  value: (z: number) => Math.min(most, Math.floor(Math.exp(mean + deviation * z))),
});

/** The standard normal number that is exceeded with the given probability. */
export function normalQuantile(exceeded: number): number {
  let [low, high] = [-9, 9];
  for (let halving = 0; halving < 50; halving += 1) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > exceeded) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Values by their shares in percent; what moves up moves to later ones. */
function oneOf(name: string, shares: readonly (readonly [Value, number])[], ways: Ways = {}): DemoColumn {
  const total = shares.reduce((sum, [, percent]) => sum + percent, 0);
  let below = 0;
  const limits = shares.slice(0, -1).map(([, percent]) => {
    below += percent;
    return normalQuantile(1 - below / total);
  });
  const values = shares.map(([value]) => value);
  return { ...still, ...ways, name, value: (z) => values[upperBound(limits, z)] ?? '' };
}

/** Made when they are first asked for: an instance without the demo never does. */
export function demoPredictions(): DemoPredictions[] {
  return [fraud(), churn()];
}

const fraud = (): DemoPredictions => ({
  serviceName: 'fraud-detector',
  requestsPerRow: 32,
  columns: [
    skewed('amount_eur', [3.4, 1.1, 2], { daily: 0.25, weekend: 0.3 }),
    // A campaign of a partner brings customers who are new.
    skewed('account_age_days', [5.8, 1, 0], { weekend: -0.1, drift: -0.8 }),
    skewed('minutes_since_last_payment', [5, 1.6, 1], { nullShare: 0.04, daily: -0.35 }),
    skewed('amount_to_mean', [0.1, 0.5, 3], { weekend: 0.15 }),
    skewed('distance_km', [2.2, 1.5, 1], { nullShare: 0.03, daily: 0.3, weekend: 0.2 }),
    skewed('device_age_days', [4.5, 1.2, 0]),
    skewed('typing_interval_ms', [5.2, 0.25, 0], { daily: -0.2 }),
    share('ip_risk', [-2, 1.1], { daily: -0.3 }),
    share('merchant_risk', [-1.5, 0.8]),
    whole('payments_24h', [0.3, 0.7, 15], { daily: 0.3 }),
    oneOf('country', [
      ['DE', 46],
      ['FR', 17],
      ['NL', 12],
      ['AT', 9],
      ['IT', 8],
      ['ES', 5],
      ['PL', 3],
    ]),
    oneOf(
      'channel',
      [
        ['terminal', 41],
        ['app', 35],
        ['web', 24],
      ],
      { daily: -0.4, weekend: -0.2 },
    ),
    oneOf('card', [
      ['debit', 58],
      ['credit', 34],
      ['prepaid', 8],
    ]),
    oneOf(
      'merchant_category',
      [
        ['groceries', 33],
        ['fuel', 14],
        ['clothing', 13],
        ['electronics', 11],
        ['restaurants', 17],
        ['travel', 7],
        ['games', 5],
      ],
      { daily: 0.25, weekend: 0.5 },
    ),
    oneOf(
      'first_purchase',
      [
        [false, 88],
        [true, 12],
      ],
      { weekend: 0.1 },
    ),
    share('fraud_score', [-3, 1.3], { place: 'prediction', daily: -0.15, drift: 0.1 }),
  ],
});

const churn = (): DemoPredictions => ({
  serviceName: 'churn',
  requestsPerRow: 30,
  columns: [
    skewed('tenure_months', [3.1, 0.9, 0]),
    skewed('monthly_charge_eur', [3.5, 0.4, 2]),
    skewed('data_used_gib', [2.6, 0.9, 1], { weekend: 0.2 }),
    skewed('hours_since_login', [3.2, 1.4, 1], { nullShare: 0.02, daily: -0.3 }),
    whole('support_tickets_90d', [-0.4, 0.8, 12]),
    whole('logins_30d', [1.6, 0.9, 60], { weekend: 0.1 }),
    share('satisfaction', [0.8, 0.9], { nullShare: 0.22 }),
    oneOf('plan', [
      ['basic', 44],
      ['plus', 38],
      ['family', 18],
    ]),
    oneOf('contract', [
      ['monthly', 52],
      ['one year', 31],
      ['two years', 17],
    ]),
    oneOf('region', [
      ['north', 28],
      ['west', 27],
      ['south', 25],
      ['east', 20],
    ]),
    oneOf('payment', [
      ['direct debit', 61],
      ['card', 27],
      ['invoice', 12],
    ]),
    oneOf(
      'has_app',
      [
        [true, 71],
        [false, 29],
      ],
      { daily: -0.1 },
    ),
    share('churn_probability', [-1.9, 1.1], { place: 'prediction', daily: 0.1 }),
  ],
});
