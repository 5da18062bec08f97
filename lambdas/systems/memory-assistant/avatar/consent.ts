import * as z from 'zod';
import { asJson } from '../../../contracts/json.ts';
import { MEMORY_LIMITS } from '../../../contracts/memory.ts';
import type { Memory } from '../../../runtime/memory.ts';
import { POOLS } from '../pools.ts';
import { ALL_TIME, readStretch } from '../read-stretch.ts';
import { Style } from './style.ts';

const ConsentData = z.object({
  kind: z.literal('consent'),
  given: z.boolean(),
  by: z.string(),
  until: z.number().nullable(),
});
const AvatarData = z.object({ kind: z.literal('avatar'), style: Style });
const GROUPS = { consent: 'avatars/consent', avatar: 'avatars/style' } as const;

type Reads = Pick<Memory, 'recall'>;

const entriesIn = async (memory: Reads, group: string, person: string) =>
  (await memory.recall({ text: person, pools: [POOLS.avatars], group, limit: 50, subject: person })).entries;

/** What somebody has last said of it; undefined: nothing, or it is over. Silence is no consent. */
export async function consentOf(memory: Reads, person: string, now: number): Promise<boolean> {
  const [latest] = (await entriesIn(memory, GROUPS.consent, person)).sort((a, b) => b.recorded_at - a.recorded_at);
  const consent = ConsentData.safeParse(latest?.data).data;
  return consent?.given === true && (consent.until === null || consent.until > now);
}

/** Notes it. Taking it back forgets what was learned. @returns how many styles were forgotten */
export async function recordConsent(
  memory: Pick<Memory, 'recall' | 'remember' | 'forget'>,
  { person, given, by, until }: { person: string; given: boolean; by: string; until?: number | undefined },
): Promise<number> {
  const before = await entriesIn(memory, GROUPS.consent, person);
  await memory.remember(
    {
      ...{
        text: `${person} ${given ? 'agrees' : 'does not agree'} to be imitated, says ${by}`,
        subject: person,
        group: GROUPS.consent,
      },
      data: asJson({ kind: 'consent', given, by, until: until ?? null }),
      links: before.slice(0, 20).map(({ id }) => ({ kind: 'supersedes' as const, to: id })),
    },
    { pool: POOLS.avatars },
  );
  if (given) return 0;
  const styles = await entriesIn(memory, GROUPS.avatar, person);
  return memory.forget(
    styles.map(({ id }) => id),
    { pool: POOLS.avatars },
  );
}

/** Keeps a style in place of the one before. */
export async function keepStyle(memory: Pick<Memory, 'recall' | 'remember' | 'forget'>, style: Style): Promise<void> {
  const before = await entriesIn(memory, GROUPS.avatar, style.person);
  await memory.remember(
    {
      ...{ text: `How ${style.person} writes`, subject: style.person, group: GROUPS.avatar },
      data: asJson({ kind: 'avatar', style }),
    },
    { pool: POOLS.avatars },
  );
  await memory.forget(
    before.map(({ id }) => id),
    { pool: POOLS.avatars },
  );
}

/** The styles of all who agree by now. Of whoever does not any more, because their consent has run out, they are forgotten. */
export async function knownStyles(memory: Pick<Memory, 'recall' | 'forget'>, now: number): Promise<Style[]> {
  const agreed: Style[] = [];
  const lapsed: string[] = [];
  for (const { id, data } of await readStretch(memory, { pool: POOLS.avatars, group: GROUPS.avatar, ...ALL_TIME })) {
    const style = AvatarData.safeParse(data).data?.style;
    if (style && (await consentOf(memory, style.person, now))) agreed.push(style);
    else lapsed.push(id);
  }
  if (lapsed.length > 0) await memory.forget(lapsed.slice(0, MEMORY_LIMITS.entriesAtOnce), { pool: POOLS.avatars });
  return agreed;
}
