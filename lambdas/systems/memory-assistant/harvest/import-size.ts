import { DataError } from '../../../contracts/errors.ts';
import type { ExportFormat } from '../messages.ts';
import { DATED } from './formats/whatsapp.ts';

/** What one import may bring: what comes of more is neither written nor read in the time that there is. */
export const IMPORT_LIMITS = { memories: 100_000, conversations: 1_000, jsonSigns: 3_000_000 } as const;

/** What begins a memory, or takes as much room as one. Of JSON, its list is counted when it is there. */
const BEGINS: Readonly<Partial<Record<ExportFormat, RegExp>>> = {
  ...{ whatsapp: DATED, ics: /BEGIN:VEVENT/gu, markdown: /^.*\S/gmu, text: /\n{2,}/gu },
};

/** Counts what an import holds before it is taken apart, which takes many times the room of its text. */
export interface ImportSize {
  /** @throws DataError `import_too_large` */
  json(text: string): void;
  /** @throws DataError `import_too_large` */
  memories(format: ExportFormat, text: string, list: unknown): void;
}

export function importSize(): ImportSize {
  let [signs, memories] = [0, 0];
  return {
    json(text) {
      for (const _ of text.matchAll(/[{[,]/gu)) if (++signs > IMPORT_LIMITS.jsonSigns) throw tooMany();
    },
    memories(format, text, list) {
      memories += Array.isArray(list) ? list.length : 0;
      for (const _ of BEGINS[format] ? text.matchAll(BEGINS[format]) : [])
        if (++memories > IMPORT_LIMITS.memories) break;
      if (memories > IMPORT_LIMITS.memories) throw tooMany();
    },
  };
}

/** @throws DataError `import_too_large` */
export function checkConversations(memories: ReadonlyArray<{ readonly conversation?: string | undefined }>): void {
  if (new Set(memories.map(({ conversation }) => conversation)).size > IMPORT_LIMITS.conversations) throw tooMany();
}

const tooMany = (): DataError =>
  new DataError(
    'import_too_large',
    `these are more than ${IMPORT_LIMITS.memories} memories or ${IMPORT_LIMITS.conversations} conversations: import them in parts`,
  );
