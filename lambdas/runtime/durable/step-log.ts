import type { ResultValue } from '../../contracts/blob.ts';
import type { Json } from '../../contracts/json.ts';
import { LIMITS } from '../../contracts/limits.ts';
import type { Attempt } from '../open-abilities.ts';
import type { StepLedger, StepRecord } from '../ports.ts';
import type { Outcome } from './outcome.ts';

/** The kind of a record that says: here answers were told, at these places. */
export const MARK = 'answers';

/** What is on record of a task, by position and by place, as far as this attempt knows. */
export interface StepLog {
  /** Reads it when it is first asked for; never on the first delivery of a first attempt. */
  ready(): Promise<void>;
  at(position: number): StepRecord | undefined;
  /** What counts at this place: a later record of the same place is nobody's. */
  of(place: string): StepRecord | undefined;
  /** Resolves when another delivery turns out to have recorded this place. */
  elsewhere(place: string): Promise<void>;
  /**
   * Afterwards this place is on record: by this outcome, or by that of another delivery which was first.
   * @returns the record that was made, if one was
   */
  append(draft: Pick<StepRecord, 'place' | 'kind' | 'name'>, outcome: Outcome): Promise<StepRecord | undefined>;
  /** Tries to say at the next position that answers are told there; the log may have come to say something else. */
  mark(answers: string): Promise<void>;
}

/**
 * A journal: whoever writes takes the next position, and of two who want the same one, one gets it. The other reads what
 * it has missed and takes a later one. So all deliveries of a task, live or dead, agree on one order.
 */
export function createStepLog(ledger: StepLedger, attempt: Attempt): StepLog {
  const { manifest, runId, taskId, epoch, tenant, blobs, clock, keepUntil } = attempt;
  const task = `${manifest.name}#${runId}/${taskId}/${epoch}`;
  const positions = new Map<number, StepRecord>();
  const places = new Map<string, StepRecord>();
  const awaited = new Map<string, PromiseWithResolvers<void>>();
  /** Positions that writes of ours are on their way to; resolved when it is known what is there. */
  const taking = new Map<number, Promise<void>>();
  let last = 0;
  /** A reading under way: those who find out at the same time that they have missed something read once. */
  let catching: Promise<void> | undefined;
  let reading: Promise<void> | undefined = attempt.isFirst ? Promise.resolve() : undefined;

  function note(record: StepRecord): void {
    const { position, place } = record;
    if (positions.has(position)) return;
    positions.set(position, record);
    last = Math.max(last, position);
    if (place === '') return;
    const known = places.get(place);
    if (!known || position < known.position) places.set(place, record);
    awaited.get(place)?.resolve();
  }

  async function readAll(): Promise<void> {
    for (const record of await persistent(() => ledger.read(task))) note(record);
    const gaps = Array.from({ length: last }, (_, index) => index + 1).filter(
      (position) => !positions.has(position) && !taking.has(position),
    );
    for (const position of gaps) await close(position);
  }

  /** A crash left it open. If whoever was to write there is alive after all, it comes too late, or was just in time. */
  async function close(position: number): Promise<void> {
    const record = sign(position, 'void', '');
    if (await persistent(() => ledger.append(task, record, keepUntil))) note(record);
    else for (const known of await persistent(() => ledger.read(task))) note(known);
  }

  const sign = (position: number, kind: string, name: string): StepRecord => ({
    ...{ position, place: '', kind, name, outcome: { value: null }, at: clock.now(), attempt: attempt.attempt },
  });

  function catchUp(): Promise<void> {
    const again = readAll().finally(() => {
      if (catching === again) catching = undefined;
    });
    catching = again;
    return again;
  }

  async function write(draft: Omit<StepRecord, 'position'>): Promise<StepRecord | undefined> {
    while (!places.has(draft.place)) {
      const record = { ...draft, position: last + 1 };
      await take(record);
      if (positions.get(record.position) === record) return record;
    }
    return undefined;
  }

  /** Afterwards it is known what is at its position, and at all before. */
  async function take(record: StepRecord): Promise<void> {
    last = record.position;
    const before = [...taking.values()];
    const taken = send(record);
    taking.set(record.position, taken);
    await taken;
    // Somebody else's record of the same place may lie at a position that is still on its way.
    await Promise.all(before);
  }

  async function send(record: StepRecord): Promise<void> {
    try {
      if (await persistent(() => ledger.append(task, record, keepUntil))) note(record);
      // Who joins in a reading may have come too late for what is looked for.
      while (!positions.has(record.position)) await (catching ?? catchUp());
    } finally {
      taking.delete(record.position);
    }
  }

  return {
    ready() {
      reading ??= readAll();
      return reading;
    },
    at: (position) => positions.get(position),
    of: (place) => places.get(place),
    elsewhere(place) {
      const waiting = awaited.get(place) ?? Promise.withResolvers<void>();
      awaited.set(place, waiting);
      return waiting.promise;
    },
    mark: (answers) => take(sign(last + 1, MARK, answers)),
    append: async (draft, outcome) =>
      write({
        ...draft,
        ...{ at: clock.now(), attempt: attempt.attempt },
        outcome: 'error' in outcome ? outcome : await stored(outcome.value),
      }),
  };

  async function stored(value: Json): Promise<ResultValue> {
    const isSmall = JSON.stringify(value).length <= LIMITS.inlineResult;
    return isSmall ? { value } : { ref: await blobs.put(tenant, value) };
  }
}

/** Once more before it counts as failed: work is done by then, and a lost answer would have it done again. */
const persistent = <T>(call: () => Promise<T>): Promise<T> => call().catch(call);
