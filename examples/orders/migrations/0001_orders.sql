-- No key is declared: Redshift would not enforce it, and a key that only PostgreSQL enforced would hide what
-- Redshift lets happen.
CREATE TABLE orders (
  id BIGINT NOT NULL,
  item VARCHAR(256) NOT NULL,
  quantity INTEGER NOT NULL
);

-- Locked by the subscriber, so that batches follow one another and readers never wait.
CREATE TABLE orders_lock (
  id INTEGER NOT NULL
);

INSERT INTO orders_lock (id) VALUES (1);

-- The order that smoke tests ask for.
INSERT INTO orders (id, item, quantity) VALUES (1, 'An order for tests', 1);
