/** A request as the web ACL sees it. */
export interface InspectedRequest {
  method: string;
  /** As sent: without the query, encoded. */
  path: string;
  /** Without the question mark, encoded; empty for none. */
  query: string;
  /** By lower-case names, `host` among them. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

type ManagedRule = (request: InspectedRequest) => boolean;

const bytes = (text: string): number => Buffer.byteLength(text);

/** As sent and decoded: AWS does not say which of its rules decode first. */
const readings = (text: string): string[] => [text, decodeURIComponent(text.replaceAll('+', ' '))];

const header = ({ headers }: InspectedRequest, name: string): string => headers[name] ?? '';

/** Where a rule looks, by the end of its name. */
const parts: Readonly<Record<string, (request: InspectedRequest) => string[]>> = {
  BODY: ({ body }) => [body],
  COOKIE: (request) => [header(request, 'cookie')],
  HEADER: ({ headers }) => Object.entries(headers).flat(),
  QUERYARGUMENTS: ({ query }) => query.split('&').flatMap(readings),
  QUERYSTRING: ({ query }) => readings(query),
  URIPATH: ({ path }) => readings(path),
};

/** A rule for each part that looks for the same. */
const lookingFor = (name: string, where: readonly string[], pattern: RegExp): Record<string, ManagedRule> =>
  Object.fromEntries(
    where.map((part) => [
      `${name}_${part}`,
      (request: InspectedRequest): boolean => parts[part]!(request).some((text) => pattern.test(text)),
    ]),
  );

const everywhereInARequest = ['BODY', 'COOKIE', 'URIPATH', 'QUERYARGUMENTS'];

/**
 * Of AWS's managed rule groups what is published: waf/latest/developerguide/aws-managed-rule-groups-baseline.html under
 * https://docs.aws.amazon.com, read on 2026-11-26. Patterns are the examples given there; AWS keeps the others to itself.
 */
const groups: Readonly<Record<string, Readonly<Record<string, ManagedRule>>>> = {
  AWSManagedRulesCommonRuleSet: {
    NoUserAgent_HEADER: (request) => header(request, 'user-agent') === '',
    UserAgent_BadBots_HEADER: (request) => /nessus|nmap/i.test(header(request, 'user-agent')),
    SizeRestrictions_QUERYSTRING: ({ query }) => bytes(query) > 2_048,
    SizeRestrictions_Cookie_HEADER: (request) => bytes(header(request, 'cookie')) > 10_240,
    SizeRestrictions_BODY: ({ body }) => bytes(body) > 8_192,
    SizeRestrictions_URIPATH: ({ path }) => bytes(path) > 1_024,
    ...lookingFor('EC2MetaDataSSRF', everywhereInARequest, /169\.254\.169\.254|fd00:ec2::254/i),
    ...lookingFor('GenericLFI', ['QUERYARGUMENTS', 'URIPATH', 'BODY'], /\.\.[/\\]/),
    ...lookingFor('RestrictedExtensions', ['URIPATH', 'QUERYARGUMENTS'], /\.(log|ini)\b/i),
    ...lookingFor(
      'GenericRFI',
      ['QUERYARGUMENTS', 'BODY', 'URIPATH'],
      /(https?|ftps?|file):\/\/\d{1,3}(\.\d{1,3}){3}/i,
    ),
    ...lookingFor('CrossSiteScripting', everywhereInARequest, /<script/i),
  },
  AWSManagedRulesKnownBadInputsRuleSet: {
    ...lookingFor(
      'JavaDeserializationRCE',
      ['HEADER', 'BODY', 'URIPATH', 'QUERYSTRING'],
      /java\.lang\.runtime/i,
    ),
    Host_localhost_HEADER: (request) => /localhost/i.test(header(request, 'host')),
    PROPFIND_METHOD: ({ method }) => method === 'PROPFIND',
    ...lookingFor('ExploitablePaths', ['URIPATH'], /web-inf/i),
    ...lookingFor('Log4JRCE', ['HEADER', 'QUERYSTRING', 'BODY', 'URIPATH'], /\$\{jndi:/i),
    ReactJSRCE_BODY: ({ body }) => {
      if (body === '') return false;
      throw new Error(
        'ReactJSRCE_BODY: AWS publishes no pattern of it, so nobody can say that a body passes',
      );
    },
  },
};

/**
 * Rules of a managed group that block a request.
 * @throws Error naming the group, or the rule, of which nothing is known
 */
export function blockingRules(group: string, request: InspectedRequest): string[] {
  const rules = groups[group];
  if (!rules) throw new Error(`${group}: its rules are not known here`);
  return Object.entries(rules)
    .filter(([, blocks]) => blocks(request))
    .map(([name]) => name);
}
