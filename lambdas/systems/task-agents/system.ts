import type { System } from '../../contracts/system.ts';
import { manifest as aggregator } from './agents/aggregator/manifest.ts';
import { manifest as classifier } from './agents/classifier/manifest.ts';
import { manifest as dataAnalyst } from './agents/data-analyst/manifest.ts';
import { manifest as deputy } from './agents/deputy/manifest.ts';
import { manifest as extractor } from './agents/extractor/manifest.ts';
import { manifest as planner } from './agents/planner/manifest.ts';
import { manifest as preprocessor } from './agents/preprocessor/manifest.ts';
import { manifest as researcher } from './agents/researcher/manifest.ts';
import { manifest as reviewer } from './agents/reviewer/manifest.ts';
import { manifest as statistician } from './agents/statistician/manifest.ts';
import { manifest as streamAnalyst } from './agents/stream-analyst/manifest.ts';
import { manifest as summarizer } from './agents/summarizer/manifest.ts';
import { manifest as supervisor } from './agents/supervisor/manifest.ts';
import { digest } from './workflows/digest.ts';
import { live } from './workflows/live.ts';
import { panorama } from './workflows/panorama.ts';
import { prepare } from './workflows/prepare.ts';
import { supervised } from './workflows/supervised.ts';
import { vote } from './workflows/vote.ts';

/** Agents that take tasks from anybody: read, sum up, sort, take out, look over, plan, analyse; alone or together. */
export const TASK_AGENTS: System = {
  name: 'task-agents',
  agents: [
    ...[preprocessor, summarizer, classifier, extractor, reviewer, statistician],
    ...[researcher, dataAnalyst, streamAnalyst, planner, supervisor, deputy, aggregator],
  ],
  workflows: [prepare, digest, panorama, supervised, vote, live],
  channels: [],
};
