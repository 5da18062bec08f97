import { buckets, secrets } from '../../../../adapters/aws/agent-adapters.ts';
import { agentHandler } from '../../../../adapters/aws/agent-handler.ts';
import { createPublicFetch } from '../../../../adapters/tools/public-fetch.ts';
import { extractor } from './agent.ts';

const reaches = {
  public: createPublicFetch({ loopback: false }),
  private: createPublicFetch({ loopback: false, private: true }),
  here: createPublicFetch({ loopback: true }),
};

export const handler = agentHandler(
  extractor((reach) => reaches[reach]),
  { buckets, secrets },
);
