import crypto from 'k6/crypto';
import encoding from 'k6/encoding';
import { check } from 'k6';

const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

export default function () {
  const hash = crypto.createHash('sha256');
  hash.update('a');
  hash.update('bc');
  const hmac = crypto.createHMAC('sha256', 'key');
  hmac.update('abc');
  check(null, {
    sha256: () => crypto.sha256('abc', 'hex') === abc,
    'piece by piece': () => hash.digest('hex') === abc && hash.digest('hex') === abc,
    hmac: () => hmac.digest('hex') === crypto.hmac('sha256', 'key', 'abc', 'hex'),
    base64: () => encoding.b64encode('k6?>', 'rawurl') === 'azY_Pg',
    'and back': () => encoding.b64decode('azY_Pg', 'rawurl', 's') === 'k6?>',
  });
}
