import type { Erasure, MemoryEntry, Recollection, Unlearned } from '../../lambdas/contracts/memory.ts';
import { table } from './text.ts';

const WIDTH = 100;
const moment = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
const short = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line;
};

export function foundTable({ entries, degraded }: Recollection): string {
  const rows = entries.map(({ id, score, pool, kind, at, text }) => [
    ...[id, score.toFixed(2), pool, kind, moment(at), short(text)],
  ]);
  const found = table(['entry', 'score', 'pool', 'kind', 'at', 'text'], rows);
  return degraded === undefined ? found : `${found}\n\nby words alone: the embedding service did not answer`;
}

export function entryText(entry: MemoryEntry & { readonly pool: string }): string {
  const { id, pool, kind, text, speaker, subject, confidence, at, valid_from, valid_until, outcomes } = entry;
  const { sources, links, superseded_by, summarizes, data } = entry;
  const validity = `${moment(valid_from)} to ${valid_until === undefined ? 'now' : moment(valid_until)}`;
  const lines: Array<readonly [string, string | undefined]> = [
    ['pool', pool],
    ['kind', summarizes === undefined ? kind : `${kind}, of ${summarizes} entries`],
    ['happened', moment(at)],
    ['valid', superseded_by === undefined ? validity : `${validity}, until ${superseded_by} took its place`],
    ['confidence', String(confidence)],
    ['speaker', speaker],
    ['person', subject],
    ['outcomes', outcomes && `${outcomes.successes} went well, ${outcomes.failures} did not`],
    ['links', links.length === 0 ? undefined : links.map(({ kind: how, to }) => `${how} ${to}`).join(', ')],
    ...sources.map(
      ({ run, task, agent, origin, at: told }) =>
        [
          'from',
          `${[run, task, agent, origin].filter((part) => part !== undefined).join(' · ')}, ${moment(told)}`,
        ] as const,
    ),
    ['data', data === undefined ? undefined : JSON.stringify(data)],
  ];
  const told = lines.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(12)}${value}`]));
  return [id, ...told, '', text].join('\n');
}

export function unlearnedText({ run, removed, changed, notes, pools }: Unlearned): string {
  if (removed + changed + notes === 0) return `nothing is remembered of ${run}`;
  const where = pools.length === 0 ? '' : `, in ${pools.join(', ')}`;
  return `unlearned ${run}: ${removed} entries are gone, ${changed} know less${where}; ${notes} notes are gone`;
}

export function erasureText(erasure: Erasure): string {
  const { subject, entries, pools, snapshots_rewritten, key_destroyed, left, mentions } = erasure;
  return [
    `${subject}: ${entries} entries erased${pools.length > 0 ? ` from ${pools.join(', ')}` : ''}`,
    `key            ${key_destroyed ? 'destroyed: no copy can be read any more' : 'there was none'}`,
    `snapshots      ${snapshots_rewritten} replaced`,
    `left           ${left === 0 ? 'nothing, as was looked up afterwards' : left}`,
    ...(mentions.length === 0
      ? []
      : [
          '',
          'entries of others that name this person, for you to look at:',
          ...mentions.map(({ pool, id }) => `  ${id}  ${pool}`),
        ]),
  ].join('\n');
}
