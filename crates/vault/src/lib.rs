//! Sealing of content: chat and account keys with epochs, key providers.
