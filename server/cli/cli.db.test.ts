import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { model, modelVersion } from '../../db/schema/models.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { refusal } from '../../domain/refusal.ts';
import { approvePromotion, rejectPromotion } from '../promotions/decide.ts';
import { RestFixture } from '../rest/rest-fixture.ts';
import { exampleDigest, type ProjectFixture } from '../test-fixture.ts';
import { type CliEnd, openFront, startCli } from './cli-fixture.ts';

let api: RestFixture;
let fixture: ProjectFixture;
let front: Awaited<ReturnType<typeof openFront>>;
const folder = mkdtempSync(join(tmpdir(), 'fairlead-cli-'));

beforeAll(async () => {
  api = await RestFixture.open();
  fixture = api.project;
  front = await openFront(api.running.url);
  writeFileSync(join(folder, 'model.bin'), 'weights');
  writeFileSync(join(folder, 'config.json'), '{}');
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await front.close();
  await api.running.close();
});

const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  startCli(args, { FAIRLEAD_URL: front.url, FAIRLEAD_TOKEN: api.token, ...env });
const cli = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliEnd> =>
  start(args, env).end;
const image = `registry.example/serve@${exampleDigest(3)}`;
const register = (name: string) =>
  cli(['register', name, folder, '--source', 's3://models/x', '--image', image]);
const promote = (version: string, environment: string, more: readonly string[] = []) =>
  cli(['promote', version, '--service', 'scoring', '--environment', environment, ...more]);
const jsonOf = ({ out }: CliEnd) => JSON.parse(out) as Record<string, unknown>;

/** A version that was asked for in production, where two have to sign. */
async function asked(): Promise<{ promotionId: string; subjectDigest: string }> {
  const { promotionId, subjectDigest } = await fixture.request();
  return { promotionId, subjectDigest };
}

/** Frees the service for the next request. */
async function started(): Promise<{ promotionId: string; rolloutId: string }> {
  const { promotionId } = await fixture.request(fixture.stagingServiceId);
  return { promotionId, rolloutId: await fixture.startRollout(promotionId) };
}

const ended = (rolloutId: string, phase: 'rolledBack' | 'aborted') =>
  fixture.db
    .update(rollout)
    .set({
      phase,
      endedAt: new Date(),
      failure: refusal({ code: 'analysisFailed', message: 'The error share broke its bound.' }),
    })
    .where(eq(rollout.id, rolloutId));

describe('register', () => {
  it('sends digest and files, prints the id alone, and a repeat gets the same version', async () => {
    const first = await register('churn');
    expect([first.exit, first.err]).toEqual([0, expect.stringMatching(/churn 1 is registered/)]);
    const again = await register('churn');
    expect([again.exit, again.out]).toEqual([0, first.out]);
    expect(again.err).toMatch(/was registered before with the same bytes/);
    const { body } = await api.call('listModelVersionFiles', {
      params: { modelVersionId: first.out.trim() },
    });
    expect(body).toMatchObject({ total: 2, totalBytes: 9 });
  });

  it('takes metrics, tags, a card and what the pipeline says of itself', async () => {
    writeFileSync(join(folder, '..', 'fairlead-card.md'), '# Churn');
    const args = ['register', 'told', '--source', 's3://m/x', '--digest', exampleDigest(9), '--json'];
    const more = [
      '--metric',
      'auc=0.93',
      '--tag',
      'team=risk=1',
      '--card',
      join(folder, '..', 'fairlead-card.md'),
    ];
    const env = {
      GITHUB_SHA: 'abcdef1',
      GITHUB_RUN_ID: '77',
      GITHUB_SERVER_URL: 'https://github.example',
      GITHUB_REPOSITORY: 'o/r',
    };
    const end = await cli([...args, ...more], env);
    expect(jsonOf(end)).toMatchObject({ created: true, number: 1, exit: 0, notTaken: [] });
    const rows = await fixture.db
      .select()
      .from(modelVersion)
      .where(eq(modelVersion.id, String(jsonOf(end)['modelVersionId'])));
    expect(rows[0]).toMatchObject({
      metrics: { auc: 0.93 },
      tags: { team: 'risk=1' },
      card: '# Churn',
      lineage: { gitCommit: 'abcdef1', runId: '77', runLink: 'https://github.example/o/r/actions/runs/77' },
    });
  });

  it('acts once without a digest, too, when a run of a pipeline repeats it', async () => {
    const args = ['register', 'bare', '--source', 's3://m/x'];
    const env = { GITHUB_REPOSITORY: 'o/r', GITHUB_RUN_ID: '78' };
    const [first, again] = [await cli(args, env), await cli(args, env)];
    expect([first.out, first.err]).toEqual([again.out, expect.stringMatching(/no artefact digest yet/)]);
    expect((await cli(args)).out).not.toBe(first.out);
  });

  it('ends with 3 and the sentence of the console when that refuses', async () => {
    const bad = await cli(['register', 'a/b', folder, '--source', 's3://m/x']);
    expect([bad.exit, bad.err]).toEqual([3, expect.stringMatching(/model name has no "\/"/)]);
    const viewer = await api.tokenWith(['viewer']);
    const forbidden = await cli(['register', 'x', folder, '--source', 's3://m/x', '--json'], {
      FAIRLEAD_TOKEN: viewer,
    });
    expect([forbidden.exit, jsonOf(forbidden)]).toEqual([
      3,
      { error: { code: 'forbidden', message: expect.any(String), fix: expect.any(String) }, exit: 3 },
    ]);
    const differs = ['register', 'x', folder, '--source', 's3://m/x', '--digest', exampleDigest(1)];
    expect((await cli(differs)).exit).toBe(3);
  });
});

describe('promote', () => {
  it('asks by id or by number, prints the id of the request, and a repeat finds it', async () => {
    await register('asked');
    const first = await promote('asked:1', 'production');
    expect([first.exit, first.err]).toEqual([0, expect.stringMatching(/people have to sign/)]);
    const again = await promote('asked:1', 'production', ['--json']);
    expect(jsonOf(again)).toMatchObject({ promotionId: first.out.trim(), created: false, exit: 0 });
    await fixture.db.update(promotion).set({ state: 'withdrawn' }).where(eq(promotion.id, first.out.trim()));
    expect((await promote('asked:1', 'production')).out).not.toBe(first.out);
  });

  it('asks once for one run of a pipeline, also after the answer, and anew with --again', async () => {
    const { out } = await register('rerun');
    const args = ['promote', out.trim(), '--service', 'scoring', '--environment', 'production'];
    const env = { GITHUB_REPOSITORY: 'o/r', GITHUB_RUN_ID: '79' };
    const first = await cli(args, env);
    await fixture.db.update(promotion).set({ state: 'withdrawn' }).where(eq(promotion.id, first.out.trim()));
    expect((await cli(args, env)).out).toBe(first.out);
    expect((await cli([...args, '--again'], env)).out).not.toBe(first.out);
  });

  it('counts what is live already as done', async () => {
    const { modelVersionId, promotionId } = await fixture.live(
      await fixture.service('lived', fixture.stagingId),
    );
    const end = await cli(['promote', modelVersionId, '--service', 'lived', '--wait']);
    expect([end.exit, end.out.trim(), end.err]).toEqual([
      0,
      'succeeded',
      expect.stringMatching(/live already/),
    ]);
    expect((await cli(['promote', modelVersionId, '--service', 'lived'])).out.trim()).toBe(promotionId);
  });

  it('names what is not there: the version, the service, the environment when there are several', async () => {
    const { out } = await register('named');
    const ambiguous = await cli(['promote', out.trim(), '--service', 'scoring']);
    expect([ambiguous.exit, ambiguous.err]).toEqual([
      3,
      expect.stringMatching(/several environments: .*production/),
    ]);
    expect((await promote(out.trim(), 'nowhere')).err).toMatch(
      /no service "scoring" in the environment "nowhere"/,
    );
    const none = await cli(['promote', out.trim(), '--service', 'scor']);
    expect([none.exit, none.err]).toEqual([3, expect.stringMatching(/no service "scor"/)]);
    expect((await promote('named:9', 'production')).exit).toBe(3);
    expect((await promote('seven', 'production')).exit).toBe(2);
  });
});

describe('wait', () => {
  it('says each reason once, follows from signatures over the rollout to the end, and ends with 0', async () => {
    const { promotionId, subjectDigest } = await asked();
    const waiting = start(['wait', promotionId]);
    await waiting.said(/waits for signatures/);
    const approval = { promotionId, subjectDigest };
    await approvePromotion(fixture.as('approver'), approval);
    await approvePromotion(fixture.as('secondApprover'), approval);
    await waiting.said(/approved, waits for its start/);
    const rolloutId = await fixture.startRollout(promotionId);
    await waiting.said(/takes traffic/);
    await fixture.finishRollout(rolloutId);
    const { exit, out, err } = await waiting.end;
    expect([exit, out.trim()]).toEqual([0, 'succeeded']);
    expect(err.match(/approved, waits/g)).toHaveLength(1);
    expect(err).toMatch(/live with all traffic\.\n$/);
  });

  it.each(['rolledBack', 'aborted'] as const)('ends with 5 and the reason when it is %s', async (phase) => {
    const { promotionId, rolloutId } = await started();
    await ended(rolloutId, phase);
    const end = await cli(['wait', promotionId, '--json']);
    expect([end.exit, end.err]).toEqual([5, expect.stringMatching(/The error share broke its bound/)]);
    expect(jsonOf(end)).toMatchObject({ state: phase, ended: true, rolloutId, exit: 5 });
  });

  it('ends with 3 and the word of the approver when it is rejected', async () => {
    const { promotionId, subjectDigest } = await asked();
    await rejectPromotion(fixture.as('approver'), {
      promotionId,
      subjectDigest,
      comment: 'Not on a Friday.',
    });
    const end = await cli(['wait', promotionId]);
    expect([end.exit, end.out.trim(), end.err]).toEqual([
      3,
      'rejected',
      expect.stringMatching(/Anna: Not on a Friday\./),
    ]);
  });

  it('ends with 4 when the time is over, with why it waits in the JSON', async () => {
    const { promotionId } = await asked();
    const end = await cli(['wait', promotionId, '--timeout', '0s', '--json']);
    expect([end.exit, jsonOf(end)]).toEqual([
      4,
      expect.objectContaining({
        state: 'open',
        signaturesMissing: 2,
        reasons: [expect.objectContaining({ code: 'approvalsMissing' })],
        url: `${front.url}/promotions/${promotionId}`,
      }),
    ]);
  });

  it('goes on when the console goes away in the middle and comes back', async () => {
    const { promotionId, rolloutId } = await started();
    const waiting = start(['wait', promotionId]);
    await waiting.said(/takes traffic/);
    front.moods.push('refuse', 'refuse', 'broken');
    await ended(rolloutId, 'aborted');
    expect((await waiting.end).exit).toBe(5);
    expect(front.moods).toEqual([]);
  });
});

describe('a console that is not well', () => {
  it('is tried again while busy or broken, and the act happens once', async () => {
    front.moods.push('busy', 'broken', 'forward', 'busy', 'busy', 'forward');
    const end = await cli(['register', 'busy', folder, '--source', 's3://m/x']);
    expect([end.exit, front.moods]).toEqual([0, []]);
  });

  it('may lose the answer: the repeat carries the same key and acts once', async () => {
    const { out } = await register('lost');
    const before = front.seen.length;
    front.moods.push('forward', 'forward', 'loseAnswer');
    const end = await promote(out.trim(), 'production');
    expect(end.exit).toBe(0);
    const posts = front.seen.slice(before).filter(({ method }) => method === 'POST');
    expect(posts.map(({ mood }) => mood)).toEqual(['loseAnswer', 'forward']);
    const rows = await fixture.db
      .select({ id: promotion.id })
      .from(promotion)
      .innerJoin(modelVersion, eq(modelVersion.id, out.trim()))
      .innerJoin(model, eq(model.id, modelVersion.modelId))
      .where(eq(promotion.id, end.out.trim()));
    expect(rows).toHaveLength(1);
    const bare = ['register', 'lost-bare', '--source', 's3://m/x'];
    front.moods.push('forward', 'loseAnswer');
    expect((await cli(bare)).exit).toBe(0);
    const named = await fixture.db
      .select({ next: model.nextNumber })
      .from(model)
      .where(eq(model.name, 'lost-bare'));
    expect(named).toEqual([{ next: 2 }]);
  });

  it('ends with 6 when it never answers or stays busy', async () => {
    const gone = await cli(['status', '--service', 'scoring', '--retry-for', '1s', '--json'], {
      FAIRLEAD_URL: 'http://127.0.0.1:9',
    });
    expect([gone.exit, jsonOf(gone)]).toEqual([
      6,
      { error: expect.objectContaining({ code: 'unreachable' }), exit: 6 },
    ]);
    front.moods.push('busy', 'busy', 'busy');
    const busy = await cli(['status', '--service', 'scoring', '--retry-for', '0s']);
    expect([busy.exit, busy.err]).toEqual([6, expect.stringMatching(/answered 429/)]);
    front.moods.length = 0;
  });

  it('ends with 3 for an unknown token and never prints it', async () => {
    const token = `flt_${'x'.repeat(43)}`;
    const end = await cli(['status', '--service', 'scoring'], { FAIRLEAD_TOKEN: token });
    expect(end.exit).toBe(3);
    expect(end.err + end.out).not.toContain(token);
  });
});

describe('status', () => {
  it('says what is live on a service and where a promotion stands, and ends with 0', async () => {
    const { promotionId } = await fixture.live(await fixture.service('stated', fixture.stagingId));
    const service = await cli(['status', '--service', 'stated', '--json']);
    expect([service.exit, jsonOf(service)]).toEqual([
      0,
      expect.objectContaining({ live: expect.stringMatching(/^fraud-detector:\d+$/), rollout: null }),
    ]);
    expect((await cli(['status', promotionId])).out.trim()).toBe('succeeded');
    const open = await asked();
    expect((await cli(['status', open.promotionId])).out.trim()).toBe('open');
    expect((await cli(['status', 'not-an-id'])).exit).toBe(3);
  });
});

describe('arguments', () => {
  it.each([
    [['--token', 'x']],
    [['status', '--token=abc']],
    [['status', '--service', `flt_${'y'.repeat(43)}`]],
  ])('%j: a token among them is refused with a sentence and not repeated', async (args) => {
    const end = await cli(args);
    expect([end.exit, end.err]).toEqual([2, expect.stringMatching(/does not belong into the arguments/)]);
    expect(end.err).not.toContain('yyyy');
    expect(front.seen.filter(({ path }) => path.includes('flt_'))).toEqual([]);
  });

  it.each([
    [['frobnicate'], {}, /no command "frobnicate"/],
    [[], {}, /^$/],
    [['wait'], {}, /Name the promotion/],
    [['wait', 'x', '--timeout', 'soon'], {}, /no duration/],
    [['digest', '.', '--verify', 'sha256:1'], {}, /no digest/],
    [['status', '--service', 'a', '--colour'], {}, /Unknown option '--colour'/],
    [['register', 'm', '--source', 's3://m/x', '--metric', 'auc=high'], {}, /"high" is no number/],
    [['status', '--service', 'a'], { FAIRLEAD_URL: '' }, /FAIRLEAD_URL is not set/],
    [['status', '--service', 'a'], { FAIRLEAD_URL: 'ftp://x' }, /no address of a console/],
    [['status', '--service', 'a'], { FAIRLEAD_TOKEN: '' }, /FAIRLEAD_TOKEN is not set/],
    [['status', '--service', 'a'], { FAIRLEAD_TOKEN: 'secret' }, /holds no token of Fairlead/],
  ])('%j with %j ends with 2 and a sentence', async (args, env, sentence) => {
    const end = await cli(args, env);
    expect([end.exit, end.err]).toEqual([2, expect.stringMatching(sentence)]);
  });

  it('--help names the commands, every option and every exit code', async () => {
    const overview = await cli(['--help']);
    expect(overview.exit).toBe(0);
    for (const word of [
      'digest',
      'register',
      'promote',
      'wait',
      'status',
      'FAIRLEAD_TOKEN',
      '6  the console',
    ])
      expect(overview.out).toContain(word);
    expect((await cli(['promote', '--help'])).out).toMatch(/--service[^]*--again[^]*--retry-for/);
  });
});
