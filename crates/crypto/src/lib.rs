//! MTProto's cryptography: IGE, key derivation, RSA padding, Diffie-Hellman, SRP.
