import http from 'k6/http';

export const options = {
  scenarios: {
    open: {
      executor: 'constant-arrival-rate',
      rate: 10,
      timeUnit: '1s',
      duration: '490ms',
      preAllocatedVUs: 5,
    },
  },
};

// They overlap: each takes longer than the time between two starts.
export default function () {
  http.get(`${__ENV.URL}/slow?ms=250`);
}
