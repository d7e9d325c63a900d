//! Sans-IO MTProto: transports, key exchange, envelope, sessions.
