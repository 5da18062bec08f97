import { randomUUID } from 'node:crypto';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { Erasure, MemoryReply, Recollection } from '../../lambdas/contracts/memory.ts';
import { musterJson } from '../support/local-cloud/muster.ts';
import { type EndedRun, ProbeRuns } from '../support/probe/probe-runs.ts';

let probe: ProbeRuns;
/** What no other test speaks of. */
const word = `w${randomUUID().slice(0, 8)}`;

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo('task_failed');
});
afterAll(() => probe?.close());

const remember = (entries: JsonObject[], pool = 'facts'): Promise<EndedRun> =>
  probe.run([{ id: 'a', type: 'probe.remember', input: { pool, entries } }]);
const idsOf = ({ result }: EndedRun): string[] => z.object({ ids: z.array(z.string()) }).parse(result).ids;

async function recall(text: string, query: JsonObject = {}): Promise<string[]> {
  const { result } = await probe.run([{ id: 'a', type: 'probe.recall', input: { text, ...query } }]);
  const { texts, degraded } = z.object({ texts: z.array(z.string()), degraded: z.boolean() }).parse(result);
  expect(degraded).toBe(false);
  return texts.filter((found) => found.includes(word));
}

describe('memories', () => {
  test('that one agent has, another recalls; by the command line, people do', async () => {
    const [first = ''] = idsOf(
      await remember([
        { text: `the ferry ${word} to Rhodes leaves at noon` },
        { text: `the ${word} invoice is paid by the office in Ghent` },
      ]),
    );
    expect((await recall(`when does the ferry ${word} leave?`))[0]).toContain('Rhodes');
    const found = await musterJson(Recollection, 'memory', 'search', `ferry ${word}`, '--pool', 'facts');
    expect(found.entries[0]).toMatchObject({ id: first, sources: [{ agent: 'probe-keeper', task: 'a' }] });
    const shown = await musterJson(z.unknown(), 'memory', 'show', first);
    expect(shown).toMatchObject({ id: first, pool: 'facts', kind: 'semantic' });
  });

  test('of an agent alone reach nobody else, and a pool that a manifest does not name is refused', async () => {
    await remember([{ text: `the ${word} safe opens with a brass key` }], 'own');
    expect(await recall(`${word} brass key`)).not.toContainEqual(expect.stringContaining('brass'));
    for (const pool of ['facts', 'plans']) {
      const refused = await probe.run([{ id: 'a', type: 'probe.meddle', input: { pool } }]);
      expect(refused).toMatchObject({ status: 'failed', error: { code: 'memory_not_permitted' } });
    }
  });

  test('are given to nobody who only knows the name of a run, by whatever door', async () => {
    const { runId } = await remember([{ text: `the ${word} lamp is green` }], 'own');
    const through = async (door: string, pass: JsonObject) => {
      const request = { run_id: runId, task_id: 'a', pass, operation: { op: 'recall', query: { text: word } } };
      const { Payload } = await probe.cloud.session.aws.lambda.send(
        new InvokeCommand({
          FunctionName: probe.cloud.output('MemoryFunctionName'),
          Qualifier: door,
          Payload: JSON.stringify(request),
        }),
      );
      const reply = MemoryReply.parse(JSON.parse(new TextDecoder().decode(Payload)));
      return 'error' in reply ? reply.error.code : reply.answer;
    };
    const forged = { tenant: 'default', until: Date.now() + 60_000, signature: 'A'.repeat(43) };
    for (const door of ['agent-probe-keeper', 'agent-probe-seeker'])
      expect(await through(door, forged)).toBe('memory_not_permitted');
    expect(await through('people', forged)).toBe('memory_request_invalid');
  });

  test('that came from a run are unlearned, and what they superseded is valid again', async () => {
    const [old = ''] = idsOf(await remember([{ text: `the ${word} gate is on the left` }]));
    const { runId } = await remember([
      { text: `the ${word} gate is on the right`, links: [{ kind: 'supersedes', to: old }] },
    ]);
    expect(await recall(`where is the ${word} gate`, { limit: 50 })).toContain(`the ${word} gate is on the right`);
    expect(await musterJson(z.unknown(), 'memory', 'unlearn', runId)).toMatchObject({
      run: runId,
      removed: 1,
      changed: 1,
    });
    const after = await recall(`where is the ${word} gate`, { limit: 50 });
    expect(after).toContain(`the ${word} gate is on the left`);
    expect(after).not.toContain(`the ${word} gate is on the right`);
  });

  test('of a person are erased: entries, key and snapshots, and nothing is left', async () => {
    const subject = `person-${word}`;
    await remember([
      { text: `the ${word} patient is allergic to nuts`, subject },
      { text: `the ${word} kitchen is closed on Mondays` },
    ]);
    expect(await recall(`${word} allergic nuts`)).toContain(`the ${word} patient is allergic to nuts`);
    const erasure = await musterJson(Erasure, 'memory', 'forget', '--subject', subject);
    expect(erasure).toMatchObject({ entries: 1, pools: ['shared.facts'], key_destroyed: true, left: 0 });
    const left = await recall(`${word} allergic nuts kitchen`, { limit: 50 });
    expect(left).toContain(`the ${word} kitchen is closed on Mondays`);
    expect(left).not.toContain(`the ${word} patient is allergic to nuts`);
    const { Contents = [] } = await probe.cloud.session.aws.s3.send(
      new ListObjectsV2Command({
        Bucket: probe.cloud.output('MemoryBucketName'),
        Prefix: 'default/shared.facts/',
      }),
    );
    expect(Contents).toHaveLength(1);
  });
});
