import * as z from 'zod';

/** A channel name, as in the seed documents: it is the `detail-type` on the bus. */
export const ChannelName = z
  .string()
  .regex(/^channel\.[a-z0-9_]+(\.[a-z0-9_]+)*$/, 'a channel is named like "channel.data_analysis.request"');

/** What travels on a channel. Who may publish and who listens stands in the agents' manifests. */
export interface Channel {
  readonly name: string;
  readonly description: string;
  readonly schema: z.ZodType;
}

/** @throws z.ZodError when the name is not a channel's */
export function defineChannel(channel: Channel): Channel {
  ChannelName.parse(channel.name);
  return channel;
}
