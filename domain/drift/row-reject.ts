/** What one batch may hold; more is refused with a sentence. */
export const mostBatchRows = 5_000;
export const mostRowFeatures = 500;
export const longestText = 256;
export const latestMs = 7 * 86_400_000;
export const earliestMs = 600_000;

/** PostgreSQL stores no zero character and no half of a pair. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** Why a row was not counted; the others of its batch were. */
export const rejectSentences = {
  notObject: 'A row is an object with f (features), p (predictions) or both.',
  badTime: 'ts is a time as 2026-11-23T10:00:01Z, with its zone.',
  future: 'ts is more than ten minutes ahead of this console: check the clock of the sender.',
  late: 'ts is older than seven days: live rows may not be; history is filled in as CSV.',
  empty: 'It has neither features nor predictions.',
  tooWide: `It has more than ${mostRowFeatures} features.`,
  textTooLong: `It holds a text of more than ${longestText} characters.`,
  badText: 'It holds a text that is no valid Unicode or has a zero character.',
  badLabel:
    'y is what came of a prediction that stands beside it in p: 0, 1, true or false of a score, the class, or the number; or these by the name of the prediction.',
  labelsOff:
    'It names its prediction by id alone, which this service does not keep: switch on "Labels find their prediction by id" at Settings of its monitor, or repeat ts and p.',
  labelUnknown:
    'No prediction of this id is kept: none was sent since labels find theirs by id, it was one too many, or it is older than labels may be.',
  labelTwice: 'The prediction of this id has its label already.',
  labelOfNumber:
    'How far a predicted number was off is not known by its id, because only bins are kept: repeat ts and p.',
  labelOfFormerBins:
    'The bins of this service have changed since the prediction of this id: repeat ts and p.',
  nameTwice: 'A name stands both among its features and among its predictions.',
} as const;
export type RejectCode = keyof typeof rejectSentences;

/** Why what a logger or Kafka held did not reach the counters; by its events or records, whose rows nobody knows. */
export const lostSentences = {
  bufferFull: 'Logged events that came while the database was away and no more could be held.',
  podUnknown: 'Logged events of pods that the worker never saw.',
  unreadable: 'Logged events whose body is of neither inference protocol.',
  bucketsUnfit: 'Values of histograms of Prometheus whose buckets do not fit the bins of their feature.',
  recordUnreadable: 'Records from Kafka that are no batch of rows.',
  recordRevision: 'Records from Kafka that name no revision of the service.',
  recordRepeated: 'Records from Kafka whose batch id was used before for other rows.',
} as const;
export type LostReason = keyof typeof lostSentences;

/** Why predictions that were counted are found by no id. */
export const unjoinedSentences = {
  idTwice: 'Predictions, counted, whose id an earlier one has: a label of that id is one of the earlier.',
  idsFull:
    'Predictions, counted, that no label finds by id: the service keeps as many ids as Settings of its monitor allow.',
} as const;
export type UnjoinedReason = keyof typeof unjoinedSentences;

export type RejectedRow = { readonly row: number; readonly code: RejectCode };
