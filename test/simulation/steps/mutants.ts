import type { Mutant } from '../planted/mutant.ts';
import { TOOL_MUTANTS } from './tool-mutants.ts';

/** A bug of one line in what steps stand on. */
export type StepsMutant = Pick<Mutant, 'id' | 'file' | 'find' | 'replace' | 'why'>;

export const STEPS_MUTANTS: readonly StepsMutant[] = [
  {
    id: 'redelivery-reads-nothing',
    file: 'runtime/agent-context.ts',
    find: 'isFirst: attempt === 1 && record.receiveCount === 1,',
    replace: 'isFirst: attempt === 1,',
    why: 'after a crash the first attempt does its steps again',
  },
  {
    id: 'retry-reads-nothing',
    file: 'runtime/agent-context.ts',
    find: 'isFirst: attempt === 1 && record.receiveCount === 1,',
    replace: 'isFirst: record.receiveCount === 1,',
    why: 'a later attempt does the steps of the earlier ones again',
  },
  {
    id: 'record-not-awaited',
    file: 'runtime/durable/steps.ts',
    find: 'const record = await log.append({ place: place.name, kind, name }, outcome);',
    replace:
      'const record = undefined; void log.append({ place: place.name, kind, name }, outcome); await Promise.resolve();',
    why: 'the handler goes on before its step is on record',
  },
  {
    id: 'failures-not-recorded',
    file: 'runtime/durable/steps.ts',
    find: 'if (isFinal(error)) return { error: error.toReport() };',
    replace: '',
    why: 'what can not be helped ends the attempt instead of being told',
  },
  {
    id: 'passing-failure-recorded',
    file: 'runtime/durable/errors.ts',
    find: "error instanceof MusterError && (error.class === 'data' || error.class === 'non_recoverable');",
    replace: 'error instanceof MusterError;',
    why: 'a failure that would have passed is remembered for ever',
  },
  {
    id: 'gaps-left-open',
    file: 'runtime/durable/step-log.ts',
    find: 'for (const position of gaps) await close(position);',
    replace: '',
    why: 'a write that comes late changes the order in which others were told',
  },
  {
    id: 'refused-write-taken-for-made',
    file: 'runtime/durable/step-log.ts',
    find: 'if (await persistent(() => ledger.append(task, record, keepUntil))) note(record);\n      // Who',
    replace: 'await persistent(() => ledger.append(task, record, keepUntil)); note(record);\n      // Who',
    why: 'two deliveries believe in different records',
  },
  {
    id: 'joined-reading-trusted',
    file: 'runtime/durable/step-log.ts',
    find: 'while (!positions.has(record.position)) await (catching ?? catchUp());',
    replace: 'if (!positions.has(record.position)) await (catching ?? catchUp());',
    why: 'a reading that began too early leaves a position unknown, and the handler waits for ever',
  },
  {
    id: 'lower-positions-not-awaited',
    file: 'runtime/durable/step-log.ts',
    find: 'await Promise.all(before);',
    replace: '',
    why: 'an operation inside of another is told what a record before it says otherwise',
  },
  {
    id: 'last-record-counts',
    file: 'runtime/durable/step-log.ts',
    find: 'if (!known || position < known.position) places.set(place, record);',
    replace: 'if (!known || position > known.position) places.set(place, record);',
    why: 'the second record of a place counts for those who read it',
  },
  {
    id: 'told-as-they-end',
    file: 'runtime/durable/turns.ts',
    find: '(log.of(place)?.position ?? position) < position',
    replace: '(log.of(place)?.position ?? position) < Number.POSITIVE_INFINITY',
    why: 'parallel chains get other numbers when they run again',
  },
  {
    id: 'answers-unmarked',
    file: 'runtime/durable/turns.ts',
    find: 'if (isAlone || answers.length === 0) return together(answers);',
    replace: 'if (isAlone || answers.length >= 0) return together(answers);',
    why: 'whether an answer or an operation that was open came first is forgotten',
  },
  {
    id: 'marked-answers-told-late',
    file: 'runtime/durable/turns.ts',
    find: 'if (turns.length > 0) return together(turns);',
    replace: '',
    why: 'answers that came first are told last when the handler runs again',
  },
  {
    id: 'records-ahead-awaited',
    file: 'runtime/durable/turns.ts',
    find: "return turn ?? (isAhead(place) ? together(inOrder('answer')) : undefined);",
    replace: 'return turn;',
    why: 'the handler waits for what it only comes by after it has been told an answer',
  },
  {
    id: 'overtaken-work-awaited',
    file: 'runtime/durable/steps.ts',
    find: 'const outcome = await Promise.race([outcomeOf(place, name, work), log.elsewhere(place.name)]);',
    replace: 'const outcome = await outcomeOf(place, name, work);',
    why: 'a delivery waits for an answer that another has got and recorded long since',
  },
  {
    id: 'inner-places-without-name',
    file: 'runtime/durable/places.ts',
    find: 'digest(label)',
    replace: "digest('')",
    why: 'operations inside of others take each other for themselves',
  },
  {
    id: 'several-told-at-once',
    file: 'runtime/durable/course.ts',
    find: 'await atRest();\n',
    replace: '',
    why: 'what a handler begins after one is told mixes with what it begins after the next',
  },
  ...TOOL_MUTANTS,
];
