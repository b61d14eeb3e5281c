import { parentPort, workerData } from 'node:worker_threads';
import { type FeatureHistory, type ReplaySetting, replayMonitor } from '../../domain/drift/replay-monitor.ts';
import { summarizeReplay } from '../../domain/drift/replay-summary.ts';
import type { Span } from '../../domain/drift/window-clock.ts';

/** What a replay is made of; plain data, which crosses to a thread. */
export type ReplayWork = {
  readonly histories: readonly FeatureHistory[];
  readonly span: Span;
  readonly setting: ReplaySetting;
};

const { histories, span, setting } = workerData as ReplayWork;
parentPort?.postMessage(summarizeReplay(replayMonitor(histories, span, setting), span));
