import { readFile } from 'node:fs/promises';
import * as z from 'zod';

const Turn = z.object({
  speaker: z.string(),
  dia_id: z.string(),
  text: z.string(),
  /** What a picture shows that was sent along. */
  blip_caption: z.string().optional(),
});
const Question = z.object({
  question: z.coerce.string(),
  evidence: z.array(z.string()).default([]),
  category: z.number().int(),
});
const Sample = z.object({
  sample_id: z.string().default(''),
  qa: z.array(Question),
  conversation: z.record(z.string(), z.unknown()),
});
/** A file of conversations in LoCoMo's format (Maharana et al. 2024). */
const File = z.union([z.array(Sample), Sample.transform((sample) => [sample])]);

export interface Conversation {
  readonly turns: ReadonlyArray<{ id: string; speaker: string; text: string; session: string; at: number }>;
  readonly questions: ReadonlyArray<{ text: string; category: number; evidence: ReadonlySet<string> }>;
}

/** @throws Error naming what is wrong with the file */
export async function readLocomo(path: string): Promise<Conversation[]> {
  return File.parse(JSON.parse(await readFile(path, 'utf8'))).map(({ conversation, qa }) => ({
    turns: sessionsOf(conversation).flatMap(({ name, at, turns }) =>
      turns.map(({ dia_id: id, speaker, text, blip_caption }) => ({
        ...{ id, speaker, at, session: name },
        text: blip_caption === undefined ? text : `${text} ${blip_caption}`,
      })),
    ),
    questions: qa.flatMap(({ question, category, evidence }) => {
      const ids = new Set(evidence.flatMap(dialogIds));
      return ids.size === 0 ? [] : [{ text: question, category, evidence: ids }];
    }),
  }));
}

/** Some are written "D8:6; D9:17"; one that can not be read stays a turn that nobody finds. */
const dialogIds = (evidence: string): string[] => evidence.match(/D\d+:\d+/g) ?? [evidence];

function sessionsOf(conversation: Readonly<Record<string, unknown>>) {
  return Object.keys(conversation)
    .flatMap((key) => /^session_(\d+)$/.exec(key)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
    .map((number) => ({
      name: `session_${number}`,
      at: timeOf(z.string().parse(conversation[`session_${number}_date_time`])),
      turns: z.array(Turn).parse(conversation[`session_${number}`]),
    }));
}

/** "1:56 pm on 8 May, 2023" */
function timeOf(text: string): number {
  const [, hour, minute, half = '', day, month, year] =
    /(\d+):(\d+) (am|pm) on (\d+) (\w+),? (\d{4})/i.exec(text) ?? [];
  const date = Date.parse(`${day} ${month} ${year} UTC`);
  if (Number.isNaN(date)) throw new Error(`"${text}" is not the time of a session`);
  const hours = (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  return date + (hours * 60 + Number(minute)) * 60_000;
}
