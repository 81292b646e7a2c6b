//! Secrets of known forms in log bodies: e-mail addresses, card numbers, keys.
