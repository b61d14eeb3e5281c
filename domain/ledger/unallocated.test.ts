import { expect, it } from 'vitest';
import { proposedProject, topOwner } from './unallocated.ts';

const projects = [
  { id: 'f', name: 'Fraud', slug: 'fraud' },
  { id: 's', name: 'Search quality', slug: 'search-quality' },
];

it.each([
  ['a label with its slug', { namespace: 'x', labels: { team: 'fraud' } }, 'f'],
  ['a label with its name', { namespace: 'x', labels: { owner: 'Search Quality' } }, 's'],
  ['a namespace with all its words', { namespace: 'ml-quality-of-search', labels: {} }, 's'],
  ['a label before a namespace', { namespace: 'fraud', labels: { team: 'search-quality' } }, 's'],
  ['nothing for half of its words', { namespace: 'search', labels: {} }, null],
  [
    'nothing when labels speak for two',
    { namespace: 'x', labels: { a: 'fraud', b: 'search-quality' } },
    null,
  ],
  ['nothing for a part of a word', { namespace: 'antifraudster', labels: {} }, null],
])('the proposal follows %s', (_, facts, expected) => {
  expect(proposedProject(facts, projects)).toBe(expected);
});

it('the owner is the uppermost one', () => {
  const owners = [
    { kind: 'ReplicaSet', name: 'a-1', uid: '1' },
    { kind: 'Deployment', name: 'a', uid: '2' },
  ];
  expect(topOwner({ owners })).toEqual({ kind: 'Deployment', name: 'a' });
  expect(topOwner({ owners: [] })).toBeNull();
});
