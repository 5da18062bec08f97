import * as z from 'zod';
import type { RawMemory } from '../../messages.ts';
import type { ParsedExport } from '../parsed-export.ts';

const Profile = z.looseObject({ real_name: z.string().optional(), display_name: z.string().optional() });
/** A message of Slack's export: a file per channel and day. */
const SlackMessage = z.looseObject({
  type: z.literal('message'),
  subtype: z.string().optional(),
  user: z.string().optional(),
  username: z.string().optional(),
  user_profile: Profile.optional(),
  text: z.string(),
  ts: z.string().regex(/^\d+(\.\d+)?$/),
});

const MENTION = /<@(U[A-Z0-9]+)(?:\|([^>]*))?>/gu;
const LINK = /<((?:https?|mailto):[^|>]+)(?:\|([^>]*))?>/gu;
const CHANNEL = /<[#!]([^|>]*)(?:\|([^>]*))?>/gu;
/** Slack says these of people; nobody has said them. */
const SAID_BY_SLACK = /^(channel_|group_|bot_|pinned_item|reminder_add|huddle_)/u;

export const isSlack = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.length > 0 && value.some((one) => SlackMessage.safeParse(one).success);

/** Lists that lie beside the messages of an export, and hold none. */
export const SLACK_LISTS =
  /(?:^|[\\/])(?:users|channels|groups|dms|mpims|integration_logs|canvases|lists|file_conversations|huddle_transcripts)\.json$/iu;
const SlackUser = z.looseObject({
  id: z.string().regex(/^[UW][A-Z0-9]+$/u),
  name: z.string().optional(),
  real_name: z.string().optional(),
  profile: Profile.optional(),
});

/** Names by ids, as `users.json` of an export has them. */
export function slackPeople(value: unknown): Map<string, string> {
  const names = new Map<string, string>();
  for (const item of Array.isArray(value) ? value : []) {
    const user = SlackUser.safeParse(item).data;
    const name = user?.real_name || user?.profile?.real_name || user?.profile?.display_name || user?.name;
    if (user !== undefined && name) names.set(user.id, name);
  }
  return names;
}

/**
 * Messages of Slack's export. Ids of users become names wherever the file tells them.
 * @param people by their ids, as other files of the export tell them
 */
export function parseSlack(
  list: readonly unknown[],
  conversation: string,
  people: ReadonlyMap<string, string> = new Map(),
): ParsedExport {
  const names = new Map([...people, ...namesIn(list)]);
  const memories: RawMemory[] = [];
  const refused: ParsedExport['refused'][number][] = [];
  let system = 0;
  for (const [place, item] of list.entries()) {
    const parsed = SlackMessage.safeParse(item);
    if (!parsed.success) {
      refused.push({ where: `message ${place + 1}`, reason: 'not a message of Slack: it needs type, text and ts' });
      continue;
    }
    const { user, username, text, ts, subtype } = parsed.data;
    if (subtype !== undefined && SAID_BY_SLACK.test(subtype)) {
      system += 1;
      continue;
    }
    const speaker = (user === undefined ? username : names.get(user)) ?? username ?? user;
    const at = Math.round(Number(ts) * 1_000);
    memories.push({ text: plain(text, names), at, conversation, ...(speaker !== undefined && { speaker }) });
  }
  const notes = system > 0 ? [`${system} lines that nobody has said were left out`] : [];
  return { format: 'slack', memories, refused, notes };
}

function namesIn(list: readonly unknown[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const item of list) {
    const { user, user_profile: profile } = SlackMessage.safeParse(item).data ?? {};
    const name = profile?.real_name || profile?.display_name;
    if (user !== undefined && name) names.set(user, name);
  }
  return names;
}

const plain = (text: string, names: ReadonlyMap<string, string>): string =>
  text
    .replaceAll(MENTION, (_, id: string, label?: string) => `@${names.get(id) ?? label ?? id}`)
    .replaceAll(LINK, (_, url: string, label?: string) => (label ? `${label} (${url})` : url))
    .replaceAll(CHANNEL, (_, id: string, label?: string) => `#${label || id}`)
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
