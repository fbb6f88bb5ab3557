import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

export interface Certificate {
  /** PEM */
  certificate: string;
  /** PEM, PKCS #8 */
  key: string;
}

export interface Authority extends Certificate {
  /** A certificate for a server of that DNS name, signed by this authority. */
  issue(host: string): Certificate;
}

/**
 * X.509 in DER, as far as a test needs it (RFC 5280): a value is its tag, its length, its content.
 *
 *   Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature BIT STRING }
 */
const der = (tag: number, ...contents: Buffer[]): Buffer => {
  const content = Buffer.concat(contents);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
};
const sequence = (...contents: Buffer[]) => der(0x30, ...contents);
const set = (...contents: Buffer[]) => der(0x31, ...contents);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const bits = (content: Buffer) => der(0x03, Buffer.from([0]), content);
const octets = (content: Buffer) => der(0x04, content);
const integer = (content: Buffer) => der(0x02, content);
/** `YYMMDDHHMMSSZ` */
const utcTime = (date: Date) =>
  der(
    0x17,
    Buffer.from(
      date
        .toISOString()
        .replaceAll(/[-:T]|\.\d+/g, '')
        .slice(2),
    ),
  );

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const commonName = (name: string) => sequence(set(sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
const basicConstraintsAuthority = sequence(
  oid('551d13'),
  der(0x01, Buffer.from([0xff])),
  octets(sequence(der(0x01, Buffer.from([0xff])))),
);
const subjectAltName = (host: string) =>
  sequence(oid('551d11'), octets(sequence(der(0x82, Buffer.from(host)))));

const dayMs = 86_400_000;

function build(
  subject: string,
  issuer: { name: string; key: KeyObject } | undefined,
  extension: Buffer,
): Certificate & { privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const serial = randomBytes(8);
  serial[0] = 1;
  const tbs = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    commonName(issuer?.name ?? subject),
    sequence(utcTime(new Date(Date.now() - dayMs)), utcTime(new Date(Date.now() + dayMs))),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  );
  const signature = sign('sha256', tbs, issuer?.key ?? privateKey);
  const body = sequence(tbs, ecdsaWithSha256, bits(signature)).toString('base64');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${body.replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    privateKey,
  };
}

/** A certificate authority that nobody trusts unless told to; valid for a day. */
export function createAuthority(name: string): Authority {
  const { certificate, key, privateKey } = build(name, undefined, basicConstraintsAuthority);
  return {
    certificate,
    key,
    issue: (host) => build(host, { name, key: privateKey }, subjectAltName(host)),
  };
}
