-- The client that smoke tests ask for. Its version is older than any event's.
INSERT INTO clientes (id, nombre, apellido, rut, correo)
VALUES (1, 'Cliente', 'De Prueba', '11111111-1', 'cliente.de.prueba@example.com');

INSERT INTO clientes_version (id, occurred_at_ms, message_hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
