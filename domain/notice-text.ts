import { countOf, countText, durationText, figureText, shareText } from './figure-text.ts';
import type { Notice } from './notice.ts';

type Kind<K extends Notice['kind']> = Extract<Notice, { kind: K }>;

function at({ service, environment }: { service: string; environment: string }): string {
  return `${service} in ${environment}`;
}

/** As a clause: the first letter small unless a name starts it, no full stop. */
function ended(sentence: string): string {
  return sentence.replace(/\.$/, '');
}

function abortedText(notice: Kind<'aborted'>): string {
  const { revision, backTo, weightPercent, requests, cause } = notice;
  const way =
    backTo === null
      ? 'nothing served before it, so it is taken away'
      : `traffic goes back to revision ${backTo}`;
  const seen = requests === null || requests === 0 ? '' : ` after ${countOf(requests, 'request')}`;
  if (cause.kind === 'analysis')
    return `Revision ${revision} of ${at(notice)} is taken back at ${weightPercent} %${seen}: ${ended(cause.message)}; ${way}.`;
  const reason = cause.reason === '' ? '' : ` ("${ended(cause.reason)}")`;
  return `${cause.name} stopped revision ${revision} of ${at(notice)} at ${weightPercent} %${seen}${reason}; ${way}.`;
}

function rolledBackText(notice: Kind<'rolledBack'>): string {
  const { revision, backTo, tookMs } = notice;
  const after = `${durationText(tookMs)} after revision ${revision} was stopped`;
  return backTo === null
    ? `Nothing serves ${at(notice)} any more, ${after}.`
    : `All traffic of ${at(notice)} is back on revision ${backTo}, ${after}.`;
}

function railText(notice: Kind<'railBroken'>): string {
  const { revision, verdict, sinceFinishedMs, rollsBack } = notice;
  const then = rollsBack ? 'it is rolled back' : 'nothing is rolled back by itself any more';
  return `Revision ${revision} of ${at(notice)} broke a rail ${durationText(sinceFinishedMs)} after it took all traffic: ${ended(verdict)}; ${then}.`;
}

function burnText(notice: Kind<'objectiveBurn'>): string {
  const { objective, burnRate, windowMs, budgetLeftShare } = notice;
  const left = budgetLeftShare <= 0 ? 'nothing' : shareText(budgetLeftShare);
  return `${at(notice)} burns the budget of "${objective}" ${figureText(burnRate)} times as fast as it may, over ${durationText(windowMs)}; ${left} of 28 days is left.`;
}

function budgetText(notice: Kind<'budgetThreshold'>): string {
  const { budget, basis, limit, amount, actual, expected, exhaustedAt } = notice;
  const gone = exhaustedAt === null ? '' : `; at this pace nothing is left on ${exhaustedAt}`;
  switch (basis) {
    case 'actual':
      return `The budget "${budget}" has spent ${limit}: ${actual} of ${amount}${gone}.`;
    case 'forecast':
      return `The budget "${budget}" is heading for ${expected}, over its limit of ${limit} of ${amount}${gone}.`;
    case 'burn':
      return `The budget "${budget}" is spent at over ${limit}: ${actual} of ${amount} so far${gone}.`;
  }
}

function anomalyText({ subject, day, yesterday, usual, rule }: Kind<'costAnomaly'>): string {
  return `${subject} took ${yesterday} on ${day}, usually ${usual} on that weekday (told from ${rule} more).`;
}

function freezeText({ budget, environment, reasons }: Kind<'budgetFreeze'>): string {
  return reasons === ''
    ? `Nothing grows in ${environment} any more, because the budget "${budget}" is spent; a roll back goes on.`
    : `The budget "${budget}" is spent, but ${environment} is not frozen: ${ended(reasons)}.`;
}

function driftedText(notice: Kind<'drift'>): string {
  const { features, worst, change } = notice;
  return features === 1
    ? `${worst} of ${at(notice)} has drifted: ${change}.`
    : `${countOf(features, 'feature')} of ${at(notice)} have drifted, most of all ${worst}: ${change}.`;
}

function rowsText(notice: Kind<'rowsUnusual'>): string {
  const { rows, usual, window } = notice;
  const got = rows === 0 ? 'no rows' : countOf(rows, 'row');
  return `Monitoring of ${at(notice)} got ${got} in a window of one ${window}, usually ${countText(usual)}.`;
}

function retrainText(notice: Kind<'retrainRequest'>): string {
  const { version, why, next, signatures } = notice;
  const then = {
    signatures: `a retraining waits for ${countOf(signatures, 'signature')}`,
    start: 'a retraining is going to start',
    people: 'it should be trained again',
  }[next];
  return `${version} meets another world in ${at(notice)}: ${ended(why)}; ${then}.`;
}

/** The one sentence that is sent, with the figures of the moment it began. */
export function noticeSentence(notice: Notice): string {
  switch (notice.kind) {
    case 'approvalNeeded':
      return `${notice.version} waits for ${countOf(notice.signatures, 'signature')} before it may go to ${at(notice)}, asked for by ${notice.askedBy}.`;
    case 'held': {
      const lack = notice.lacks === '' ? '' : ` (${notice.lacks})`;
      return `Revision ${notice.revision} of ${at(notice)} is held at ${notice.weightPercent} %: its deadline passed without a verdict${lack}.`;
    }
    case 'aborted':
      return abortedText(notice);
    case 'rolledBack':
      return rolledBackText(notice);
    case 'finished': {
      const seen = notice.requests === null ? '' : ` and ${countText(notice.requests)} requests`;
      return `${notice.version} (revision ${notice.revision}) serves all traffic of ${at(notice)}, after ${durationText(notice.tookMs)}${seen}.`;
    }
    case 'fight':
      return `"${notice.manager}" keeps rewriting ${notice.fields} of ${notice.object} for ${at(notice)}, so Fairlead has stopped writing.`;
    case 'clusterUnreachable':
      return `Cluster ${notice.cluster} cannot be reached, so ${countOf(notice.services, 'service')} of this project cannot be watched: ${ended(notice.message)}.`;
    case 'metricsUnreachable':
      return `The metrics source of ${notice.environment} cannot be read, so ${countOf(notice.services, 'service')} cannot be measured: ${ended(notice.message)}.`;
    case 'railBroken':
      return railText(notice);
    case 'objectiveBurn':
      return burnText(notice);
    case 'budgetThreshold':
      return budgetText(notice);
    case 'budgetFreeze':
      return freezeText(notice);
    case 'costAnomaly':
      return anomalyText(notice);
    case 'budgetRequest':
      return `The budget "${notice.budget}" waits for ${countOf(notice.signatures, 'signature')}: ${notice.askedBy} asked for ${notice.what}.`;
    case 'rebaseRequest':
      return `Comparing ${at(notice)} with "${notice.name}" waits for ${countOf(notice.signatures, 'signature')}, asked for by ${notice.askedBy}: ${ended(notice.reason)}.`;
    case 'drift':
      return driftedText(notice);
    case 'rowsUnusual':
      return rowsText(notice);
    case 'badData':
      return `The data of ${at(notice)} fails its expectations: ${ended(notice.what)}.`;
    case 'queriesUnusual':
      return `Clients of ${at(notice)} ask unlike before: ${ended(notice.what)}.`;
    case 'retrainRequest':
      return retrainText(notice);
    case 'retrainFailed':
      return `The retraining of ${notice.version} for ${at(notice)} failed: ${ended(notice.message)}.`;
    case 'retrainStart':
      return `Train ${notice.payload.model} again, which serves ${notice.payload.service} in ${notice.payload.environment} in version ${notice.payload.modelVersion}: ${ended(notice.payload.alert)}.`;
    case 'weeklyReport':
      return `The week of ${notice.project} until ${notice.to.slice(0, 10)}: ${notice.headline}.`;
    case 'test':
      return `This is a test of the channel "${notice.channel}", sent by ${notice.by}.`;
  }
}

/** The one sentence that says it is over; `lastedMs` since it began. */
export function noticeEndSentence(notice: Notice, lastedMs: number): string {
  const after = `after ${durationText(lastedMs)}`;
  switch (notice.kind) {
    case 'held':
      return `Revision ${notice.revision} of ${at(notice)} is no longer held at ${notice.weightPercent} %, ${after}.`;
    case 'fight':
      return `"${notice.manager}" no longer rewrites ${notice.object} for ${at(notice)}, ${after}.`;
    case 'clusterUnreachable':
      return `Cluster ${notice.cluster} can be reached again, ${after}.`;
    case 'metricsUnreachable':
      return `The metrics source of ${notice.environment} can be read again, ${after}.`;
    case 'railBroken':
      return `Revision ${notice.revision} of ${at(notice)} keeps its rails again, ${after}.`;
    case 'objectiveBurn':
      return `${at(notice)} no longer burns the budget of "${notice.objective}" too fast, ${after}.`;
    case 'drift':
      return `Nothing of ${at(notice)} drifts any more, ${after}.`;
    case 'rowsUnusual':
      return `Monitoring of ${at(notice)} gets its usual number of rows again, ${after}.`;
    case 'approvalNeeded':
      return `${notice.version} no longer waits for signatures for ${at(notice)}, ${after}.`;
    case 'budgetRequest':
      return `The budget "${notice.budget}" no longer waits for signatures, ${after}.`;
    case 'rebaseRequest':
      return `Comparing ${at(notice)} with "${notice.name}" no longer waits for signatures, ${after}.`;
    case 'budgetFreeze':
      return `The budget "${notice.budget}" no longer asks that nothing grows in ${notice.environment}, ${after}.`;
    case 'badData':
      return `The data of ${at(notice)} meets its expectations again, ${after}.`;
    case 'queriesUnusual':
      return `Clients of ${at(notice)} ask as usual again, ${after}.`;
    case 'retrainRequest':
      return `Nobody waits for a retraining of ${notice.version} for ${at(notice)} any more, ${after}.`;
    case 'aborted':
      return `The way back of ${at(notice)} from revision ${notice.revision} has ended, ${after}.`;
    case 'rolledBack':
    case 'finished':
    case 'budgetThreshold':
    case 'costAnomaly':
    case 'retrainFailed':
    case 'retrainStart':
    case 'weeklyReport':
    case 'test':
      return `It is over, ${after}: ${noticeSentence(notice)}`;
  }
}
