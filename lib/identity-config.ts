import * as z from 'zod';
import {
  ClaimPath,
  embeddedAudience,
  embeddedIssuer,
  IdentitySettings,
  TokenAlgorithm,
} from '../lambdas/contracts/identity-settings.ts';
import { Role } from '../lambdas/contracts/principal.ts';

const Name = z.string().min(1).max(512);
const Hours = z.number().positive().max(168, 'is at most a week: whoever lost a token is shut out by its end');

/** Muster issues the tokens itself: for this machine, and for a team that has no identity provider. */
const Embedded = z.strictObject({
  mode: z.literal('embedded'),
  /** Default: `urn:muster:<stage>`. */
  issuer: Name.optional(),
  /** Default: `urn:muster:<stage>:api`. */
  audience: Name.optional(),
  /** The longest that a token can last. */
  maxTokenHours: Hours.default(12),
  /** So old a key gets before another one signs. */
  rotateDays: z.number().positive().max(365).default(30),
});

/** Any OpenID provider, such as Cognito, Entra ID, Okta, Auth0 or Keycloak. */
const Oidc = z.strictObject({
  mode: z.literal('oidc'),
  /** The `iss` of its tokens, to the letter. */
  issuer: Name,
  /** What its tokens say they are for; one of these. */
  audience: z.union([Name, z.array(Name).min(1).max(10)]),
  /** Its `jwks_uri`. */
  jwksUri: z.url({ protocol: /^https?$/, error: 'is the URL of a JWK set' }),
  algorithms: z.array(TokenAlgorithm).min(1).default(['RS256']),
  /** What `typ` may say; "" when the provider leaves it out, as Cognito does. */
  tokenTypes: z.array(z.string().max(64)).min(1).default(['at+jwt', 'JWT']),
  /** Where the claims lie: a name, or the way to it through objects. */
  claims: z
    .strictObject({
      tenant: ClaimPath.default('tenant'),
      roles: ClaimPath.default('roles'),
      audience: ClaimPath.default('aud'),
    })
    .prefault({}),
  /** Roles by what the provider calls them, such as `{ "muster-operators": "operator" }`. Default: by name. */
  roles: z.record(z.string().min(1).max(256), Role).optional(),
  /** Older tokens are refused, whatever they say. */
  maxTokenHours: Hours.default(24),
  /** Whether the provider may say "*" for the tenant: whoever can write that claim is the platform's administrator. */
  platformTokens: z.boolean().default(false),
});

export const IdentityConfig = z.discriminatedUnion('mode', [Embedded, Oidc]);
export type IdentityConfig = z.infer<typeof IdentityConfig>;

/** What the Lambdas that check tokens are told. */
export function identitySettings(identity: IdentityConfig, stage: string): IdentitySettings {
  const maxTokenSeconds = Math.round(identity.maxTokenHours * 3_600);
  if (identity.mode === 'embedded') {
    const { mode, issuer = embeddedIssuer(stage), audience = embeddedAudience(stage) } = identity;
    return IdentitySettings.parse({ mode, issuer, audience: [audience], algorithms: ['ES256'], maxTokenSeconds });
  }
  const { maxTokenHours: _, audience, ...said } = identity;
  return IdentitySettings.parse({ ...said, audience: [audience].flat(), maxTokenSeconds });
}
