import type { Json, JsonObject } from '../../lambdas/contracts/json.ts';
import { answerText, importText } from '../views/assistant.ts';
import { CALENDAR, CHAT, NOTES } from './assistant-files.ts';
import type { Demo, DemoStage } from './demo.ts';

const QUESTIONS = [
  'When does the ferry to Berlenga leave?',
  "When is Carla's birthday?",
  'Where does Ben live?',
  'What is the number of the card for the choir fee?',
  'What did the dentist in Coimbra say?',
] as const;

/** A chat, a calendar and notes, from their import to answers, with all that happens on the way. */
export const demo: Demo = {
  name: 'assistant',
  system: 'assistant',
  description: 'six agents and an orchestrator remember a chat, a calendar and notes, and answer from them',
  async play(stage) {
    for (const [name, content] of [
      ['WhatsApp Chat with Choir.txt', CHAT],
      ['Calendar.ics', CALENDAR],
      ['notes.md', NOTES],
    ] as const) {
      stage.heading(`pipeline: ${name} → harvester → analyzer → mapper → guardian → insights`);
      const key = `imports/demo/${name}`;
      await stage.bucket('assistant-data').write(key, content);
      const result = await resultOf(stage, 'assistant.import', {
        batch: { file: { key, name, time_zone: 'Europe/Lisbon' } },
      });
      if (result === undefined) return false;
      stage.say(importText(result));
    }
    stage.heading('broadcast: one more memory, and all who make something of it hear it');
    await resultOf(stage, 'assistant.remember', {
      memory: {
        text: 'My birthday is on 15 June',
        speaker: 'Carla Sousa',
        at: '2026-06-02T09:00:00Z',
        conversation: 'Choir',
      },
    });
    stage.heading('consensus: is it worth keeping close at hand?');
    const vote = await resultOf(stage, 'assistant.collaborate', {
      memory: { text: 'Choir practice moves to Friday at 8:00', speaker: 'Ada Lovelace' },
    });
    stage.say(JSON.stringify(vote));
    stage.heading('decomposition: the chat month by month');
    const review = await resultOf(stage, 'assistant.review', {
      ...{ conversation: 'Choir', since: Date.parse('2026-05-01'), until: Date.parse('2026-07-01') },
    });
    stage.say(JSON.stringify(documentOf(review), undefined, 2));
    stage.heading('relationships: who leads from Ada to Carla?');
    stage.say(
      JSON.stringify(documentOf(await resultOf(stage, 'assistant.relationships', { person: 'Ada', to: 'Carla' }))),
    );
    let answered = 0;
    for (const question of QUESTIONS) {
      stage.heading(question);
      const result = await resultOf(stage, 'assistant.ask', { question, asker: 'demo' });
      if (result === undefined) return false;
      stage.say(answerText(result));
      answered += 1;
    }
    stage.heading('feedback: from a hundred scores on, agents adapt');
    stage.say(
      JSON.stringify(
        await resultOf(stage, 'assistant.feedback', { feedback: { performance_score: 0.9, variant: 'a' } }),
      ),
    );
    return answered === QUESTIONS.length;
  },
};

async function resultOf(stage: DemoStage, workflow: string, input: JsonObject): Promise<Json | undefined> {
  const { result, error } = await stage.run(workflow, input);
  if (error !== undefined) stage.say(error);
  return result;
}

const documentOf = (result: Json | undefined): Json =>
  typeof result === 'object' && result !== null && !Array.isArray(result) ? (result.document ?? null) : null;
