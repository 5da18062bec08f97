import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { CHAT } from '../../bin/demos/assistant-files.ts';
import { Answer } from '../../lambdas/systems/memory-assistant/insight/answer-shape.ts';
import { musterJson } from '../support/local-cloud/muster.ts';

const Released = z.looseObject({ audience: z.string(), masked: z.number() });
const Asked = Released.extend({ document: z.looseObject({ answered_by: z.string(), answer: Answer }) });
const Imported = Released.extend({
  document: z.looseObject({ harvested: z.looseObject({ processed_memories: z.number(), duplicates: z.number() }) }),
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-assistant-'));
  await writeFile(join(folder, 'WhatsApp Chat with Choir.txt'), CHAT);
});
afterAll(() => rm(folder, { recursive: true }));

describe('the memory assistant, deployed', () => {
  test('imports a chat, and remembers it once', async () => {
    const file = join(folder, 'WhatsApp Chat with Choir.txt');
    const first = await musterJson(Imported, 'assistant', 'import', file, '--time-zone', 'Europe/Lisbon');
    const second = await musterJson(Imported, 'assistant', 'import', file, '--time-zone', 'Europe/Lisbon');
    const { processed_memories: fresh, duplicates: known } = first.document.harvested;
    expect(fresh + known).toBe(13);
    expect(second.document.harvested).toMatchObject({ processed_memories: 0, duplicates: 13 });
  });

  test('answers with the memory that says it, and says when it does not know', async () => {
    const ferry = await musterJson(Asked, 'assistant', 'ask', 'When does the ferry to Berlenga leave?');
    expect(ferry.document.answer).toMatchObject({ known: true, citations: expect.any(Array) });
    expect(ferry.document.answer.citations.map(({ quote }) => quote).join(' ')).toContain('9:30');
    const dentist = await musterJson(Asked, 'assistant', 'ask', 'What did the dentist in Coimbra say?');
    expect(dentist.document.answer).toMatchObject({ known: false, citations: [] });
  });

  test('lets no card out to its owner, and nothing of anybody to the public', async () => {
    const question = 'What is the number of the card for the choir fee?';
    const own = await musterJson(Asked, 'assistant', 'ask', question);
    expect(JSON.stringify(own)).not.toContain('4111 1111');
    const everybody = await musterJson(Asked, 'assistant', 'ask', question, '--audience', 'public');
    expect(JSON.stringify(everybody)).not.toMatch(/Okafor|4111 1111/u);
  });

  test('grades its agents from the journals', async () => {
    const status = await musterJson(
      z.looseObject({ total_agents: z.number(), agent_statuses: z.record(z.string(), z.unknown()) }),
      'assistant',
      'status',
    );
    expect(status.total_agents).toBe(8);
    expect(Object.keys(status.agent_statuses)).toContain('assistant-privacy-guardian');
  });
});
