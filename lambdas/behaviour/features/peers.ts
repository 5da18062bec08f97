import type { Finding } from '../../contracts/behaviour.ts';
import { countSurprise, togetherSurprise } from '../tails.ts';
import { type Case, type Judge, listed, spoken } from './judge.ts';
import { LEARNED_HOURS } from './volume.ts';

/** What is assumed of acquaintances before any was made. */
const PRIOR = { peers: 0.3, days: 3, messages: 10, met: 2 } as const;
/** New ones rarely come alone: the smaller, the more often several at once are put up with. */
const SHAPE = 1.5;

/** Speaks to those it has never spoken to, more of them in a day than it ever meets, or at length. */
export const judgePeers: Judge = (of): Finding | undefined => {
  const { baseline, span, changed, metToday } = of;
  if (span !== 'hour' || changed || baseline.hours < LEARNED_HOURS) return undefined;
  const strangers = strangersOf(of);
  if (strangers.length === 0) return undefined;
  const { met } = baseline;
  const seen = new Set([...metToday.keys(), ...strangers]).size;
  const messages = [...metToday.values(), ...strangers.map((peer) => of.tally.peers.get(peer) ?? 0)].reduce(
    (a, b) => a + b,
  );
  const perDay = (met.peers + PRIOR.peers) / (met.days + PRIOR.days);
  const each = (met.messages + PRIOR.messages) / (met.peers + PRIOR.met);
  const many = countSurprise(seen, perDay, SHAPE);
  const surprise = Math.max(many, togetherSurprise([many, countSurprise(messages, seen * each, seen)]));
  const why = `${seen} new today that it had never spoken to, with ${messages} messages: ${listed(strangers)}; it meets ${spoken(perDay)} a day`;
  return { feature: 'peers', span: 'day', surprise, expected: perDay, seen, why: why.slice(0, 500) };
};

/** Peers of this span that it did not know, and that others did. */
export function strangersOf({ tally, baseline, young }: Pick<Case, 'tally' | 'baseline' | 'young'>): string[] {
  return [...tally.peers.keys()].filter((peer) => !baseline.peers.has(peer) && !young.has(peer));
}
