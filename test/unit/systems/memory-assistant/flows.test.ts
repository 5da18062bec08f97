import { beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';
import { defineAgent } from '../../../../lambdas/runtime/agent.ts';
import {
  agent as insightGenerator,
  tasks,
} from '../../../../lambdas/systems/memory-assistant/agents/insight-generator/agent.ts';
import { instanceOf } from '../../../../lambdas/systems/memory-assistant/scaling/instance-of.ts';
import { ASSISTANT } from '../../../../lambdas/systems/memory-assistant/system.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { AGENTS, type AssistantFleet, assistantFleet, objectAt } from './support/assistant-fleet.ts';
import { CHAT } from './support/chat.ts';

const DAY = 86_400_000;
const MAY = Date.parse('2026-05-01T00:00Z');

describe('the flows of the seed document', () => {
  let assistant: AssistantFleet;
  beforeAll(async () => {
    assistant = await assistantFleet();
    await assistant.importFile('WhatsApp Chat with Choir.txt', CHAT);
  });

  test('broadcast: who makes something of memories hears of a new one, and the channel says so', async () => {
    const said: string[] = [];
    assistant.fleet.platform.world.bus.subscribe(({ detailType }) => void said.push(detailType));
    const memory = {
      text: 'I moved to Porto with my sister Rita',
      speaker: 'Carla Sousa',
      at: '2026-06-03T10:00:00Z',
      conversation: 'Choir',
    };
    const run = await assistant.fleet.run('assistant.remember', { memory });

    expect(run.status).toBe('completed');
    expect(objectAt(run.result, 'release', 'document').heard_by).toEqual(['pattern_analyzer', 'relationship_mapper']);
    expect(said).toContain('channel.assistant.memory_processed');
  });

  test('consensus: three agents vote, and say why', async () => {
    const keep = await assistant.fleet.run('assistant.collaborate', {
      memory: { text: 'Choir practice moves to Friday at 8:00, Ben knows', speaker: 'Ada Lovelace' },
    });
    expect(objectAt(keep.result, 'release', 'document')).toMatchObject({ decision: 'keep', for: 3 });

    const fade = await assistant.fleet.run('assistant.collaborate', {
      memory: { text: 'ok lol', speaker: 'Ada Lovelace' },
    });
    expect(objectAt(fade.result, 'release', 'document')).toMatchObject({ decision: 'fade' });
  });

  test('decomposition: a period is cut into months, and one review comes of them', async () => {
    const run = await assistant.fleet.run('assistant.review', {
      conversation: 'Choir',
      since: MAY,
      until: MAY + 60 * DAY,
    });

    expect(run.status).toBe('completed');
    expect(Object.keys(run.tasks)).toEqual(expect.arrayContaining(['month-2026-05', 'month-2026-06']));
    expect(objectAt(run.result, 'release', 'document')).toMatchObject({
      parts: [
        { part: '2026-05', memories: 11 },
        { part: '2026-06', memories: expect.any(Number) },
      ],
      missing: [],
    });
  });

  test.each([
    ['ends before it begins', { since: MAY, until: MAY }, 'empty_period'],
    ['is longer than anybody tells apart', { since: MAY, until: MAY + 2_000 * DAY }, 'period_too_long'],
    ['has a zone that is none', { since: MAY, until: MAY + DAY, time_zone: 'Europe/Atlantis' }, 'no_such_time_zone'],
  ])('decomposition: a period that %s is refused', async (_, period, code) => {
    const run = await assistant.fleet.run('assistant.review', { conversation: 'Choir', ...period });
    expect(run).toMatchObject({ status: 'failed', error: { code } });
  });

  test('a query of relationships follows aliases and ways', async () => {
    const run = await assistant.fleet.run('assistant.relationships', { person: 'ada', to: 'Carla' });
    const found = objectAt(run.result, 'release', 'document');
    expect(found.person).toBe('Ada Lovelace');
    expect(found.way).toEqual(['Ada Lovelace', 'Carla Sousa']);
    expect(found.communities).toEqual([{ members: ['Ada Lovelace', 'Ben Okafor', 'Carla Sousa'], closeness: 1 }]);
  });

  test('what is imported twice is known, and changes nothing', async () => {
    const run = await assistant.importFile('WhatsApp Chat with Choir.txt', CHAT);
    expect(objectAt(run.result, 'release', 'document', 'harvested')).toMatchObject({
      processed_memories: 0,
      duplicates: 13,
    });
  });
});

describe('one and the same at once', () => {
  test('two imports of one file remember it once', async () => {
    const { fleet } = await assistantFleet();
    await fleet.platform.world.bucket('assistant-data').write('imports/a', CHAT);
    const batch = { file: { key: 'imports/a', name: 'Choir.txt' } };
    const runs = [await fleet.start('assistant.import', { batch }), await fleet.start('assistant.import', { batch })];
    const ended = [];
    for (const run of runs) ended.push(await fleet.ended(run));
    const kept = ended.map(({ result }) => objectAt(result, 'release', 'document', 'harvested').processed_memories);
    expect(kept.sort()).toEqual([0, 13]);
  });

  test('somebody who is erased is in no answer any more', async () => {
    const { fleet, importFile, ask } = await assistantFleet();
    await importFile('WhatsApp Chat with Choir.txt', CHAT);
    expect(await ask('Where does Ben live?')).toMatchObject({ known: true });
    const erased = await fleet.platform.memory.call('people', {
      ...{ tenant: 'default', operation: { op: 'erase', subject: 'Ben Okafor' } },
    });
    expect(erased).toMatchObject({ answer: { left: 0, key_destroyed: true } });
    expect(JSON.stringify(await ask('Where does Ben live?'))).not.toContain('Arenque');
  });
});

describe('when something is missing', () => {
  test('a part that nobody could do is named, and the review is there', async () => {
    let calls = 0;
    const lame = fakeAgent('assistant-pattern-analyzer', {
      analyze_patterns: () => {
        calls += 1;
        throw new Error('no');
      },
    });
    const agents = [...AGENTS.filter(({ manifest }) => manifest.name !== 'assistant-pattern-analyzer'), lame];
    const { fleet } = await assistantFleet({ agents });
    const run = await fleet.run('assistant.review', { conversation: 'x', since: MAY, until: MAY + 20 * DAY });

    expect(calls).toBeGreaterThan(0);
    expect(run.status).toBe('completed');
    expect(objectAt(run.result, 'release', 'document')).toMatchObject({ parts: [], missing: ['2026-05'] });
  });

  test('a version that fails is stood in for by the other one', async () => {
    const lame = fakeAgent('assistant-insight-generator', {
      generate_insights: () => {
        throw new Error('out of order');
      },
      assess_importance: () => null,
    });
    const agents = [...AGENTS.filter(({ manifest }) => manifest.name !== 'assistant-insight-generator'), lame];
    const { fleet } = await assistantFleet({ agents });
    await fleet.run('assistant.remember', { memory: { text: 'The ferry to Berlenga leaves at 9:30', speaker: 'Ada' } });
    const run = await fleet.run('assistant.ask', { question: 'When does the ferry to Berlenga leave?' });

    expect(run.status).toBe('completed');
    expect(objectAt(run.result, 'release', 'document')).toMatchObject({
      answered_by: 'statistics',
      answer: { known: true },
    });
  });
});

describe('versions and instances', () => {
  test('an experiment sends its share to version b, learns from scores, and rolls back', async () => {
    const { fleet } = await assistantFleet();
    await fleet.run('assistant.experiment', { name: 'answers', action: 'start', share: 1 });
    const asked = await fleet.run('assistant.ask', { question: 'Where is the pier?', asker: 'ann' });
    expect(asked.tasks).toMatchObject({
      answer_a: { status: 'skipped' },
      answer_b: { status: 'completed', agent: 'assistant-insight-generator-b' },
    });

    let last = asked;
    for (let n = 0; n < 20; n++) {
      await fleet.run('assistant.feedback', { feedback: { performance_score: n % 2 ? 0.9 : 0.8, variant: 'a' } });
      last = await fleet.run('assistant.feedback', {
        feedback: { performance_score: n % 2 ? 0.2 : 0.1, variant: 'b' },
      });
    }
    expect(objectAt(last.result, 'release', 'document')).toMatchObject({
      samples: 40,
      experiment: { status: 'rolled_back' },
    });
    const after = await fleet.run('assistant.ask', { question: 'Where is the pier?', asker: 'ann' });
    expect(after.tasks).toMatchObject({ answer_a: { status: 'completed' }, answer_b: { status: 'skipped' } });
    const share = await fleet.run('assistant.experiment', { name: 'answers', action: 'share', share: 0.9 });
    expect(share).toMatchObject({ status: 'failed', error: { code: 'experiment_ended' } });
  });

  test('one more instance with its own configuration shares the work once it is registered', async () => {
    const { fleet } = await assistantFleet();
    const spawned = instanceOf(insightGenerator.manifest, {
      name: 'assistant-insight-generator-c',
      parameters: { recalled: 5 },
    });
    expect(spawned.parameters?.parse({})).toMatchObject({ recalled: 5, most_citations: 3 });
    await fleet.platform.deploy(defineAgent(spawned, tasks));

    const spread = WorkflowDefinition.parse({
      name: 'spread',
      tasks: [
        {
          ...{ id: 'a', type: 'generate_insights', select: 'round_robin', input: { document: {} } },
          forEach: { items: [1, 2, 3, 4, 5, 6], limit: 1 },
        },
      ],
    });
    const run = await fleet.run(spread);
    const agents = new Set(Object.values(run.tasks).flatMap(({ agent }) => agent ?? []));
    expect([...agents].sort()).toEqual([
      'assistant-insight-generator',
      'assistant-insight-generator-b',
      'assistant-insight-generator-c',
    ]);
  });

  test('an instance has no parameter that its agent does not have', () => {
    expect(() => instanceOf(insightGenerator.manifest, { name: 'x', parameters: JSON.parse('{"speed": 3}') })).toThrow(
      'no parameter speed',
    );
    expect(() => instanceOf(insightGenerator.manifest, { name: 'x', parameters: { recalled: 5_000 } })).toThrow();
  });
});

const AVATAR_TASKS = new Set(['train_avatar', 'compare_style', 'record_consent']);

async function stylesIn({ platform }: AssistantFleet['fleet']): Promise<number> {
  const reply = await platform.memory.call('people', { tenant: 'default', operation: { op: 'export' } });
  return JSON.stringify(reply).split('"kind":"avatar"').length - 1;
}

describe('avatars', () => {
  const texts = ['hey all!', 'hey, who comes?', 'hey there, on my way!', 'hey Ben, thank you!', 'hey, see you soon!'];
  const chat = texts.map((text, n) => `13/05/2026, 18:0${n} - Ada: ${text}`).join('\n');

  test('are trained of those who have agreed, and of nobody else', async () => {
    const { fleet, importFile } = await assistantFleet();
    await importFile('chat.txt', chat);
    const before = await fleet.run('assistant.avatar', { person: 'Ada' });
    expect(before).toMatchObject({ status: 'failed', error: { code: 'no_consent' } });
    expect(before.error?.message).not.toContain('Ada');

    await fleet.run('assistant.consent', { person: 'Ada', given: true, by: 'Ada' });
    const run = await fleet.run('assistant.avatar', { person: 'Ada' });
    expect(objectAt(run.result, 'release', 'document', 'style')).toMatchObject({
      memories: 5,
      greetings: ['hey'],
      small_letters: 1,
    });
  });

  test('are forgotten when consent is taken back', async () => {
    const { fleet, importFile } = await assistantFleet();
    await importFile('chat.txt', chat);
    await fleet.run('assistant.consent', { person: 'Ada', given: true, by: 'Ada' });
    await fleet.run('assistant.avatar', { person: 'Ada' });
    const back = await fleet.run('assistant.consent', { person: 'Ada', given: false, by: 'Ada' });
    expect(objectAt(back.result, 'release', 'document')).toMatchObject({ given: false, forgotten: 1 });
    expect(await fleet.run('assistant.avatar', { person: 'Ada' })).toMatchObject({ error: { code: 'no_consent' } });
  });

  test('are learned, compared and forgotten one at a time: who takes consent back meanwhile leaves none behind', () => {
    const limits = ASSISTANT.workflows.flatMap(({ tasks }) =>
      tasks.flatMap((task) => (AVATAR_TASKS.has(task.type ?? '') ? [task.limits] : [])),
    );
    expect(limits).toEqual(Array.from(AVATAR_TASKS, () => [{ name: 'assistant.avatars', concurrency: 1 }]));
  });

  test('are forgotten once consent has run out, when they are next looked at', async () => {
    const { fleet, importFile } = await assistantFleet();
    await importFile('chat.txt', chat);
    const until = fleet.platform.clock.now() + DAY;
    await fleet.run('assistant.consent', { person: 'Ada', given: true, by: 'Ada', until });
    await fleet.run('assistant.avatar', { person: 'Ada' });
    expect(await stylesIn(fleet)).toBe(1);
    await fleet.advance(2 * DAY);
    await fleet.run('assistant.whose-style', { text: 'hey there' });
    expect(await stylesIn(fleet)).toBe(0);
  });

  test('are not trained once consent has run out', async () => {
    const { fleet } = await assistantFleet();
    const until = fleet.platform.clock.now() + DAY;
    await fleet.run('assistant.consent', { person: 'Ada', given: true, by: 'Ada', until });
    await fleet.advance(2 * DAY);
    expect(await fleet.run('assistant.avatar', { person: 'Ada' })).toMatchObject({ error: { code: 'no_consent' } });
  });
});
