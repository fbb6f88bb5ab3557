-- The clients, as the API answers them. No key is declared: Redshift would not enforce it, and a key that
-- only PostgreSQL enforced would hide what Redshift lets happen.
CREATE TABLE clientes (
  id BIGINT NOT NULL,
  nombre VARCHAR(256) NOT NULL,
  apellido VARCHAR(256) NOT NULL,
  rut VARCHAR(12) NOT NULL,
  correo VARCHAR(320) NOT NULL
);

-- The newest event applied to each client: its time and, for ties, the SHA-256 of the canonical message.
CREATE TABLE clientes_version (
  id BIGINT NOT NULL,
  occurred_at_ms BIGINT NOT NULL,
  message_hash VARCHAR(64) NOT NULL
);

-- Locked by whoever writes, so that batches follow one another and readers of the clients never wait.
CREATE TABLE clientes_lock (
  id INTEGER NOT NULL
);

INSERT INTO clientes_lock (id) VALUES (1);
