/** Creates a self-signed certificate for HTTPS servers in tests. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** Key and certificate in PEM format. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

/** A certificate for localhost and 127.0.0.1, valid from yesterday on for a month (RFC 5280, X.509 v3). */
export function selfSigned(): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('2a8648ce3d040302'));
  const name = sequence(set(sequence(oid('550403'), der(0x0c, Buffer.from('localhost')))));
  const day = 24 * 3600 * 1000;
  const validity = sequence(time(Date.now() - day), time(Date.now() + 30 * day));
  const names = sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.of(127, 0, 0, 1)));
  const isAuthority = sequence(oid('551d13'), der(0x04, sequence(der(0x01, Buffer.of(0xff)))));
  const extensions = sequence(isAuthority, sequence(oid('551d11'), der(0x04, names)));
  const serial = der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)]));
  const body = sequence(
    ...[der(0xa0, der(0x02, Buffer.of(2))), serial, algorithm, name, validity, name],
    ...[publicKey.export({ type: 'spki', format: 'der' }), der(0xa3, extensions)],
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.of(0), signature])));
  const lines = certificate.toString('base64').replaceAll(/.{1,64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
  };
}

/** A value with its tag and length (X.690). */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const long = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...long]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function set(part: Buffer): Buffer {
  return der(0x31, part);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}
