import type { System } from '../../contracts/system.ts';
import { manifest as avatarTrainer } from './agents/avatar-trainer/manifest.ts';
import { manifest as insightGenerator } from './agents/insight-generator/manifest.ts';
import { manifest as insightGeneratorB } from './agents/insight-generator-b/manifest.ts';
import { manifest as memoryHarvester } from './agents/memory-harvester/manifest.ts';
import { manifest as orchestrator } from './agents/orchestrator/manifest.ts';
import { manifest as patternAnalyzer } from './agents/pattern-analyzer/manifest.ts';
import { manifest as privacyGuardian } from './agents/privacy-guardian/manifest.ts';
import { manifest as relationshipMapper } from './agents/relationship-mapper/manifest.ts';
import { memoryProcessed } from './channels.ts';
import { ask } from './workflows/ask.ts';
import { collaborate } from './workflows/collaborate.ts';
import { importMemories } from './workflows/import.ts';
import { remember } from './workflows/remember.ts';
import { review } from './workflows/review.ts';
import { singleSteps } from './workflows/single-steps.ts';

/** Agents that remember what their owner imports, and answer from it. */
export const ASSISTANT: System = {
  name: 'assistant',
  folder: 'lambdas/systems/memory-assistant',
  agents: [
    ...[orchestrator, memoryHarvester, patternAnalyzer, relationshipMapper, avatarTrainer, privacyGuardian],
    ...[insightGenerator, insightGeneratorB],
  ],
  workflows: [importMemories, ask, remember, collaborate, review, ...singleSteps],
  channels: [memoryProcessed],
};
