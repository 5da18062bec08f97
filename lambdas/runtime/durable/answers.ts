import * as z from 'zod';
import { TaskId } from '../../contracts/names.ts';
import { Answer } from '../../contracts/task-assignment.ts';
import type { Attempt } from '../open-abilities.ts';

const Answers = z.record(TaskId, Answer);

/** What became of the tasks that were delegated before, by their keys. */
export interface KnownAnswers {
  get(key: string): Answer | undefined;
  /** A key that was delegated at this place. */
  anyAt(place: string): string | undefined;
}

/** Opened when they are first asked for. */
export function answersOf(attempt: Attempt): () => Promise<KnownAnswers> {
  let opened: Promise<KnownAnswers> | undefined;
  return () => {
    opened ??= open(attempt);
    return opened;
  };
}

async function open({ answers = {}, answers_ref: ref, blobs }: Attempt): Promise<KnownAnswers> {
  const known = new Map(Object.entries(ref ? Answers.parse(await blobs.get(ref)) : answers));
  const places = new Map([...known.keys()].map((key) => [placeOf(key), key]));
  return { get: (key) => known.get(key), anyAt: (place) => places.get(place) };
}

/** A key begins with its place, which ends before "-" or ".". */
const placeOf = (key: string): string => /^[^-.]*/.exec(key)?.[0] ?? '';
