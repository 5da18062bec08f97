import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { Session } from './session.ts';

const Policy = z.object({ deadLetterTargetArn: z.string() });

/** The name of the queue that takes what this one gives up on; undefined when it has none. */
export async function deadLettersOf({ aws }: Pick<Session, 'aws'>, queueUrl: string): Promise<string | undefined> {
  const asked = { QueueUrl: queueUrl, AttributeNames: ['RedrivePolicy' as const] };
  const { Attributes } = await aws.sqs.send(new GetQueueAttributesCommand(asked));
  const policy = Attributes?.RedrivePolicy;
  return policy === undefined ? undefined : Policy.parse(JSON.parse(policy)).deadLetterTargetArn.split(':').at(-1);
}
