import { parentPort, workerData } from 'node:worker_threads';
import { type CampaignOptions, campaign } from './campaign.ts';

Error.stackTraceLimit = 0;

const options: CampaignOptions = workerData;
parentPort?.postMessage(await campaign(options));
