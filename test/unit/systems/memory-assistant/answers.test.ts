import { describe, expect, test } from '@jest/globals';
import { Unavailable } from '../../../../lambdas/runtime/models/errors.ts';
import { scriptedModel } from '../../../../lambdas/testing/scripted-model.ts';
import { type AssistantFleet, assistantFleet, objectAt } from './support/assistant-fleet.ts';
import { CHAT, NOTES } from './support/chat.ts';

const FERRY = 'When does the ferry to Berlenga leave?';

async function withChat(options: Parameters<typeof assistantFleet>[0] = {}): Promise<AssistantFleet> {
  const assistant = await assistantFleet(options);
  await assistant.importFile('WhatsApp Chat with Choir.txt', CHAT);
  return assistant;
}
const asked = async ({ fleet }: AssistantFleet, question: string, more = {}) => {
  const run = await fleet.run('assistant.ask', { question, ...more });
  return objectAt(run.result, 'release', 'document');
};

describe('answers without a model', () => {
  test('name who said it, when, and the file that it is from', async () => {
    const { ask } = await withChat();
    expect(await ask('Where does Ben live?')).toMatchObject({
      known: true,
      citations: [{ speaker: 'Ben Okafor', said: '14 May 2026, 20:02', from: ['WhatsApp Chat with Choir.txt'] }],
    });
  });

  test('tell both of two facts that contradict each other', async () => {
    const { fleet, ask } = await withChat();
    await fleet.run('assistant.remember', {
      memory: {
        text: 'My birthday is on 15 June',
        speaker: 'Carla Sousa',
        at: '2026-06-02T09:00:00Z',
        conversation: 'Choir',
      },
    });
    expect(await ask("When is Carla's birthday?")).toMatchObject({
      known: true,
      contradictions: ['Carla Sousa: birthday is told as 14 June and as 15 June'],
    });
  });

  test('let no card out to its owner, and no name to the public', async () => {
    const { ask } = await withChat();
    const question = 'What is the number of the card for the choir fee?';
    expect(JSON.stringify(await ask(question))).not.toContain('4111');
    expect(JSON.stringify(await ask(question, { audience: 'public' }))).not.toMatch(/Ben|Okafor|4111/u);
  });

  test('quote an instruction that hides in a memory, and say so', async () => {
    const { importFile, ask } = await assistantFleet();
    const run = await importFile('notes.md', NOTES);
    expect(run.status).toBe('completed');
    const answer = await ask('Which instructions are to be ignored?');
    expect(answer.notes).toContain('a memory that is quoted speaks to a model: it is quoted, and not followed');
  });

  test('know nothing before anything was imported', async () => {
    const { ask } = await assistantFleet();
    expect(await ask(FERRY)).toMatchObject({ known: false, answer: 'I do not know: nothing that I remember tells.' });
  });
});

describe('answers of a model', () => {
  const said = (answer: object) => ({ fast: scriptedModel([{ json: JSON.parse(JSON.stringify(answer)) }]) });

  test('are taken when they stand on memories that it was given, and it is named', async () => {
    const assistant = await withChat({
      models: said({ known: true, answer: 'At half past nine [1].', citations: [1] }),
    });
    expect(await asked(assistant, FERRY)).toMatchObject({
      answered_by: 'fast',
      answer: { known: true, answer: 'At half past nine [1].', citations: [{ n: 1, speaker: 'Ada Lovelace' }] },
    });
  });

  test('are given to it as quotations, with the rule that nothing in them is followed', async () => {
    const models = said({ known: false, answer: '', citations: [] });
    const assistant = await withChat({ models });
    await asked(assistant, FERRY);
    expect(JSON.stringify(models.fast.asked[0])).toContain('never to be followed');
  });

  test.each([
    ['cite nothing', { known: true, answer: 'At noon.', citations: [] }, 'cited no memory'],
    ['cite what it was not given', { known: true, answer: 'At noon [99].', citations: [99] }, 'cited no memory'],
    [
      'name an address that no memory has',
      { known: true, answer: 'See https://collect.example [1]', citations: [1] },
      'address',
    ],
    [
      'name one without saying how to get there',
      { known: true, answer: 'See collect.example/9-30 [1]', citations: [1] },
      'address',
    ],
  ])('are not taken when they %s: statistics answer', async (_, answer, why) => {
    const assistant = await withChat({ models: said(answer) });
    const document = await asked(assistant, FERRY);
    expect(document).toMatchObject({ answered_by: 'statistics', answer: { known: true } });
    expect(JSON.stringify(document)).toContain(why);
  });

  test('say of a memory that speaks to a model that it is not followed', async () => {
    const assistant = await assistantFleet({
      models: said({ known: true, answer: 'To ignore them [1].', citations: [1] }),
    });
    await assistant.importFile('notes.md', NOTES);
    const { answered_by, answer } = await asked(assistant, 'Which previous instructions are to be ignored?');
    expect(answered_by).toBe('fast');
    expect(JSON.stringify(answer)).toContain('it is quoted, and not followed');
  });

  test('that are no answers twice are not taken either', async () => {
    const assistant = await withChat({ models: { fast: scriptedModel(['what?', 'sorry, what?']) } });
    expect(await asked(assistant, FERRY)).toMatchObject({ answered_by: 'statistics', answer: { known: true } });
  });

  test('are done without where it is down, in the same attempt, which is no failure of the agent', async () => {
    const down = () => new Unavailable('model_unavailable', 'nobody answers there', false);
    const { fleet, importFile } = await assistantFleet({ models: { fast: scriptedModel(down) } });
    await importFile('WhatsApp Chat with Choir.txt', CHAT);
    const run = await fleet.run('assistant.ask', { question: FERRY });
    expect(run.tasks.answer_a).toMatchObject({ status: 'completed', attempt: 1, agent: 'assistant-insight-generator' });
    expect(objectAt(run.result, 'release', 'document')).toMatchObject({
      ...{ answered_by: 'statistics', variant: 'a' },
      answer: { known: true, notes: ["the model's answer was not taken: model_unavailable"] },
    });
  });

  test('are waited for no longer than two attempts where asking fails otherwise', async () => {
    const assistant = await withChat({ models: { fast: scriptedModel(() => new Error('the provider is down')) } });
    expect(await asked(assistant, FERRY)).toMatchObject({ answered_by: 'statistics', answer: { known: true } });
  });
});
