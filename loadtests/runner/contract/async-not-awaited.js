import http from 'k6/http';

export const options = { iterations: 3 };

// The iteration ends with what it has begun.
export default function () {
  void http.asyncRequest('GET', `${__ENV.URL}/slow?ms=100`);
  void http.asyncRequest('GET', `${__ENV.URL}/ok`);
}
