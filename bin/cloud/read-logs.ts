import { FilterLogEventsCommand, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import { logGroupsOf } from './log-groups.ts';
import type { Session } from './session.ts';

export interface LogLine {
  readonly at: number;
  readonly group: string;
  readonly message: string;
}

const PAGES_PER_GROUP = 20;

/** The lines of all the deployment's functions since `since` that contain `text`, in order of time. */
export async function readLogs(session: Session, text: string, since: number): Promise<LogLine[]> {
  const groups = await logGroupsOf(session.target);
  const lines = await Promise.all(groups.map((group) => linesOf(session, group, text, since)));
  return lines.flat().sort((a, b) => a.at - b.at);
}

async function linesOf(session: Session, group: string, text: string, since: number): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  let token: string | undefined;
  try {
    for (let page = 0; page < PAGES_PER_GROUP; page += 1) {
      const answer = await session.aws.logs.send(
        new FilterLogEventsCommand({
          logGroupName: group,
          startTime: since,
          filterPattern: `"${text}"`,
          ...(token && { nextToken: token }),
        }),
      );
      for (const { timestamp = 0, message = '' } of answer.events ?? [])
        if (message.includes(text)) lines.push({ at: timestamp, group, message: message.trimEnd() });
      token = answer.nextToken;
      if (!token) break;
    }
  } catch (error) {
    // a function that was never called has no log group yet
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  return lines;
}
