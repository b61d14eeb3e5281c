import { expect, test } from 'vitest';
import { defaultModelVersionBehaviour } from '../../domain/sandbox.ts';
import { badBehaviour, healedBehaviour, slowBehaviour } from './simulated-behaviour.ts';

test('healing undoes what the simulation did, back to the default of the sandbox', () => {
  const told = { ...defaultModelVersionBehaviour, ...badBehaviour, ...slowBehaviour };
  expect({ ...told, ...healedBehaviour }).toEqual(defaultModelVersionBehaviour);
});
