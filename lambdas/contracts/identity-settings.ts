import * as z from 'zod';
import { Role } from './principal.ts';

/** Signatures of tokens that can be asked for. Never `none`, and nothing that is checked with the secret it was made with. */
export const TokenAlgorithm = z.enum(['ES256', 'EdDSA', 'RS256']);
export type TokenAlgorithm = z.infer<typeof TokenAlgorithm>;

/** Where a claim lies: its name, or the way to it through objects, such as ["realm_access", "roles"]. */
export const ClaimPath = z.union([z.string().min(1).max(256), z.array(z.string().min(1).max(128)).min(1).max(8)]);
export type ClaimPath = z.infer<typeof ClaimPath>;

const HOUR = 3_600;
/** Clocks of honest machines differ by no more. */
export const CLOCK_TOLERANCE_SECONDS = 60;
/** The `typ` of an access token (RFC 9068). */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

/** Whose tokens a deployment takes, and how it reads them. Made by lib from the configuration, read by lambdas/access. */
export const IdentitySettings = z.object({
  mode: z.enum(['embedded', 'oidc']),
  issuer: z.string().min(1).max(512),
  audience: z.array(z.string().min(1).max(512)).min(1).max(10).readonly(),
  algorithms: z.array(TokenAlgorithm).min(1).readonly(),
  tokenTypes: z
    .array(z.string().max(64))
    .min(1)
    .readonly()
    .default([ACCESS_TOKEN_TYPE])
    .describe('What `typ` may say; an empty text: it may be missing'),
  jwksUri: z.url().optional().describe('Where the issuer publishes its keys; not set: in the registry'),
  claims: z
    .object({ tenant: ClaimPath, roles: ClaimPath, audience: ClaimPath })
    .prefault({ tenant: 'tenant', roles: 'roles', audience: 'aud' }),
  roles: z.record(z.string().max(256), Role).optional().describe('Roles by what the issuer calls them; else by name'),
  maxTokenSeconds: z
    .number()
    .int()
    .min(60)
    .default(12 * HOUR)
    .describe('Older ones are refused, whatever they say'),
  platformTokens: z.boolean().default(true).describe('Whether a token may be of the tenant "*"'),
});
export type IdentitySettings = z.infer<typeof IdentitySettings>;

/** The issuer and the audience of a stage that names none. */
export const embeddedIssuer = (stage: string): string => `urn:muster:${stage}`;
export const embeddedAudience = (stage: string): string => `urn:muster:${stage}:api`;
