import * as z from 'zod';
import type { Header } from '../../../../../lambdas/contracts/envelope.ts';
import type { Json } from '../../../../../lambdas/contracts/json.ts';
import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';
import { encodeMessage } from '../../../../../lambdas/runtime/message-codec.ts';
import type { TestFleet } from '../../../../../lambdas/testing/test-fleet.ts';

export const clerk = defineManifest({
  name: 'ledger-clerk',
  description: 'Books what others have agreed on',
  errorImpact: 'Entries of the ledger are late; the accountant on duty sees it.',
  confidential: true,
  channels: { publishes: ['channel.ledger.entry'], confidential: ['channel.ledger.entry'] },
  capabilities: {
    'ledger.book': { description: 'Books an entry', input: z.object({ iban: z.string() }), output: z.null() },
  },
});

export async function reportOf(fleet: TestFleet, header: Header, payload: Json): Promise<string> {
  const { world, securityOf } = fleet.platform;
  return encodeMessage({ header, payload }, { ...world, messageSecurity: securityOf(header.sender) });
}
