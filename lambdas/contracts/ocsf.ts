import * as z from 'zod';

const User = z.object({ name: z.string(), org: z.object({ uid: z.string() }).optional() });
const Endpoint = z.object({ ip: z.string() });

/** A security event in the Open Cybersecurity Schema Framework, as far as Muster fills it in. */
export const OcsfEvent = z.object({
  category_uid: z.number().int(),
  category_name: z.string(),
  class_uid: z.number().int().describe('3002 Authentication, 6003 API Activity, 2004 Detection Finding'),
  class_name: z.string(),
  activity_id: z.number().int(),
  type_uid: z.number().int().describe('class_uid × 100 + activity_id'),
  severity_id: z.number().int().min(1).max(6),
  time: z.number().int().describe('ms'),
  message: z.string(),
  status_id: z.number().int().describe('1 success, 2 failure'),
  status_code: z.string().optional(),
  metadata: z.object({
    version: z.string(),
    uid: z.string(),
    product: z.object({ name: z.string(), vendor_name: z.string() }),
    event_code: z.string().describe('The kind, as contracts/security-events.ts names it'),
    tenant_uid: z.string().optional(),
    correlation_uid: z.string().optional(),
  }),
  user: User.optional(),
  actor: z.object({ user: User }).optional(),
  api: z.object({ operation: z.string() }).optional(),
  src_endpoint: Endpoint.optional(),
  finding_info: z
    .object({ uid: z.string(), title: z.string(), desc: z.string(), types: z.array(z.string()) })
    .optional(),
  resources: z.array(z.object({ name: z.string(), type: z.string() })).optional(),
});
export type OcsfEvent = z.infer<typeof OcsfEvent>;
