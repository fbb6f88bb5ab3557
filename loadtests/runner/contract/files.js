import http from 'k6/http';
import { check } from 'k6';

const bytes = open('./users.json', 'b');

export default function () {
  const form = { title: 'users', file: http.file(bytes, 'users.json', 'application/json') };
  const { headers, body } = http.post(`${__ENV.URL}/echo`, form).json();
  check(null, {
    'several parts': () => headers['content-type'].startsWith('multipart/form-data; boundary='),
    'a field': () => /name="title"[^]*users/.test(body),
    'the file': () => /filename="users.json"[^]*application\/json[^]*"name": "a"/.test(body),
  });
}
