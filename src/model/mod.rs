//! The nouns that every other module speaks in.
