import { connect, type Connection, type DatabaseAddress, type Timeouts } from './connect.ts';
import type { CredentialSource } from './credentials.ts';
import { isPasswordRefused } from './sqlState.ts';

export interface ConnectWithSecretOptions {
  address: DatabaseAddress;
  credentials: CredentialSource;
  timeouts: Timeouts;
}

/**
 * Connects with the password that is kept; when it is refused, once more with the secret's, if that is another:
 * it has been rotated meanwhile.
 */
export async function connectWithSecret(
  { address, credentials, timeouts }: ConnectWithSecretOptions,
  signal: AbortSignal,
  onLost: (connection: Connection) => void,
): Promise<Connection> {
  const kept = await credentials.get(signal);
  try {
    return await connect(address, kept, timeouts, signal, onLost);
  } catch (error) {
    if (!isPasswordRefused(error)) throw error;
    const rotated = await credentials.refresh(signal);
    if (rotated.username === kept.username && rotated.password === kept.password) throw error;
    return connect(address, rotated, timeouts, signal, onLost);
  }
}
