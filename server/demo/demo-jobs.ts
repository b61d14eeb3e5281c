import type { JobRun } from '../../domain/sandbox/job-run.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What the project trains and evaluates, and what somebody runs on the same cluster whom no project answers for. */
export function demoJobs(at: { beginMs: number; endMs: number; namespace: string }): JobRun[] {
  const { beginMs, endMs, namespace } = at;
  const own = { namespace, kind: 'PyTorchJob' as const, runId: null };
  const trainings: [model: string, number: number, gpuCount: number, hoursAgo: [number, number]][] = [
    // Falls out of the last seven days within a day from now, and the budget that it filled with it.
    ['search-ranker', 3, 4, [7 * 24 - 2, 7 * 24 - 26]],
    ['document-classifier', 2, 2, [40, 31]],
    ['toxicity-filter', 5, 2, [31, 26]],
    ['recommender', 4, 4, [24, 13]],
    ['fraud-detector', 7, 4, [13, 9]],
    ['churn', 3, 1, [9, 7]],
  ];
  const firstNight = Math.ceil(beginMs / dayMs) * dayMs + hourMs;
  const nights = Array.from({ length: 90 }, (_, night) => firstNight + night * dayMs);
  return [
    ...nights.map((startMs, night) => ({
      ...own,
      kind: 'Job' as const,
      name: `nightly-evaluation-${night + 1}`,
      gpuCount: 2,
      startMs,
      endMs: startMs + 90 * 60_000,
    })),
    ...[27, 20, 13].map((daysAgo) => ({
      ...own,
      name: `sweep-recommender-${daysAgo}`,
      gpuCount: 4,
      startMs: endMs - daysAgo * dayMs,
      endMs: endMs - daysAgo * dayMs + 9 * hourMs,
    })),
    ...trainings.map(([model, number, gpuCount, [from, to]]) => ({
      ...own,
      name: `train-${model}-${number}`,
      runId: `run-${model}-${number}`,
      gpuCount,
      startMs: endMs - from * hourMs,
      endMs: endMs - to * hourMs,
    })),
    {
      name: 'notebook-kim',
      namespace: 'research',
      kind: 'StatefulSet',
      runId: null,
      gpuCount: 1,
      startMs: endMs - 11 * dayMs,
      endMs: null,
    },
  ];
}
