import { describe, expect, it } from 'vitest';
import { deliveryEstimate } from './delivery-estimate.ts';

const hour = {
  requests: 1_000,
  errors: 100,
  coveredMs: 3_600_000,
  cameRequests: 0,
  cameResponses: 0,
};

describe('what a logger lost', () => {
  it('is what was answered less the requests that it told of', () => {
    const hours = [
      { ...hour, cameRequests: 990, cameResponses: 880 },
      { ...hour, cameRequests: 0 },
    ];
    expect(deliveryEstimate(hours)).toEqual({
      hours: 2,
      side: 'request',
      expected: 2_000,
      came: 990,
      lost: 1_010,
    });
  });

  it('is by answers without error where it was told to send no requests', () => {
    expect(deliveryEstimate([{ ...hour, cameResponses: 890 }])).toMatchObject({
      side: 'response',
      expected: 900,
      lost: 10,
    });
  });

  it('is never less than nothing', () => {
    expect(deliveryEstimate([{ ...hour, cameRequests: 1_003 }])?.lost).toBe(0);
  });

  it('is of hours that were measured, those nearly so scaled to whole ones', () => {
    const nearly = { ...hour, requests: 950, coveredMs: 3_420_000, cameRequests: 1_000 };
    const half = { ...hour, coveredMs: 1_800_000, cameRequests: 1_000 };
    expect(deliveryEstimate([nearly, half])).toMatchObject({
      hours: 1,
      expected: 1_000,
      came: 1_000,
      lost: 0,
    });
  });

  it('is not known where nothing was measured or answered', () => {
    expect(deliveryEstimate([])).toBeNull();
    expect(deliveryEstimate([{ ...hour, coveredMs: 0 }])).toBeNull();
    expect(deliveryEstimate([{ ...hour, requests: 0, errors: 0 }])).toBeNull();
  });
});
