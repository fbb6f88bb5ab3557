/** A client as the API answers it and the table `clientes` keeps it. */
export interface Client {
  /** 1 to 2^53 - 1, so that it survives JSON. */
  id: number;
  nombre: string;
  apellido: string;
  /** Rol Único Tributario: digits, hyphen, check digit; no dots: `12345678-5`. */
  rut: string;
  correo: string;
}

/**
 * Width of each text column, in bytes of UTF-8: Redshift counts a VARCHAR in bytes. PostgreSQL counts
 * characters, so what fits there fits here.
 */
export const columnBytes = { nombre: 256, apellido: 256, rut: 12, correo: 320 } as const;
