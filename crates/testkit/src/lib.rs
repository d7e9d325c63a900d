//! An MTProto client for tests and load: the client role of mtproto.
