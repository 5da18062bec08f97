import * as z from 'zod';
import { JsonObject } from '../../../contracts/json.ts';
import { changeRecord, type Records } from './store.ts';

/** What an outsider has said of an engagement or a booking. */
const Word = z.object({ message_id: z.string(), correlation_id: z.string(), payload: JsonObject });
export type Word = z.infer<typeof Word>;

/** All that was said of one of them while its run was there to read it. */
const Words = z.object({
  words: z.array(Word.extend({ read: z.boolean() })),
  closed: z.boolean().describe('The run reads no more: what is said from now on is late'),
});
export const WORDS = { prefix: 'words', schema: Words } as const;

/** Nobody has more to say of one visit; whoever goes on is no customer. */
const MOST_WORDS = 20;
type Changing = Pick<Records, 'readVersion' | 'replace'>;

/**
 * Keeps a word until its run has read it. Keeping and {@link closeWords} exclude each other: a word is either among those that
 * closing finds, or it is told to be late. The same word again is kept once.
 * @returns `kept`: the run will read it · `read`: it has · `late`: nobody will · `full`: there are too many that nobody has read
 */
export function keepWord(records: Changing, id: string, word: Word): Promise<'kept' | 'read' | 'late' | 'full'> {
  return changeRecord(records, WORDS, id, (known = { words: [], closed: false }) => {
    const before = known.words.find(({ message_id }) => message_id === word.message_id);
    if (before?.read) return { answer: 'read' };
    if (known.closed) return { answer: 'late' };
    if (before) return { answer: 'kept' };
    if (known.words.length >= MOST_WORDS) return { answer: 'full' };
    return { next: { ...known, words: [...known.words, { ...word, read: false }] }, answer: 'kept' };
  });
}

/** The run has read it. */
export function wordRead(records: Changing, id: string, messageId: string): Promise<null> {
  return changeRecord(records, WORDS, id, (known) => {
    if (!known?.words.some(({ message_id, read }) => message_id === messageId && !read)) return { answer: null };
    const words = known.words.map((word) => (word.message_id === messageId ? { ...word, read: true } : word));
    return { next: { ...known, words }, answer: null };
  });
}

/** The run reads no more. @returns what it has not read; the same again when it is asked again */
export function closeWords(records: Changing, id: string): Promise<Word[]> {
  return changeRecord(records, WORDS, id, (known = { words: [], closed: false }) => {
    const unread = known.words.flatMap(({ read, ...word }) => (read ? [] : [word]));
    return { ...(!known.closed && { next: { ...known, closed: true } }), answer: unread };
  });
}
