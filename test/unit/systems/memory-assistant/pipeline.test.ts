import { describe, expect, test } from '@jest/globals';
import { assistantFleet, objectAt } from './support/assistant-fleet.ts';
import { CHAT } from './support/chat.ts';

describe('a chat, from its export to an answer', () => {
  test('passes every stage of the pipeline, and is remembered', async () => {
    const { fleet, importFile } = await assistantFleet();
    const run = await importFile('WhatsApp Chat with Choir.txt', CHAT);

    expect(run.error).toBeUndefined();
    expect(run.status).toBe('completed');
    expect(Object.values(run.tasks).map(({ id, agent }) => [id, agent])).toEqual([
      ['harvest', 'assistant-memory-harvester'],
      ['analyze', 'assistant-pattern-analyzer'],
      ['map', 'assistant-relationship-mapper'],
      ['guard', 'assistant-privacy-guardian'],
      ['insights', expect.stringMatching(/^assistant-insight-generator/u)],
      ['release', 'assistant-privacy-guardian'],
    ]);
    expect(objectAt(run.result, 'release', 'document', 'harvested')).toMatchObject({
      type: 'batch_processed',
      format: 'whatsapp',
      processed_memories: 13,
      duplicates: 0,
      refused_count: 0,
    });
    expect(fleet.events.length).toBeGreaterThan(0);
  });

  test('is answered from with the memory that says it', async () => {
    const { importFile, ask } = await assistantFleet();
    await importFile('WhatsApp Chat with Choir.txt', CHAT);
    const answer = await ask('When does the ferry to Berlenga leave?');

    expect(answer).toMatchObject({
      known: true,
      citations: [
        {
          n: 1,
          speaker: 'Ada Lovelace',
          quote: 'The ferry to Berlenga leaves at 9:30 from pier 4.',
          conversation: 'Choir',
        },
      ],
    });
    expect(answer.answer).toContain('9:30');
  });

  test('is not answered from what it does not tell', async () => {
    const { importFile, ask } = await assistantFleet();
    await importFile('WhatsApp Chat with Choir.txt', CHAT);

    expect(await ask('What is the name of the dentist in Coimbra?')).toMatchObject({ known: false, citations: [] });
  });
});
